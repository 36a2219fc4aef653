"""One launcher per data folder."""

import fcntl
import os
import subprocess
import sys
import time

import pytest

from config.launch import locks
from config.launch.errors import CannotStart

HOLDER = """import fcntl, sys, time
fcntl.flock(int(sys.argv[1]), fcntl.LOCK_SH)
print('held', flush=True)
time.sleep({})"""


def test_a_second_launcher_is_refused_and_told_what_to_do(tmp_path):
    with locks.hold(tmp_path):
        with pytest.raises(
            CannotStart, match=rf"already runs .*process {os.getpid()}.*PARLEY_DATA=var2 PORT=8001"
        ):
            with locks.hold(tmp_path):
                pass


def test_the_folder_is_free_again_afterwards(tmp_path):
    for _round in range(2):
        with locks.hold(tmp_path):
            pass


def test_two_folders_do_not_meet(tmp_path):
    with locks.hold(tmp_path / "one"), locks.hold(tmp_path / "two"):
        pass


def leftover(folder, seconds: float) -> subprocess.Popen[str]:
    """A process of a launcher that is no more, which holds the children's lock for a while."""
    descriptor = os.open(folder / "children.lock", os.O_RDWR | os.O_CREAT, 0o600)
    command = [sys.executable, "-c", HOLDER.format(seconds), str(descriptor)]
    process = subprocess.Popen(command, pass_fds=[descriptor], stdout=subprocess.PIPE, text=True)
    os.close(descriptor)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_start_waits_for_what_a_killed_launcher_left(tmp_path):
    said: list[str] = []
    began = time.monotonic()
    with leftover(tmp_path, 0.5), locks.hold(tmp_path, said.append) as lock:
        assert time.monotonic() - began > 0.4
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    assert said == ["Waiting for the processes of an earlier start to end …"]


def test_a_leftover_that_does_not_end_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "LEFTOVER_SECONDS", 0.3)
    with leftover(tmp_path, 60) as process:
        with pytest.raises(CannotStart, match=r"end those whose numbers stand in .*processes\.json"):
            with locks.hold(tmp_path, lambda text: None):
                pass
        process.kill()
