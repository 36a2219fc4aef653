"""UUIDv7: ids that sort by time, made in Python so that PostgreSQL 15 will do."""

from __future__ import annotations

import os
import secrets
import struct
import threading
import time
from datetime import datetime
from uuid import UUID

_lock = threading.Lock()
_last_ms = _counter = 0
#: Random 32-bit numbers, drawn many at a time: asking for each is most of what an id costs.
_steps: list[int] = []


def uuid7() -> UUID:
    """A new UUIDv7 (RFC 9562); within one process each is greater than the one before.

    48 bits of milliseconds, then 74 bits that start random each millisecond and rise inside it.
    """
    global _last_ms, _counter
    now_ms = time.time_ns() // 1_000_000
    with _lock:
        if now_ms > _last_ms:
            _last_ms, _counter = now_ms, secrets.randbits(73)
        else:
            if not _steps:
                _steps.extend(struct.unpack("=256I", os.urandom(1024)))
            _counter += _steps.pop() + 1
        ms, counter = _last_ms, _counter
    return UUID(int=ms << 80 | 0x7 << 76 | counter >> 62 << 64 | 0b10 << 62 | counter & (1 << 62) - 1)


def uuid7_from(at: datetime, *, later_s: int = 0) -> UUID:
    """The least UUIDv7 that could have been made at this moment, or so many seconds later: where its rows
    begin."""
    ms = int(at.timestamp() * 1000) + later_s * 1000
    return UUID(int=min(max(ms, 0), 2**48 - 1) << 80 | 0x7 << 76 | 0b10 << 62)
