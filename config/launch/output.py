"""What children print: to a log file each, and to the terminal behind their name."""

import contextlib
import os
import re
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

#: A log file that has grown beyond this many bytes is moved aside at the next start of its program.
ROTATE_BYTES = 10_000_000
#: What a warning looks like in PostgreSQL's log and in ours.
_WARNS = re.compile(rb'\b(WARNING|ERROR|FATAL|PANIC): |"level": ?"(warning|error|critical)"')


def say(text: str) -> None:
    """One line from the launcher itself; a terminal that has gone away is no reason to stop."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


class Output:
    """Copies one child's pipe, line by line."""

    def __init__(
        self, name: str, pipe: IO[bytes] | None, log: Path, echo: Callable[[str], None], *, quiet: bool
    ) -> None:
        self._name = name
        self._quiet = quiet
        self._echo = echo
        if pipe is None:
            raise ValueError("the program was started without a pipe for its output")
        self._pipe = pipe
        self._rest = b""
        self.last: deque[str] = deque(maxlen=20)
        os.set_blocking(pipe.fileno(), False)
        _rotate(log)
        self._log = log.open("ab", buffering=0)

    def fileno(self) -> int:
        return self._pipe.fileno()

    def pump(self) -> bool:
        """Copy what is there; False when the child has closed its end."""
        part = self._read()
        self._take(part or b"")
        return part != b""

    def close(self) -> None:
        """Copy what is left and let go of both files."""
        while part := self._read():
            self._take(part)
        if self._rest:
            self._show(self._rest)
        self._pipe.close()
        self._log.close()

    def _read(self) -> bytes | None:
        """What the pipe holds: None when nothing for now, empty when it is closed."""
        try:
            return os.read(self._pipe.fileno(), 65536)
        except BlockingIOError:
            return None

    def _take(self, part: bytes) -> None:
        with contextlib.suppress(OSError):
            self._log.write(part)
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            self._show(line)

    def _show(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        self.last.append(text)
        if text and (not self._quiet or _WARNS.search(line)):
            self._echo(f"{self._name:<15} | {text}")


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > ROTATE_BYTES:
        log.replace(log.with_suffix(".old.log"))
