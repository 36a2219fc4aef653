"""What happens, numbered, for the open phone pages: server-sent events, taken up again after a break."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson

_KEPT = 5000
_HEARTBEAT_S = 15.0
_EXPECTED_S = 30.0


class Feed:
    """A numbered log. Events are only kept while a page listens or is about to: silence costs nothing."""

    def __init__(self) -> None:
        self.seq = 0
        self.closed = False
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=_KEPT)
        self._listeners: set[asyncio.Event] = set()
        self._kept_until = 0.0

    def publish(self, kind: str, make: Callable[[], dict[str, Any]]) -> None:
        """Number an event of this kind; `make` gives its data and is only called when a page listens."""
        self.seq += 1
        if not self._listeners and time.monotonic() > self._kept_until:
            self._kept.clear()
            return
        event = {"seq": self.seq, "type": kind, "data": make()}
        self._kept.append((self.seq, b"data: " + orjson.dumps(event) + b"\n\n"))
        for listener in self._listeners:
            listener.set()

    def expect(self) -> int:
        """A page is about to listen, from the number given back: keep what happens meanwhile."""
        self._kept_until = time.monotonic() + _EXPECTED_S
        return self.seq

    async def stream(self, after: int | None) -> AsyncIterator[bytes]:
        """Events after a number, then each as it comes. `reload` first when that number is out of reach."""
        wake = asyncio.Event()
        self._listeners.add(wake)
        try:
            yield b"retry: 1000\n\n"
            last = self.seq if after is None else after
            if not self._reaches(last):
                last = self.seq
                yield self._frame("reload")
            while not self.closed:
                for seq, frame in self._since(last):
                    last = seq
                    yield frame
                if not await _woken(wake):
                    yield b": still here\n\n"
        finally:
            self._listeners.discard(wake)
            self.expect()

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self.closed = True
        for listener in self._listeners:
            listener.set()

    def _reaches(self, after: int) -> bool:
        oldest = self._kept[0][0] if self._kept else self.seq + 1
        return oldest - 1 <= after <= self.seq

    def _since(self, after: int) -> list[tuple[int, bytes]]:
        found = []
        for seq, frame in reversed(self._kept):
            if seq <= after:
                break
            found.append((seq, frame))
        return found[::-1]

    def _frame(self, kind: str) -> bytes:
        return b"data: " + orjson.dumps({"seq": self.seq, "type": kind, "data": {}}) + b"\n\n"


async def _woken(wake: asyncio.Event) -> bool:
    """Wait for the next event; False when a heartbeat is due instead."""
    try:
        await asyncio.wait_for(wake.wait(), _HEARTBEAT_S)
    except TimeoutError:
        return False
    wake.clear()
    return True
