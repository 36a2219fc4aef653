"""`make run` as a whole: ready, killed one by one, stopped, and started again with everything there."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path

import pytest

from config.launch.environment import ROOT
from tests.launch.test_servers import eventually, processes_of

NAMES = {
    "postgres",
    "valkey",
    "simulator",
    "web",
    "worker-inbound",
    "worker-urgent",
    "worker-outbound",
    "clock",
}
#: Which of them share what the launcher has loaded.
SERVING = {"web", "worker-inbound", "worker-urgent", "worker-outbound", "clock"}
#: What a second start may cost, in starts of one bare Django: its processes share one, and they work.
#: Seconds would measure the machine and the tests beside this one; `make bench` tells those.
SECOND_START_IN_BARE_STARTS = 30
OURS = ("PARLEY_", "DATABASE_", "REDIS_", "DJANGO_")


class Parley:
    """A whole Parley on free ports and a folder of its own."""

    def __init__(self, folder: Path, port: int, simulator_port: int) -> None:
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        told = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.launch", "run"],
            cwd=ROOT,
            env={
                **told,
                "PARLEY_DATA": str(folder),
                "PORT": str(port),
                "SIMULATOR_PORT": str(simulator_port),
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said = self._read_welcome()

    def pids(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.folder / "processes.json").read_text())
        return found

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=100)
        return self.process.returncode

    def _read_welcome(self) -> str:
        assert self.process.stdout
        said = ""
        while "Ctrl-C stops it" not in said:
            line = self.process.stdout.readline()
            assert line, f"it ended before it was ready:\n{said[-2000:]}"
            said += line
        return said


def free_ports() -> tuple[int, int]:
    with ExitStack() as stack:
        open_ports = [stack.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in range(2)]
        first, second = (listener.getsockname()[1] for listener in open_ports)
    return first, second


def cpu_seconds_of_a_bare_start() -> float:
    """One process that only reads the settings and loads the apps; the cheapest of three."""
    command = [sys.executable, "-c", "import django; django.setup()"]
    spent = [cpu_seconds_of_ended_processes()]
    for _ in range(3):
        subprocess.run(command, cwd=ROOT, check=True)
        spent.append(cpu_seconds_of_ended_processes())
    return min(after - before for before, after in pairwise(spent))


def cpu_seconds_of_ended_processes() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def comm_of(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def executed(pid: int) -> bytes:
    """The command line it was started with; a fork keeps its parent's."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    """One for all stories here, which the last of them stops."""
    found = Parley(tmp_path_factory.mktemp("parley"), *free_ports())
    yield found
    if found.process.poll() is None:
        found.process.kill()


def test_our_processes_are_forks_of_a_launcher_that_loaded_what_they_share(parley):
    serving = {name: pid for name, pid in parley.pids().items() if name in SERVING}
    assert set(serving) == SERVING
    assert {name: comm_of(pid) for name, pid in serving.items()} == {name: name[:15] for name in SERVING}
    assert {executed(pid) for pid in serving.values()} == {executed(parley.process.pid)}
    assert threads_of(parley.process.pid) == 1, "a process with threads must not be forked"


def test_a_worker_killed_while_it_starts_takes_its_children_along(parley):
    before = parley.pids()["worker-outbound"]
    os.kill(before, signal.SIGKILL)
    eventually(lambda: parley.pids()["worker-outbound"] != before)
    eventually(lambda: len(children_of(parley.pids()["worker-outbound"])) == 2)
    worker = parley.pids()["worker-outbound"]
    children = children_of(worker)

    os.kill(parley.process.pid, signal.SIGSTOP)  # it would end the whole group
    os.kill(worker, signal.SIGKILL)

    eventually(lambda: not any(is_alive(pid) for pid in children))
    os.kill(parley.process.pid, signal.SIGCONT)
    eventually(lambda: parley.pids()["worker-outbound"] != worker)


def test_it_survives_every_kill_its_own_too_and_comes_back_with_everything(parley):
    folder = parley.folder
    assert parley.is_ready()
    assert f"{parley.url}/inbox/" in parley.said
    assert set(parley.pids()) == NAMES
    run = json.loads((folder / "run.json").read_text())
    assert run["tenants"][0]["agents"][0]["login_url"] in parley.said
    assert (folder / "run.json").stat().st_mode & 0o777 == 0o600

    for name in sorted(NAMES):
        before = parley.pids()[name]
        os.kill(before, signal.SIGKILL)
        eventually(lambda name=name, before=before: parley.pids()[name] != before)
    eventually(parley.is_ready)

    parley.process.kill()
    parley.process.wait()
    eventually(lambda: processes_of(folder) == [])

    spent = cpu_seconds_of_ended_processes()
    again = Parley(folder, *free_ports())
    assert again.is_ready()
    assert again.stop() == 0
    started = cpu_seconds_of_ended_processes() - spent
    assert started <= SECOND_START_IN_BARE_STARTS * cpu_seconds_of_a_bare_start()
    assert processes_of(folder) == []
    assert again.pids() == {}
    kept = json.loads((folder / "run.json").read_text())
    assert [tenant["id"] for tenant in kept["tenants"]] == [tenant["id"] for tenant in run["tenants"]]
    assert kept["tenants"][0]["api_key"] == run["tenants"][0]["api_key"]
