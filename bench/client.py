"""A lean HTTP/1.1 client: prepared requests over keep-alive connections, nothing else.

It shares the cores with what it measures, so it does as little as it can.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


class NoAnswer(Exception):
    """The server closed the connection before it answered."""


@dataclass(slots=True)
class Answers:
    """What came back. seconds: how long it all took; milliseconds: of each answer that was a 200."""

    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers with a 200 per second."""
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    def add(self, status: int, began: float) -> None:
        """Note one answer to a request that began at this time of the performance counter."""
        if status == 200:
            self.milliseconds.append((time.perf_counter() - began) * 1000)
        else:
            self.failed += 1


class Line(asyncio.Protocol):
    """One keep-alive connection: one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head) and self._answer and not self._answer.done():
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(NoAnswer())

    async def ask(self, request: bytes) -> int:
        """Send one request and give the status of its answer. Raises NoAnswer."""
        if self._transport is None or self._transport.is_closing():
            raise NoAnswer
        self._got = b""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def open_line(url: str) -> Line:
    """Connect to the host and port of `url`."""
    place = urlsplit(url)
    host, port = place.hostname or "127.0.0.1", place.port or 80
    _, line = await asyncio.get_running_loop().create_connection(Line, host, port)
    return line


async def storm(url: str, requests: Sequence[bytes], *, connections: int, seconds: float) -> Answers:
    """As many requests as the server takes over so many connections, each sent when the last was answered."""
    lines = [await open_line(url) for _ in range(connections)]
    answers, waiting = Answers(), itertools.cycle(requests)
    began = time.perf_counter()

    async def go(line: Line) -> None:
        while (at := time.perf_counter()) < began + seconds:
            answers.add(await line.ask(next(waiting)), at)

    await asyncio.gather(*(go(line) for line in lines))
    answers.seconds = time.perf_counter() - began
    for line in lines:
        line.close()
    return answers


async def stream(url: str, requests: Sequence[bytes], *, per_second: float) -> Answers:
    """All requests at an even pace, whether the server keeps up or not; times count from when one was due."""
    answers = Answers()
    free: list[Line] = []
    asking: set[asyncio.Task[None]] = set()
    began = time.perf_counter()

    async def go(request: bytes, due: float) -> None:
        line = free.pop() if free else await open_line(url)
        answers.add(await line.ask(request), due)
        free.append(line)

    for n, request in enumerate(requests):
        due = began + n / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(go(request, due))
        asking.add(task)
        task.add_done_callback(asking.discard)
    await asyncio.gather(*asking)
    answers.seconds = time.perf_counter() - began
    for line in free:
        line.close()
    return answers
