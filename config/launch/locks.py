"""One Parley per data folder, and nothing left of an earlier one when the next begins."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.launch.errors import CannotStart

#: How long processes of a killed launcher may take to end, in seconds.
LEFTOVER_SECONDS = 30.0


@contextmanager
def hold(data: Path, say: Callable[[str], None] = print) -> Iterator[int]:
    """Hold `data` for this launcher; gives the descriptor that every child must inherit.

    The children's shared lock on it outlives a killed launcher, so the next one knows when all have ended.
    Raises CannotStart when another launcher holds the folder.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    launcher = _open(data / "lock")
    children = _open(data / "children.lock")
    try:
        _hold_alone(launcher, data)
        _wait_for_leftovers(children, data, say)
        yield children
    finally:
        os.close(children)
        os.close(launcher)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _hold_alone(launcher: int, data: Path) -> None:
    if not _locked(launcher, fcntl.LOCK_EX):
        pid = os.pread(launcher, 20, 0).decode().strip() or "unknown"
        raise CannotStart(
            f"Parley already runs on {data} (process {pid}): stop it with Ctrl-C, "
            "or start a second copy with PARLEY_DATA=var2 PORT=8001 make run."
        )
    os.ftruncate(launcher, 0)
    os.pwrite(launcher, str(os.getpid()).encode(), 0)


def _wait_for_leftovers(children: int, data: Path, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + LEFTOVER_SECONDS
    if not _locked(children, fcntl.LOCK_EX):
        say("Waiting for the processes of an earlier start to end …")
        while not _locked(children, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise CannotStart(
                    "Processes of an earlier start still run: end those whose numbers stand in "
                    f"{data / 'processes.json'}, then start again."
                )
            time.sleep(0.2)
    fcntl.flock(children, fcntl.LOCK_SH)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
