"""The front door: where a message comes in. Plain ASGI, before Django.

A webhook is answered only after its raw body is committed (reliability rules 2 and 3). All requests that
wait are stored in one transaction; the next batch forms while that one commits, so nobody waits for a batch
to fill. What the body says is read later, by a worker: inbox/operations/receipts.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import asyncpg
from django.conf import settings

from common.ids import uuid7
from common.wake import wake
from inbox.channels import UnknownChannel, adapter_for
from inbox.ports import (
    Adapter,
    Answer,
    AnswersCalls,
    BadSignature,
    Hook,
    KeepsAddress,
    SpoolsHooks,
    StoredCall,
    TellsReports,
)
from inbox.running_calls import stored_call
from inbox.signers import AWAY, Signers, Unavailable
from inbox.spool import Spool, Spooled, SpoolFull

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

WAKE_EVERY_S = 0.01
SPOOL_EVERY_S = 1.0
REFUSED = Answer(401, b"Not signed with a secret we know.")
TOO_LARGE = Answer(413, b"The body is too large.")
BUSY = Answer(503, b"Try again in a moment.")
NOT_FOUND = Answer(404, b"There is no such address.")
WRONG_METHOD = Answer(405, b"Only GET and POST are answered here.")


class _TooLarge(Exception):
    pass


@dataclass(slots=True)
class _Row:
    kind: str
    app_id: UUID
    channel_id: UUID | None
    body: bytes
    received_at: datetime
    stored: asyncio.Future[None]


class Door:
    """One per web process; `pool` is made on first use, inside the running loop."""

    def __init__(self) -> None:
        self._pool: asyncpg.Pool | None = None
        self._waiting: list[_Row] = []
        self._arrived = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None
        self._signers = Signers(self.pool)
        self._wake_due = False
        self._waker: asyncio.Task[None] | None = None
        self._spool = Spool(settings.HOOK_SPOOL_DIR, settings.HOOK_SPOOL_MAX)
        self._drainer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what an earlier process left on the disk."""
        if await asyncio.to_thread(self._spool.waiting):
            self._drain_spool()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except _TooLarge:
            answer = TOO_LARGE
        except Unavailable:
            answer = BUSY
        await _respond(send, answer)

    # ------------------------------------------------------------ one request

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        kind, channel_id = _place(scope["path"])
        try:
            adapter = adapter_for(kind)
        except UnknownChannel:
            return NOT_FOUND
        hook = _hook(scope, b"")
        if hook.method == "POST":
            hook = _hook(scope, await _read(scope, receive))
        elif hook.method != "GET":
            return WRONG_METHOD
        return await self._check(adapter, hook, channel_id)

    async def _check(self, adapter: Adapter, hook: Hook, channel_id: str) -> Answer:
        """Find an app whose secrets fit, looking again in the database before refusing."""
        for fresh in (False, True):
            for app_id, credentials in await self._signers.of(adapter.kind, channel_id, fresh=fresh):
                try:
                    hello = adapter.handshake(hook, credentials)
                    if hello is not None:
                        return hello
                    if hook.method != "POST":
                        return WRONG_METHOD
                    adapter.verify(hook, credentials)
                except BadSignature:
                    continue
                await self._keep(adapter, hook, app_id, UUID(channel_id) if channel_id else None)
                return await self._reply(adapter, hook, channel_id)
        return REFUSED

    async def _keep(self, adapter: Adapter, hook: Hook, app_id: UUID, channel_id: UUID | None) -> None:
        """Have a checked body committed, or on the disk where the provider would not ask again."""
        body = adapter.kept(hook) if isinstance(adapter, KeepsAddress) else hook.body
        try:
            await self.accept(adapter.kind, app_id, channel_id, body)
        except Unavailable:
            if not (isinstance(adapter, SpoolsHooks) and adapter.spools_hooks):
                raise
            row = Spooled(adapter.kind, app_id, channel_id, body, datetime.now(UTC))
            try:
                await asyncio.to_thread(self._spool.keep, row)
            except SpoolFull:
                raise Unavailable from None
            self._drain_spool()

    async def _reply(self, adapter: Adapter, hook: Hook, channel_id: str) -> Answer:
        """What the provider hears, now that the body is safe."""
        if not isinstance(adapter, AnswersCalls):
            return adapter.answer
        ref = adapter.call_ref(hook)
        return adapter.answer_call(hook, await self._call(channel_id, ref) if ref and channel_id else None)

    async def _call(self, channel_id: str, ref: str) -> StoredCall | None:
        try:
            return await stored_call(await self.pool(), UUID(channel_id), ref)
        except AWAY as error:
            log.warning("a call could not be answered: %s", type(error).__name__)
            return None

    async def accept(self, kind: str, app_id: UUID, channel_id: UUID | None, body: bytes) -> None:
        """Store a checked body and return after its commit. Raises Unavailable."""
        if len(self._waiting) >= settings.HOOK_WAITING_MAX:
            raise Unavailable
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Row(kind, app_id, channel_id, body, datetime.now(UTC), stored))
        self._arrived.set()
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush_forever())
        await stored

    # ------------------------------------------------------------ group commit

    async def _flush_forever(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                batch = self._waiting[: settings.HOOK_BATCH_MAX]
                del self._waiting[: len(batch)]
                await self._flush(batch)

    async def _flush(self, batch: list[_Row]) -> None:
        try:
            await self._store(batch)
        except asyncpg.DataError:
            await self._store_each(batch)  # one impossible row must not fail its neighbours
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            log.warning("receipts could not be stored: %s", type(error).__name__)
            self._settle(batch, Unavailable())
        else:
            self._settle(batch, None)
            self._wake()

    async def _store_each(self, batch: list[_Row]) -> None:
        for row in batch:
            try:
                await self._store([row])
                self._settle([row], None)
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("a receipt could not be stored: %s", type(error).__name__)
                self._settle([row], Unavailable())
        self._wake()

    async def _store(self, batch: list[_Row]) -> None:
        columns = (
            [uuid7() for _ in batch],
            [row.kind for row in batch],
            [row.app_id for row in batch],
            [row.channel_id for row in batch],
            [row.body for row in batch],
            [row.received_at for row in batch],
            [_only_reports(row) for row in batch],
        )
        pool = await self.pool()
        async with pool.acquire(timeout=3) as connection:
            await connection.execute(_INSERT, *columns, timeout=5)

    @staticmethod
    def _settle(batch: list[_Row], error: Exception | None) -> None:
        for row in batch:
            if row.stored.done():  # the provider hung up; the row is stored all the same
                continue
            if error is None:
                row.stored.set_result(None)
            else:
                row.stored.set_exception(error)

    # ------------------------------------------------------------ what waits on the disk

    def _drain_spool(self) -> None:
        if self._drainer is None or self._drainer.done():
            self._drainer = asyncio.create_task(self._drain_until_empty())

    async def _drain_until_empty(self) -> None:
        """Store what waits, oldest first; another process may be doing it."""
        while paths := await asyncio.to_thread(self._spool.waiting):
            with self._spool.alone() as alone:
                stored = alone and await self._store_spooled(paths[: settings.HOOK_BATCH_MAX])
            if not stored:
                await asyncio.sleep(SPOOL_EVERY_S)

    async def _store_spooled(self, paths: list[Path]) -> bool:
        found = [(path, await asyncio.to_thread(self._spool.read, path)) for path in paths]
        now: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        rows = [
            _Row(row.kind, row.app_id, row.channel_id, row.body, row.received_at, now)
            for _, row in found
            if row
        ]
        try:
            await self._store(rows)
        except AWAY:
            return False
        await asyncio.to_thread(self._spool.remove, [path for path, row in found if row])
        self._wake()
        return True

    def _wake(self) -> None:
        self._wake_due = True
        if self._waker is None or self._waker.done():
            self._waker = asyncio.create_task(self._wake_workers())

    async def _wake_workers(self) -> None:
        """Tell a worker, in a thread and not more often than needed: the clock looks every second anyway."""
        while self._wake_due:
            self._wake_due = False
            await asyncio.get_running_loop().run_in_executor(None, wake, "receipts")
            await asyncio.sleep(WAKE_EVERY_S)

    async def pool(self) -> asyncpg.Pool:
        """Connections of the serving role. Raises OSError or PostgresError while PostgreSQL is away."""
        if self._pool is None:
            self._pool = await asyncpg.create_pool(**connection_settings(), min_size=0, max_size=4, timeout=3)
        return self._pool


_INSERT = """
INSERT INTO inbox_receipt (id, kind, app_id, channel_id, body, received_at, only_reports, state, attempts)
SELECT *, 'new', 0 FROM unnest(
  $1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::bytea[], $6::timestamptz[], $7::boolean[])
"""


def _only_reports(row: _Row) -> bool:
    adapter: object = adapter_for(row.kind)
    return isinstance(adapter, TellsReports) and adapter.only_reports(row.body)


def connection_settings() -> dict[str, Any]:
    """How asyncpg reaches the database Django uses."""
    found = settings.DATABASES["default"]
    named = {
        "host": found["HOST"] or None,
        "port": int(found["PORT"]) if found["PORT"] else None,
        "user": found["USER"] or None,
        "password": found["PASSWORD"] or None,
        "database": found["NAME"],
    }
    return {**named, "statement_cache_size": 0, "server_settings": {"application_name": "parley door"}}


def _place(path: str) -> tuple[str, str]:
    """/hooks/<kind>/[<channel id>/] → (kind, channel id or ""). A malformed id finds nothing, as an unknown
    one does."""
    parts = [part for part in path.split("/") if part][1:]
    kind, channel_id = (*parts, "", "")[:2]
    if len(parts) > 2:
        return "", ""
    try:
        return kind, str(UUID(channel_id)) if channel_id else ""
    except ValueError:
        return kind, str(UUID(int=0))


def _hook(scope: Scope, body: bytes) -> Hook:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope.get("query_string", b"").decode("latin-1")
    url = settings.PUBLIC_URL + scope["path"] + (f"?{query}" if query else "")
    return Hook(scope["method"], url, headers, dict(parse_qsl(query, keep_blank_values=True)), body)


async def _read(scope: Scope, receive: Receive) -> bytes:
    """The body, refused as soon as it is known to be too large."""
    limit, declared = settings.HOOK_MAX_BYTES, dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        raise _TooLarge
    chunks, size, more = [], 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Unavailable
        chunks.append(event.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise _TooLarge
        more = event.get("more_body", False)
    return b"".join(chunks)


async def _respond(send: Send, answer: Answer) -> None:
    headers = [(b"content-type", answer.content_type.encode()), (b"x-content-type-options", b"nosniff")]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    if answer.status == BUSY.status:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
