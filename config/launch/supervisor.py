"""Starts programs, carries their output, starts again those that die, and stops them in order."""

import contextlib
import itertools
import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType, TracebackType

from config.launch.errors import CannotStart, StopRequested
from config.launch.output import Output, say
from config.launch.programs import Program, Running

#: Seconds before a program that died is started again: first, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
#: A program that lived this many seconds is well again.
WELL_AFTER = 30.0
#: So many deaths in a row while a start waits for a program end the start.
DEATHS_THAT_END_A_START = 3
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Child:
    """A program and its present process, if it has one. One that runs `once` is never started again."""

    def __init__(self, program: Program, *, once: bool = False) -> None:
        self.program = program
        self.once = once
        self.process: Running | None = None
        self.output: Output | None = None
        self.started = 0.0
        self.deaths = 0
        self.due: float | None = None

    def pause(self) -> float:
        """Seconds to wait before the next start; longer with each death in a row."""
        return min(FIRST_PAUSE * 2.0 ** (self.deaths - 1), LONGEST_PAUSE)

    def last_words(self) -> str:
        """The last lines it printed."""
        return "\n".join(self.output.last) if self.output else ""


class Supervisor:
    """Runs programs until asked to stop; a context manager that stops them all on the way out.

    Writes `{name: pid}` to `processes.json` in `data` on every start. Children inherit descriptors in `keep`.
    Unless it `echoes`, what programs print goes to their log files only.
    """

    def __init__(self, data: Path, keep: tuple[int, ...] = (), *, echoes: bool = True) -> None:
        self._data = data
        self._keep = keep
        self._echo = say if echoes else _nothing
        self._children: dict[str, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._stop_asked = 0
        self.stop_signal = 0
        self._handlers: dict[int, object] = {}
        self._logs = data / "log"
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __enter__(self) -> "Supervisor":
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
                self._handlers[number] = signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def start(self, program: Program) -> None:
        """Start `program` and keep it running from now on."""
        child = self._children[program.name] = Child(program)
        self._launch(child)

    def call(self, program: Program, advice: str, meanwhile: Callable[[], None] | None = None) -> None:
        """Run `program` to its end, and do something `meanwhile`; raises CannotStart with its last lines and
        `advice` if it fails."""
        child = self._children[program.name] = Child(program, once=True)
        process = self._launch(child)
        if meanwhile:
            meanwhile()
        while process.poll() is None:
            self.tick(0.1)
        self._bury(child)
        del self._children[program.name]
        self._write_pids()
        if process.returncode:
            raise CannotStart(f"{child.last_words()}\n{program.name} failed (lines above): {advice}")

    def wait(self, names: Iterable[str], ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready`; raises CannotStart when one of `names` keeps dying, or after `seconds`.

        Asks often at first and then each second: what fails to get ready may say so at length each time.
        """
        deadline = time.monotonic() + seconds
        pause = 0.05
        while not ready():
            for child in (self._children[name] for name in names):
                if child.deaths >= DEATHS_THAT_END_A_START or time.monotonic() > deadline:
                    raise CannotStart(self._why_not(child))
            asked, pause = time.monotonic(), min(pause * 1.2, 1.0)
            while time.monotonic() < asked + pause:
                self.tick(0.05)

    def run(self) -> None:
        """Carry output and revive the dead until asked to stop."""
        with contextlib.suppress(StopRequested):
            while True:
                self.tick()

    def tick(self, timeout: float = 0.25) -> None:
        """One round of work, waiting up to `timeout` seconds for output; raises StopRequested if asked to."""
        self._pump(timeout)
        for child in list(self._children.values()):
            if not child.once:
                self._look_after(child)
        if self._stop_asked:
            raise StopRequested

    def stop(self) -> None:
        """Stop everything, rank by rank; a second Ctrl-C meanwhile kills the rest at once."""
        asked = self._stop_asked
        if self._children:
            self._echo("Stopping …")
        running = sorted((child for child in self._children.values() if child.process), key=_stop_rank)
        for _rank, group in itertools.groupby(running, key=_stop_rank):
            self._stop_group(list(group), asked)
        self._children.clear()
        self._write_pids()

    def _stop_group(self, group: list[Child], asked: int) -> None:
        for child in group:
            if child.process:
                child.process.send_signal(child.program.stop_signal)
        deadline = time.monotonic() + max(child.program.grace for child in group)
        while any(child.process and child.process.poll() is None for child in group):
            self._pump(0.05)
            if time.monotonic() > deadline or self._stop_asked > max(asked, 1):
                break
        for child in group:
            self._bury(child)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked += 1
        self.stop_signal = number

    def _launch(self, child: Child) -> Running:
        process = child.process = child.program.start(self._keep)
        child.started, child.due = time.monotonic(), None
        name = child.program.name
        log = self._logs / f"{name}.log"
        child.output = Output(name, process.stdout, log, self._echo, quiet=child.program.quiet)
        self._selector.register(child.output, selectors.EVENT_READ, child.output)
        self._write_pids()
        return process

    def _pump(self, timeout: float) -> None:
        for key, _events in self._selector.select(timeout):
            if not key.data.pump():
                self._selector.unregister(key.data)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process and child.process.poll() is not None:
            code = child.process.returncode or 0
            self._bury(child)
            child.deaths = 1 if now - child.started > WELL_AFTER else child.deaths + 1
            child.due = now + child.pause()
            self._tell_death(child, code)
        if child.due is not None and now >= child.due:
            self._launch(child)

    def _tell_death(self, child: Child, code: int) -> None:
        name = child.program.name
        say(f"{name} ended ({_cause(code)}); it starts again in {child.pause():.1f} s.")
        say(f"Its last lines stand in {self._logs / name}.log.")

    def _bury(self, child: Child) -> None:
        """End what is left of the child's process group and let go of its output."""
        if child.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            child.process = None
        if child.output:
            with contextlib.suppress(KeyError):
                self._selector.unregister(child.output)
            child.output.close()

    def _why_not(self, child: Child) -> str:
        log = self._logs / f"{child.program.name}.log"
        return f"{child.last_words()}\n{child.program.name} does not start: read its lines above or in {log}."

    def _write_pids(self) -> None:
        pids = {name: child.process.pid for name, child in self._children.items() if child.process}
        partial = self._data / "processes.json.new"
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(pids))
        partial.replace(self._data / "processes.json")


def _nothing(text: str) -> None:
    """Where a line goes that nobody waits for."""


def _stop_rank(child: Child) -> int:
    return child.program.stop_rank


def _cause(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
