"""Our own processes as forks of the launcher: what all of them need is loaded once and stands in memory once,
and one that died is there again in a moment.

Linux only: elsewhere a fork may not be relied upon once libraries are loaded, and each process starts anew.
"""

import gc
import importlib
import multiprocessing
import os
import runpy
import signal
import sys
from typing import IO

from config.launch.environment import ROOT
from config.launch.identity import Identity, name_process, prepare_child

#: What web, workers and clock have in common.
_MODULES = ("uvicorn.main", "uvicorn.protocols.http.httptools_impl", "celery.bin.worker", "config.urls")
_loaded = False


def load(told: dict[str, str]) -> None:
    """Load in this process what every one of ours needs; `told` is what all of them are told.

    From here on this process has the settings of a process that serves. It opens no connection.
    """
    global _loaded
    if sys.platform != "linux" or _loaded:
        return
    os.environ.update(told)
    gc.disable()  # the pages of what is loaded should stay as they are
    importlib.import_module("django").setup()
    importlib.import_module("config.celery").app.loader.import_default_modules()
    for name in _MODULES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    gc.enable()
    _loaded = True


def loaded() -> bool:
    """Whether ``start`` may be used."""
    return _loaded


class Fork:
    """What a subprocess.Popen is to those who look after it."""

    def __init__(self, process: multiprocessing.process.BaseProcess, stdout: IO[bytes]) -> None:
        self._process = process
        self.pid = process.pid or 0
        self.stdout: IO[bytes] | None = stdout

    @property
    def returncode(self) -> int | None:
        """As it was when last asked; a negative signal where one ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The exit code, None while it lives."""
        return self._process.exitcode

    def wait(self) -> int:
        """The exit code, when it has ended."""
        self._process.join()
        return self._process.exitcode or 0

    def send_signal(self, number: int, /) -> None:
        """Nothing happens when it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def start(
    name: str, arguments: list[str], told: dict[str, str], keep: tuple[int, ...], *, death_signal: int
) -> Fork:
    """Run `-m module …` or a script with these arguments in a fork, in a session of its own.

    It inherits the descriptors in `keep`; what it prints comes through `stdout`.
    """
    reading, writing = os.pipe()
    launcher = os.getpid()

    def run() -> None:
        _settle(name, told, keep, writing)
        prepare_child(Identity.SELF, launcher, death_signal)
        _run(arguments)

    process = multiprocessing.get_context("fork").Process(target=run, name=name)
    try:
        process.start()
    finally:
        os.close(writing)
    return Fork(process, os.fdopen(reading, "rb", buffering=0))


def _settle(name: str, told: dict[str, str], keep: tuple[int, ...], output: int) -> None:
    """Let go of all that is the launcher's."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    os.chdir(ROOT)
    name_process(name)
    os.dup2(output, 1)
    os.dup2(output, 2)
    low = 3
    for high in [*sorted(keep), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(low, high)
        low = high + 1
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115 - for as long as the process lives
    sys.stderr = open(2, "w", buffering=1, closefd=False, errors="backslashreplace")  # noqa: SIM115
    os.environ.clear()
    os.environ.update(told)


def _run(arguments: list[str]) -> None:
    """As Python would from its command line."""
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")
