"""One browser's socket at /ws/. It does no database work of its own except to learn who is connecting."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from realtime.hub import hub
from realtime.log import Line
from realtime.presence import Mark, read_mark, tell_everybody
from tenants.sessions import Seat, seat_of

WAITING_MAX = 5_000
DRAIN_S = 10.0
CHECK_EVERY_S = 30.0
#: What PostgreSQL takes for a number; a browser may send any.
SEQ_MAX = 2**63 - 1
#: A browser may say this often, per second, where it is; more is not heard.
MARKS_PER_S = 10


class TooSlow(Exception):
    """The browser does not take what it is sent."""


@dataclass(slots=True)
class _Batch:
    after: int
    head: int
    lines: list[Line]


class InboxSocket(AsyncWebsocketConsumer):
    """Protocol: docs/wire.md, "Socket"."""

    seat: Seat | None = None
    _writer: asyncio.Task[None] | None = None
    _mark: Mark | None = None

    async def connect(self) -> None:
        self._outgoing: asyncio.Queue[_Batch | Mark] = asyncio.Queue()
        self._key = uuid4().hex
        self._marked: deque[float] = deque(maxlen=MARKS_PER_S)
        self._resumed = False
        self._held: list[_Batch] | None = None
        await self.accept()
        self.seat = await database_sync_to_async(seat_of)(self.scope)
        if self.seat is None:
            await self.close(4401)
            return
        head = await hub().join(self.seat.tenant_id, self._hear)
        self._writer = asyncio.create_task(self._write_forever())
        await self._send({"type": "ready", "head": head, "version": settings.BUILD})
        for mark in hub().watch(self.seat.tenant_id, self._see):
            self._see(mark)

    async def disconnect(self, code: int) -> None:
        if self._writer:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._writer
        if self.seat:
            hub().leave(self.seat.tenant_id, self._hear)
            hub().unwatch(self.seat.tenant_id, self._see)
            if self._mark and self._mark.thread_id:
                await tell_everybody(self.seat.tenant_id, Mark(self._key, self.seat.member_id, None))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.seat is None:
            return
        wish = self._read(text_data, self.seat)
        if isinstance(wish, Mark):
            await self._stand(wish, self.seat.tenant_id)
        elif wish is not None:
            await self._resume(self.seat.tenant_id, wish)

    def _read(self, text: str | None, seat: Seat) -> Mark | int | None:
        """What a browser asks for: to stand somewhere, to hear what came after a number; else None."""
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
            message = orjson.loads(text or b"")
            if message["type"] == "resume":
                return min(max(int(message["after"]), 0), SEQ_MAX)
            if message["type"] == "presence":
                return read_mark(message, self._key, seat.member_id)
        return None

    async def _stand(self, mark: Mark, tenant_id: UUID) -> None:
        """Tell the others where this browser is."""
        now = time.monotonic()
        if len(self._marked) == MARKS_PER_S and now - self._marked[0] < 1:
            return
        self._marked.append(now)
        self._mark = mark
        await tell_everybody(tenant_id, mark)

    def _see(self, mark: Mark) -> None:
        if mark.key != self._key:
            self._outgoing.put_nowait(mark)

    async def _resume(self, tenant_id: UUID, after: int) -> None:
        """Send what was missed, then what came meanwhile; the two may overlap: numbers tell."""
        self._held = []
        found = await hub().catch_up(tenant_id, after)
        if found is None:
            head = await hub().log.head(tenant_id)
            await self._send({"type": "resync", "head": head})
        else:
            self._outgoing.put_nowait(_Batch(after, found[0], found[1]))
        held, self._held, self._resumed = self._held, None, True
        for batch in held:
            self._outgoing.put_nowait(batch)

    def _hear(self, after: int, head: int, lines: list[Line]) -> None:
        batch = _Batch(after, head, lines)
        if self._held is not None:
            self._held.append(batch)
        elif self._resumed:
            self._outgoing.put_nowait(batch)

    async def _write_forever(self) -> None:
        checked_at = time.monotonic()
        try:
            while True:
                batch = await self._next()
                if self._touches_us(batch) or time.monotonic() - checked_at > CHECK_EVERY_S:
                    checked_at = time.monotonic()
                    if not await self._still_welcome():
                        return
                if batch:
                    await asyncio.wait_for(self._write(batch), DRAIN_S)
        except (TooSlow, TimeoutError):
            await self.close(4008)

    def _touches_us(self, batch: _Batch | Mark | None) -> bool:
        """Whether something in it may have changed what this member is allowed."""
        if not isinstance(batch, _Batch) or self.seat is None:
            return False
        return any(line.changes_rights_of(self.seat.member_id) for line in batch.lines)

    async def _next(self) -> _Batch | Mark | None:
        """What is to be sent next, or None after a quiet while."""
        try:
            batch = await asyncio.wait_for(self._outgoing.get(), CHECK_EVERY_S)
        except TimeoutError:
            return None
        if self._outgoing.qsize() > WAITING_MAX:
            raise TooSlow
        return batch

    async def _still_welcome(self) -> bool:
        """Rights may have changed since the handshake (rule 22)."""
        seat = await database_sync_to_async(seat_of)(self.scope)
        if seat == self.seat:
            return True
        await self.close(4403 if seat is None else 4401)
        return False

    async def _write(self, batch: _Batch | Mark) -> None:
        if isinstance(batch, Mark):
            await self._send({"type": "presence", **batch.shape})
            return
        mine = b",".join(line.json for line in batch.lines if self._may_see(line.audience))
        head = b'{"type":"events","after":%d,"head":%d,"events":[' % (batch.after, batch.head)
        await self.send(text_data=(head + mine + b"]}").decode())

    def _may_see(self, audience: UUID | None) -> bool:
        return audience is None or (self.seat is not None and audience == self.seat.member_id)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(message).decode())
