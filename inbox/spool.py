"""Bodies that wait on the disk while PostgreSQL is away, for providers that do not ask twice (rule 2).

A body is on the disk, file and name, before it is answered. It is stored like any other when PostgreSQL is
back; a stop between storing and removing stores it twice, and the second copy counts as a duplicate.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import orjson

from common.ids import uuid7

log = logging.getLogger(__name__)

ENDING = ".hook"


class SpoolFull(Exception):
    """There are as many bodies as may wait, or no room on the disk."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A checked body with what its receipt says."""

    kind: str
    app_id: UUID
    channel_id: UUID | None
    body: bytes
    received_at: datetime


class Spool:
    """One folder, shared by the web processes of a machine. Everything here blocks: call it in a thread."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder, self.most = folder, most

    def keep(self, row: Spooled) -> None:
        """Return when the body will outlast a power cut. Raises SpoolFull."""
        if len(self.waiting()) >= self.most:
            raise SpoolFull
        half = self.folder / f"{uuid7()}.half"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with half.open("wb") as file:
                file.write(_written(row))
                file.flush()
                os.fsync(file.fileno())
            half.rename(half.with_suffix(ENDING))
            self._sync()
        except OSError as error:
            half.unlink(missing_ok=True)
            raise SpoolFull from error

    def waiting(self) -> list[Path]:
        """Whole files, oldest first."""
        try:
            return sorted(path for path in self.folder.iterdir() if path.suffix == ENDING)
        except FileNotFoundError:
            return []

    def read(self, path: Path) -> Spooled | None:
        """What a file holds; None when it is gone. One that cannot be read is put aside, not thrown away."""
        try:
            return _read(path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, OSError):
            log.exception("a spooled body cannot be read", extra={"file": path.name})
            path.rename(path.with_suffix(".bad"))
            return None

    def remove(self, paths: list[Path]) -> None:
        """Forget bodies that are stored."""
        for path in paths:
            path.unlink(missing_ok=True)
        self._sync()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Is nobody else draining this folder? A process that dies gives the lock back."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True

    def _sync(self) -> None:
        """A name is on the disk only when its folder is."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _written(row: Spooled) -> bytes:
    head = {
        "kind": row.kind,
        "app_id": str(row.app_id),
        "channel_id": str(row.channel_id) if row.channel_id else None,
        "received_at": row.received_at,
        "size": len(row.body),
    }
    return orjson.dumps(head) + b"\n" + row.body


def _read(data: bytes) -> Spooled:
    """Raises ValueError, KeyError."""
    line, _, body = data.partition(b"\n")
    head = orjson.loads(line)
    if len(body) != head["size"]:
        raise ValueError("the file is not whole")
    channel_id = UUID(head["channel_id"]) if head["channel_id"] else None
    received_at = datetime.fromisoformat(head["received_at"])
    return Spooled(head["kind"], UUID(head["app_id"]), channel_id, body, received_at)
