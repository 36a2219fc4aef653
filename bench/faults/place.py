"""A whole Parley, started as `make run` starts it, in a folder of its own; and how to kill its processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import requests

from bench.house import ROOT, STOP_S, throw_away_folder, variables, wait_for


@dataclass(frozen=True, slots=True)
class Tenant:
    """A demo tenant as run.json shows it. cookie: a signed-in agent's browser; line: its telephone number."""

    slug: str
    api_key: str
    external_id: str
    cookie: str
    line: str


@dataclass(frozen=True, slots=True)
class Place:
    """A running Parley with its demo tenants."""

    data: Path
    url: str
    simulator_url: str
    tenants: tuple[Tenant, ...]

    def pid(self, name: str) -> int | None:
        """The process id of a process that the launcher runs now."""
        found: int | None = orjson.loads((self.data / "processes.json").read_bytes()).get(name)
        return found

    def kill(self, name: str) -> int | None:
        """kill -9; gives the process id that died, None when there was nothing to kill."""
        pid = self.pid(name)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """Start a Parley with its demo; stop it at the end."""
    with throw_away_folder() as data:
        told = {**variables(data), "PARLEY_DEMO": "1"}
        log = data / "log" / "launcher.log"
        with log.open("ab") as output:
            command = [sys.executable, "-m", "config.launch", "run"]
            launcher = subprocess.Popen(command, cwd=ROOT, env=told, stdout=output, stderr=subprocess.STDOUT)
            try:
                wait_for(lambda: "Parley is ready." in log.read_text(errors="replace"), launcher, log)
                yield _read(data)
            finally:
                launcher.terminate()
                launcher.wait(STOP_S)


def _read(data: Path) -> Place:
    run = orjson.loads((data / "run.json").read_bytes())
    return Place(data, run["url"], run["simulator_url"], tuple(_tenant(found) for found in run["tenants"]))


def _tenant(found: dict[str, Any]) -> Tenant:
    browser = requests.Session()
    browser.get(found["agents"][0]["login_url"], timeout=30).raise_for_status()
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    number, line = found["channels"][0]["external_id"], found["channels"][1]["external_id"]
    return Tenant(found["slug"], found["api_key"], number, cookie, line)
