"""A whole Parley, started as a stranger starts it: `make run` on an empty folder, with servers of its own."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import requests

from config.launch import environment as environments
from config.launch import keys, processes
from config.launch.servers import socket_folder
from tests.far_end import FarEnd, free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
#: What the test run decided for its own servers must not reach this one.
OURS = ("PARLEY_", "DATABASE_", "REDIS_", "DJANGO_")
START_S, STOP_S = 120, 100


class Stack:
    """A running Parley, known by what run.json says. `data` is its folder, `ports` are its own."""

    def __init__(self, data: Path, ports: tuple[int, int]) -> None:
        self.data, self.ports = data, ports
        self.launcher: subprocess.Popen[bytes] | None = None
        self.run: dict[str, Any] = {}

    # ------------------------------------------------------------ starting and stopping

    def start(self) -> None:
        """`make run`; returns when everything answers."""
        told = self._told()
        with (self.data / "launcher.out").open("w") as out:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "config.launch", "run"], cwd=ROOT, env=told, stdout=out, stderr=out
            )
        wait_for(self._is_up, START_S)
        self.run = json.loads((self.data / "run.json").read_text())

    def _told(self) -> dict[str, str]:
        told = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        port, simulator_port = map(str, self.ports)
        told |= {"PARLEY_DATA": str(self.data), "PORT": port, "SIMULATOR_PORT": simulator_port}
        return told | {"PARLEY_PSEUDO": "1"}  # the language nobody speaks; test_languages.py

    def stop(self) -> None:
        """Ctrl-C."""
        assert self.launcher
        self.launcher.send_signal(signal.SIGINT)
        self.launcher.wait(STOP_S)

    def _is_up(self) -> bool:
        said = (self.data / "launcher.out").read_text()
        if self.launcher and self.launcher.poll() is not None:
            raise SystemExit(said)
        return "Ctrl-C stops it" in said

    def pids(self) -> dict[str, int]:
        """Process names and their numbers as they are now."""
        found: dict[str, int] = json.loads((self.data / "processes.json").read_text())
        return found

    def program(self, module: str, *arguments: str) -> Any:
        """Run one of ours, told what the web process is told; gives the JSON that it printed."""
        sockets = socket_folder(self.data)
        environment = environments.read(self._told()).with_servers(
            database_url=f"postgresql://app_web@/parley?host={sockets}",
            redis_url=f"unix://{sockets}/valkey.sock?db=0",
        )
        told = processes.told_all(environment, keys.provide(environment))
        told["DJANGO_SETTINGS_MODULE"] = "config.settings"
        made = subprocess.run(
            [sys.executable, "-m", module, *arguments], cwd=ROOT, env=told, capture_output=True, check=False
        )
        assert made.returncode == 0, made.stderr.decode()[-3000:]
        return json.loads(made.stdout)

    # ------------------------------------------------------------ what it offers

    @property
    def url(self) -> str:
        found: str = self.run["url"]
        return found

    @property
    def far_end(self) -> FarEnd:
        return FarEnd(self.run["simulator_url"])

    def tenant(self, slug: str) -> dict[str, Any]:
        found: dict[str, Any] = next(tenant for tenant in self.run["tenants"] if tenant["slug"] == slug)
        return found

    def account(self, slug: str) -> str:
        """The provider's id of the tenant's WhatsApp number."""
        found: str = self.tenant(slug)["channels"][0]["external_id"]
        return found

    def api(self, slug: str, method: str, path: str, **said: Any) -> requests.Response:
        """Call the API as a business's program."""
        headers = {"Authorization": f"Bearer {self.tenant(slug)['api_key']}", **said.pop("headers", {})}
        return requests.request(method, f"{self.url}/api/v1/{path}", headers=headers, timeout=30, **said)

    def as_owner(self, slug: str) -> contextlib.AbstractContextManager[Any]:
        """A cursor of the role that owns the tables, in the tenant's rows: for large amounts, old times."""
        return self.in_rows_of(self.tenant(slug)["id"])

    @contextlib.contextmanager
    def in_rows_of(self, tenant_id: str) -> Iterator[Any]:
        """The same for a tenant that run.json does not name."""
        connection = psycopg2.connect(
            host=str(socket_folder(self.data)), dbname="parley", user="app_owner", connect_timeout=15
        )
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant_id', %s, false)", [tenant_id])
            yield cursor


@contextlib.contextmanager
def running_stack(data: Path) -> Iterator[Stack]:
    """A Parley that runs until the block ends."""
    stack = Stack(data, (free_port(), free_port()))
    try:
        stack.start()
        yield stack
    finally:
        if stack.launcher and stack.launcher.poll() is None:
            stack.stop()


def sign(secret: str, body: bytes) -> dict[str, str]:
    """The headers of a provider's webhook, computed independently of the product."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}
