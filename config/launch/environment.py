"""What the person decided through the environment, and what each child process is told."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from config.launch.errors import CannotStart

ROOT = Path(__file__).resolve().parents[2]

#: Variables that a process outside the product (the simulator) has no business to know.
SECRETS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PARLEY_SECRET_KEY", "PARLEY_MASTER_KEY")


@dataclass(frozen=True)
class Environment:
    """The decisions of one start; `given` is the environment they were read from."""

    given: Mapping[str, str]
    data: Path
    bind: str
    port: int
    simulator_port: int
    public_url: str
    demo: bool
    database_url: str | None
    owner_url: str | None
    redis_url: str | None

    @property
    def web_url(self) -> str:
        """Where this machine reaches the web process, whatever address the world uses."""
        host = "127.0.0.1" if self.bind in {"0.0.0.0", "::"} else self.bind  # noqa: S104
        return f"http://{host}:{self.port}"

    @property
    def simulator_url(self) -> str:
        """Where this machine reaches the simulator."""
        return f"http://127.0.0.1:{self.simulator_port}"

    def with_servers(self, **urls: str) -> "Environment":
        """The same decisions with addresses of servers filled in."""
        return replace(self, **urls)  # type: ignore[arg-type]

    def for_serving(self) -> dict[str, str]:
        """Variables of processes that serve: they never learn the owner's address."""
        told = self._common() | {
            "DATABASE_URL": self.database_url or "",
            "REDIS_URL": self.redis_url or "",
            "PARLEY_BIND": self.bind,
            "PARLEY_PUBLIC_URL": self.public_url,
            "PARLEY_DEMO": "1" if self.demo else "0",
        }
        told.pop("DATABASE_OWNER_URL", None)
        return told

    def for_owning(self) -> dict[str, str]:
        """Variables of commands that change the schema."""
        return self.for_serving() | {"DATABASE_OWNER_URL": self.owner_url or ""}

    def for_simulator(self) -> dict[str, str]:
        """Variables of the simulator, which stands for the outside world."""
        told = {name: value for name, value in self._common().items() if name not in SECRETS}
        return told | {"PARLEY_URL": self.public_url}

    def _common(self) -> dict[str, str]:
        return {
            **self.given,
            "PORT": str(self.port),
            "SIMULATOR_PORT": str(self.simulator_port),
            "PARLEY_DATA": str(self.data),
            "NO_PROXY": _no_proxy(self.given),
            "no_proxy": _no_proxy(self.given),
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{self.given.get('PATH', os.defpath)}",
        }


def read(given: Mapping[str, str]) -> Environment:
    """Read the decisions from `given`; raises CannotStart for a value that cannot work."""
    port = _port(given, "PORT", 8000)
    return Environment(
        given=given,
        data=(ROOT / (given.get("PARLEY_DATA") or "var")).resolve(),
        bind=given.get("PARLEY_BIND") or "127.0.0.1",
        port=port,
        simulator_port=_port(given, "SIMULATOR_PORT", port + 100),
        public_url=(given.get("PARLEY_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        demo=(given.get("PARLEY_DEMO") or "1") not in {"0", "false", "no", "off"},
        database_url=given.get("DATABASE_URL") or None,
        owner_url=(given.get("DATABASE_OWNER_URL") or None) if given.get("DATABASE_URL") else None,
        redis_url=given.get("REDIS_URL") or None,
    )


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(
            f"{name} is {text!r}, but a port is a number from 1 to 65535: try {name}={default}."
        )
    return int(text)


def _no_proxy(given: Mapping[str, str]) -> str:
    """Requests from here to here must not travel through a proxy of the machine."""
    already = given.get("NO_PROXY") or given.get("no_proxy") or ""
    return ",".join(filter(None, [already, "127.0.0.1", "localhost"]))
