"""The simulator's clock: real time, plus an offset that a test may set to make days pass."""

import time
from datetime import UTC, datetime


class Clock:
    """Unix time in seconds, moved by `offset_s` (PUT /control/clock)."""

    def __init__(self) -> None:
        self.offset_s = 0.0

    def now(self) -> float:
        """Seconds since 1970 as this simulator sees them."""
        return time.time() + self.offset_s


def iso(at: float | None) -> str | None:
    """Unix seconds as UTC ISO 8601 with microseconds and Z; None stays None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
