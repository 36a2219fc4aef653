"""An agent's browser as far as live events go: the socket of docs/wire.md, resumed after every break."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

Event = dict[str, Any]
RETRY_S = 0.3


class Browser:
    """Follows one tenant's events; `hear` gets each event once, in order.

    `last` is the number of the newest one; `resyncs` counts how often the server gave up on us, `breaks` how
    often the connection did.
    """

    def __init__(self, url: str, cookie: str, hear: Callable[[Event], None]) -> None:
        self._url = url.replace("http://", "ws://") + "/ws/"
        self._headers = {"Cookie": cookie, "Origin": url}
        self._hear = hear
        self._task: asyncio.Task[None]
        self.ready = asyncio.Event()
        self.last = -1
        self.resyncs = self.breaks = 0

    async def __aenter__(self) -> Browser:
        self._task = asyncio.create_task(self._follow())
        await asyncio.wait_for(self.ready.wait(), 30)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                async with connect(self._url, additional_headers=self._headers, max_size=None) as socket:
                    await self._listen(socket)
            self.breaks += 1
            await asyncio.sleep(RETRY_S)

    async def _listen(self, socket: ClientConnection) -> None:
        async for frame in socket:
            said = orjson.loads(frame)
            if said["type"] == "ready":
                self.last = said["head"] if self.last < 0 else self.last
                await self._resume(socket)
                self.ready.set()
            elif said["type"] == "resync":
                self.resyncs += 1
                self.last = said["head"]
            elif said["after"] > self.last:
                await self._resume(socket)
            else:
                self._apply(said)

    async def _resume(self, socket: ClientConnection) -> None:
        await socket.send(orjson.dumps({"type": "resume", "after": self.last}).decode())

    def _apply(self, batch: Event) -> None:
        for event in batch["events"]:
            if event["seq"] > self.last:
                self._hear(event)
        self.last = max(self.last, batch["head"])
