"""A Parley of our own to measure: durable servers and single processes on free ports, gone at the end."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_S = 60.0
STOP_S = 100.0
#: What a worker says when it takes work.
_READY = " ready."
_EXPORT = re.compile(r"^export (\w+)='(.*)'$", re.MULTILINE)
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotReady(Exception):
    """Something we started does not answer; the sentence says what, and where its lines are."""


@dataclass(frozen=True)
class House:
    """What every process of this Parley is told. `pids`: name → process id of what runs now."""

    data: Path
    told: Mapping[str, str]
    pids: dict[str, int]

    @property
    def port(self) -> int:
        """Where the web process listens."""
        return int(self.told["PORT"])

    @property
    def url(self) -> str:
        """The web process."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator_url(self) -> str:
        """The far end."""
        return f"http://127.0.0.1:{self.told['SIMULATOR_PORT']}"

    @property
    def superuser_url(self) -> str:
        """The built-in PostgreSQL as its superuser, whom row security does not bind."""
        return self.told["DATABASE_OWNER_URL"].replace("//app_owner@", "//postgres@")

    @contextlib.contextmanager
    def running(self, *names: str) -> Iterator[None]:
        """Run processes of the product ("web", "clock", "worker-inbound" …) until the block ends; it begins
        when all are ready."""
        healths = {"web": f"{self.url}/-/health/ready", "simulator": f"{self.simulator_url}/control/health"}
        with contextlib.ExitStack() as stack:
            for name in names:
                command = [sys.executable, "-m", "config.launch", "only", name]
                ready = _READY if name.startswith("worker-") else ""
                stack.enter_context(self.program(name, command, health=healths.get(name), ready=ready))
            yield

    @contextlib.contextmanager
    def program(
        self, name: str, command: list[str], *, health: str | None = None, ready: str = "", **told: str
    ) -> Iterator[None]:
        """Run any command with this house's variables until the block ends. The block begins when the program
        answers at `health`, or has said that it is `ready`.

        Its lines go to log/<name>.log. Raises NotReady.
        """
        log = self.data / "log" / f"{name}.log"
        said = log.stat().st_size if log.exists() else 0
        with _started(name, command, self.data, {**self.told, **told}) as process:
            self.pids[name] = process.pid
            try:
                if health:
                    wait_for(lambda: answers(health), process, log)
                if ready:
                    wait_for(lambda: ready in log.read_text()[said:], process, log)
                yield
            finally:
                del self.pids[name]

    def call(self, *command: str) -> str:
        """Run a command to its end and give what it printed; raises NotReady with its last lines."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.told, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotReady(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
        return done.stdout


@contextlib.contextmanager
def house() -> Iterator[House]:
    """Durable PostgreSQL and Valkey with Parley's tables, in a folder that vanishes."""
    with throw_away_folder() as data:
        told = variables(data)
        command = [sys.executable, "-m", "config.launch", "servers"]
        with _started("servers", command, data, told) as process:
            found = _exports(data, process)
            home = House(data, {**told, **found}, {"launcher": process.pid})
            home.call("manage.py", "migrate", "--verbosity", "0")
            yield home


@contextlib.contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A data folder under the temporary folder."""
    data = Path(tempfile.mkdtemp(prefix="parley-bench-"))
    (data / "log").mkdir()
    try:
        yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)


def variables(data: Path) -> dict[str, str]:
    """The environment of a Parley without demo in `data`, on free ports, that may call this machine."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("PARLEY_", "DATABASE_", "REDIS_", "MAKE"))
    }
    port, simulator_port = free_port(), free_port()
    return {
        **kept, "PARLEY_DATA": str(data), "PORT": str(port), "SIMULATOR_PORT": str(simulator_port),
        "PARLEY_DEMO": "0", "PARLEY_ALLOWED_HOSTS": "127.0.0.1", "PARLEY_OUTBOUND_ALLOW": "127.0.0.0/8",
        "PARLEY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PARLEY_SIMULATOR_URL": f"http://127.0.0.1:{simulator_port}",
        "PARLEY_SECRET_KEY": secrets.token_urlsafe(48),
        "PARLEY_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Is there a 200 at this address of this machine?"""
    try:
        with _direct.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def wait_for(check: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask until it is so; raises NotReady with the end of `log` when the process ends or takes too long."""
    until = time.monotonic() + START_S
    while not check():
        if time.monotonic() > until or process.poll() is not None:
            raise NotReady(f"{log.stem} does not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


@contextlib.contextmanager
def _started(
    name: str, command: list[str], data: Path, told: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with (data / "log" / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=told, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(STOP_S)


def _exports(data: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    """The addresses the launcher prints once its servers run."""
    log = data / "log" / "servers.log"
    wait_for(lambda: "REDIS_URL" in log.read_text(), process, log)
    return dict(_EXPORT.findall(log.read_text()))
