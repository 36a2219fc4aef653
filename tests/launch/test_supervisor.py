"""Programs come back when they die, stop in order, and leave nothing behind."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.launch.errors import CannotStart, StopRequested
from config.launch.programs import Program
from config.launch.supervisor import Child, Supervisor

FOREVER = "import time; time.sleep(60)"


def program(name: str, code: str, rank: int = 0, **more: object) -> Program:
    return Program(name, [sys.executable, "-c", code], dict(os.environ), stop_rank=rank, **more)  # type: ignore[arg-type]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path, echoes=False) as found:
        yield found


def until(supervisor: Supervisor, happened: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        supervisor.tick(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(folder: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads((folder / "processes.json").read_text())
    return found


def test_a_killed_program_comes_back_under_a_new_number(supervisor, tmp_path):
    supervisor.start(program("web", FOREVER))
    first = pids(tmp_path)["web"]
    os.kill(first, signal.SIGKILL)
    until(supervisor, lambda: pids(tmp_path).get("web") not in {None, first})
    assert alive(pids(tmp_path)["web"])
    assert not alive(first)


def test_processes_json_is_private(supervisor, tmp_path):
    supervisor.start(program("web", FOREVER))
    assert (tmp_path / "processes.json").stat().st_mode & 0o777 == 0o600


def test_what_a_dead_program_started_dies_with_it(supervisor, tmp_path):
    helper = tmp_path / "helper"
    code = (
        "import pathlib, subprocess, sys, time\n"
        f"helper = subprocess.Popen([sys.executable, '-c', {FOREVER!r}])\n"
        f"pathlib.Path({str(helper)!r}).write_text(str(helper.pid))\ntime.sleep(60)"
    )
    supervisor.start(program("worker", code))
    until(supervisor, lambda: helper.exists() and bool(helper.read_text()))
    orphan = int(helper.read_text())
    os.kill(pids(tmp_path)["worker"], signal.SIGKILL)
    until(supervisor, lambda: not alive(orphan) or Path(f"/proc/{orphan}/stat").read_text().split()[2] == "Z")


def test_the_pause_grows_with_each_death_up_to_a_bound():
    child = Child(program("web", FOREVER))
    pauses = []
    for deaths in (1, 2, 3, 20):
        child.deaths = deaths
        pauses.append(child.pause())
    assert pauses == [0.2, 0.4, 0.8, 15.0]


def test_a_start_ends_when_a_program_keeps_dying(supervisor):
    supervisor.start(program("web", "print('no settings'); raise SystemExit(3)"))
    with pytest.raises(CannotStart, match=r"(?s)no settings.*web does not start"):
        supervisor.wait(["web"], lambda: False, 20)


def test_a_failed_step_shows_its_last_lines_and_the_advice(supervisor):
    with pytest.raises(CannotStart, match=r"(?s)column missing\nmigrate failed .*: mend it\."):
        supervisor.call(program("migrate", "print('column missing'); raise SystemExit(1)"), "mend it.")


def test_a_step_that_works_returns_and_leaves_no_process(supervisor, tmp_path):
    supervisor.call(program("migrate", "print('fine')"), "mend it.")
    assert pids(tmp_path) == {}
    assert (tmp_path / "log" / "migrate.log").read_text() == "fine\n"


def test_lower_ranks_have_ended_before_higher_ones_are_asked(tmp_path):
    journal = tmp_path / "journal"
    code = (
        "import signal, sys, time\n"
        "def end(number, frame):\n"
        "    time.sleep({pause})\n"
        f"    open({str(journal)!r}, 'a').write('{{name}} ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nprint('up', flush=True)\ntime.sleep(60)"
    )
    with Supervisor(tmp_path, echoes=False) as supervisor:
        for name, rank, pause in (("postgres", 5, 0), ("worker", 3, 0.1), ("web", 0, 0.3)):
            supervisor.start(program(name, code.format(name=name, pause=pause), rank))
        logs = [tmp_path / "log" / f"{name}.log" for name in ("postgres", "worker", "web")]
        until(supervisor, lambda: all(log.read_text() == "up\n" for log in logs))
    assert journal.read_text().split() == ["web", "worker", "postgres"]
    assert pids(tmp_path) == {}


def test_a_program_that_will_not_stop_is_killed_after_its_grace(tmp_path):
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); " + FOREVER
    with Supervisor(tmp_path, echoes=False) as supervisor:
        supervisor.start(program("worker", code, grace=0.3))
        until(supervisor, lambda: (tmp_path / "log" / "worker.log").read_text() == "up\n")
        pid, began = pids(tmp_path)["worker"], time.monotonic()
    assert 0.3 <= time.monotonic() - began < 30
    assert not alive(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_to_stop_between_two_steps(supervisor, number):
    os.kill(os.getpid(), number)
    with pytest.raises(StopRequested):
        supervisor.tick(0.02)
    assert supervisor.stop_signal == number


def test_the_signals_are_given_back(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    with Supervisor(tmp_path, echoes=False):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_output_is_kept_whole_and_shown_behind_the_name(tmp_path, capsys):
    with Supervisor(tmp_path) as supervisor:
        supervisor.call(
            program("demo", "import sys; sys.stdout.buffer.write('Grüße\\nhalf a line'.encode())"), ""
        )
    assert capsys.readouterr().out == "demo            | Grüße\ndemo            | half a line\n"
    assert (tmp_path / "log" / "demo.log").read_text() == "Grüße\nhalf a line"


def test_of_a_quiet_program_only_warnings_are_shown(tmp_path, capsys):
    lines = "print('LOG:  checkpoint complete'); print('ERROR:  deadlock detected')"
    with Supervisor(tmp_path) as supervisor:
        supervisor.call(program("postgres", lines, quiet=True), "")
    assert capsys.readouterr().out == "postgres        | ERROR:  deadlock detected\n"
