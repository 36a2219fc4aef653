"""One reader per process: on a poke, on connect and every ten seconds it reads each tenant's log once and
hands the lines to that tenant's sockets. The pokes are only hints; the log is what counts (rules 19–22)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import channel_layers

from realtime.log import BEHIND_MAX, EventLog, Line
from realtime.poke import GROUP
from realtime.presence import MARKED, Mark, Present, heard_mark

log = logging.getLogger(__name__)

READ_EVERY_S = 10.0

#: Takes (after, head, lines) and must return at once.
Listener = Callable[[int, int, list[Line]], None]
#: Takes a mark of somebody's presence and must return at once.
Watcher = Callable[[Mark], None]


class Hub:
    """Who listens for which tenant, and how far each tenant's log was read."""

    def __init__(self) -> None:
        self.log = EventLog()
        self._listeners: dict[UUID, set[Listener]] = defaultdict(set)
        self._read_to: dict[UUID, int] = {}
        self._locks: dict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._poked: dict[UUID, asyncio.Event] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._watchers: dict[UUID, set[Watcher]] = defaultdict(set)
        self._present: dict[UUID, Present] = defaultdict(Present)
        self._ear: asyncio.Task[None] | None = None

    async def join(self, tenant: UUID, listener: Listener) -> int:
        """Start listening; returns the head from which on lines will come."""
        if self._ear is None or self._ear.done():
            self._ear = asyncio.create_task(self._hear_pokes())
        async with self._locks[tenant]:
            if tenant not in self._read_to:
                self._read_to[tenant] = await self.log.head(tenant)
                self._poked[tenant] = asyncio.Event()
                self._tasks[tenant] = asyncio.create_task(self._read_forever(tenant))
            self._listeners[tenant].add(listener)
            return self._read_to[tenant]

    def leave(self, tenant: UUID, listener: Listener) -> None:
        """Stop listening; the last one out turns off the light."""
        self._listeners[tenant].discard(listener)
        if not self._listeners[tenant]:
            del self._listeners[tenant]
            self._read_to.pop(tenant, None)
            self._poked.pop(tenant, None)
            if task := self._tasks.pop(tenant, None):
                task.cancel()

    def watch(self, tenant: UUID, watcher: Watcher) -> list[Mark]:
        """Hear of everybody's presence from now on; returns who is here already."""
        self._watchers[tenant].add(watcher)
        return self._present[tenant].marks()

    def unwatch(self, tenant: UUID, watcher: Watcher) -> None:
        """Undo ``watch``."""
        self._watchers[tenant].discard(watcher)
        if not self._watchers[tenant]:
            del self._watchers[tenant]
            self._present.pop(tenant, None)

    def _on_mark(self, tenant: UUID, mark: Mark) -> None:
        if tenant in self._watchers:
            self._present[tenant].note(mark)
            for watcher in list(self._watchers[tenant]):
                watcher(mark)

    async def _hear_pokes(self) -> None:
        """Listen on the channel layer, again after every fault; a missed poke is made up by the timer."""
        layer = channel_layers[DEFAULT_CHANNEL_LAYER]
        while True:
            try:
                name = await layer.new_channel()
                await layer.group_add(GROUP, name)
                while True:
                    self._on_poke(await layer.receive(name))
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever Redis is up to, the hub goes on listening
                log.warning("not hearing pokes: %s", type(error).__name__)
                await asyncio.sleep(1 + random.random())  # noqa: S311

    def _on_poke(self, message: dict[str, Any]) -> None:
        if message["type"] == MARKED:
            self._on_mark(UUID(message["tenant"]), heard_mark(message))
        elif event := self._poked.get(UUID(message["tenant"])):
            event.set()

    async def _read_forever(self, tenant: UUID) -> None:
        """Read on every poke and on a timer. Whatever goes wrong is tried again: sockets only wait."""
        poked = self._poked[tenant]
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(poked.wait(), READ_EVERY_S * random.uniform(0.7, 1.0))  # noqa: S311
            poked.clear()
            try:
                await self._read(tenant)
            except Exception as error:  # noqa: BLE001 - sockets wait for this reader; it must live
                log.warning(
                    "the event log cannot be read: %s", type(error).__name__, extra={"tenant": str(tenant)}
                )
                await asyncio.sleep(0.5)
                poked.set()

    async def _read(self, tenant: UUID) -> None:
        async with self._locks[tenant]:
            while lines := await self.log.after(tenant, self._read_to[tenant], 500):
                after, self._read_to[tenant] = self._read_to[tenant], lines[-1].seq
                for listener in list(self._listeners[tenant]):
                    listener(after, lines[-1].seq, lines)

    async def catch_up(self, tenant: UUID, after: int) -> tuple[int, list[Line]] | None:
        """What a browser missed since `after`: (head, lines), or None when it is too far behind."""
        lines = await self.log.after(tenant, after, BEHIND_MAX + 1)
        if len(lines) > BEHIND_MAX:
            return None
        return (lines[-1].seq if lines else after), lines


_hub: Hub | None = None


def hub() -> Hub:
    """This process's hub (one event loop per process)."""
    global _hub
    if _hub is None:
        _hub = Hub()
    return _hub
