"""Who may sign for an address of the front door, and with which secrets."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from inbox.operations.app_secrets import open_credentials
from inbox.ports import Credentials

KNOWN_FOR_S = 5.0
#: What happens while PostgreSQL is away; the last one when it goes away between two words of a conversation.
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Unavailable(Exception):
    """Nothing could be read or stored now; the provider shall try again."""


@dataclass(frozen=True, slots=True)
class _Signer:
    """An app and its secrets. until: when its signature is accepted no longer."""

    app_id: UUID
    credentials: Credentials
    until: datetime | None


class Signers:
    """Which apps may sign for an address; remembered for a few seconds (global tables, no tenant's rows)."""

    def __init__(self, pool: Callable[[], Awaitable[asyncpg.Pool]]) -> None:
        self._pool = pool
        self._known: dict[tuple[str, str], tuple[float, list[_Signer]]] = {}

    async def of(self, kind: str, channel_id: str, *, fresh: bool) -> list[tuple[UUID, Credentials]]:
        """[(app id, credentials)] for /hooks/<kind>/ or /hooks/<kind>/<channel id>/. Raises Unavailable."""
        at, found = self._known.get((kind, channel_id), (0.0, []))
        age_s = time.monotonic() - at
        if age_s > KNOWN_FOR_S or (fresh and age_s > 1):
            try:
                found = await self._load(kind, channel_id)
            except Unavailable:
                if not found:
                    raise  # What was true a moment ago is better than to lose what is not sent twice.
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[kind, channel_id] = (time.monotonic(), found)
        now = datetime.now(UTC)
        return [(one.app_id, one.credentials) for one in found if one.until is None or one.until > now]

    async def _load(self, kind: str, channel_id: str) -> list[_Signer]:
        sql, values = (_APPS, [kind]) if not channel_id else (_APPS_OF_CHANNEL, [kind, UUID(channel_id)])
        try:
            pool = await self._pool()
            async with pool.acquire(timeout=3) as connection:
                rows = await connection.fetch(sql, *values, timeout=5)
        except AWAY:
            raise Unavailable from None
        return [
            _Signer(row["id"], open_credentials(row["id"], row["sealed_credentials"]), row["until"])
            for row in rows
        ]


#: Who signs for a channel: its app, and the one before until its time is over.
_SIGNERS = """
SELECT a.id, a.sealed_credentials, CASE WHEN bool_or(s.until IS NULL) THEN NULL ELSE max(s.until) END AS until
FROM (
  SELECT app_id, NULL::timestamptz AS until FROM inbox_channelroute WHERE {where}
  UNION ALL
  SELECT app_before_id, app_before_until FROM inbox_channelroute WHERE {where} AND app_before_until > now()
) s JOIN inbox_providerapp a ON a.id = s.app_id GROUP BY a.id, a.sealed_credentials
"""
_APPS = _SIGNERS.format(where="kind = $1")
_APPS_OF_CHANNEL = _SIGNERS.format(where="kind = $1 AND channel_id = $2")
