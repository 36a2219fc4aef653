"""A program that the launcher runs: how it is called, told, ended, and started in the operating system."""

import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from config.launch import forks
from config.launch.environment import ROOT
from config.launch.identity import Identity, prepare_child


class Running(Protocol):
    """A process the launcher started. `returncode`: a negative signal where one ended it, None before."""

    pid: int
    stdout: IO[bytes] | None

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...

    def send_signal(self, number: int, /) -> None: ...


@dataclass(frozen=True)
class Program:
    """One child. `stop_rank`: lower ones stop first, equal ones together; `grace` is in seconds.

    `death_signal` is what the kernel sends when the launcher itself is killed. Of a `quiet` program only
    the lines that warn reach the terminal; its log file has them all. One that is `shared` begins, where it
    can, with all that the launcher has loaded; see ``forks``.
    """

    name: str
    arguments: list[str]
    told: dict[str, str]
    stop_rank: int
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGKILL
    grace: float = 10.0
    quiet: bool = False
    shared: bool = False
    identity: Identity = Identity.SELF
    folder: Path = field(default=ROOT)

    def start(self, keep: tuple[int, ...]) -> Running:
        """Start it in a session of its own, so that the terminal's Ctrl-C reaches only the launcher.

        The child inherits the descriptors in `keep`; what it prints comes through its `stdout`.
        """
        if self.shared and forks.loaded():
            return forks.start(self.name, self.arguments[1:], self.told, keep, death_signal=self.death_signal)
        launcher = os.getpid()
        return subprocess.Popen(
            self.arguments,
            cwd=self.folder,
            env=self.told,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=keep,
            preexec_fn=lambda: prepare_child(  # noqa: PLW1509 - the launcher has one thread
                self.identity, launcher, self.death_signal
            ),
            **self.identity.popen_arguments(),
        )
