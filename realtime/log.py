"""Read a tenant's event log for sockets: rows become JSON once, whoever will hear them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from django.conf import settings

from common.wire import stamp

#: More than this behind, a browser is better served by a fresh page.
BEHIND_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """One event: its number, its type, who alone may see it (or None), and its JSON."""

    seq: int
    type: str
    audience: UUID | None
    json: bytes

    def changes_rights_of(self, member_id: UUID) -> bool:
        """Whether this member may have lost or gained something by it."""
        return self.type == "member.updated" and str(member_id).encode() in self.json


class EventLog:
    """Connections of the serving role; every read opens the tenant's scope for one transaction."""

    def __init__(self) -> None:
        self._pool: asyncpg.Pool | None = None

    async def _connections(self) -> asyncpg.Pool:
        if self._pool is None:
            found = settings.DATABASES["default"]
            self._pool = await asyncpg.create_pool(
                host=found["HOST"] or None,
                port=int(found["PORT"]) if found["PORT"] else None,
                user=found["USER"] or None,
                password=found["PASSWORD"] or None,
                database=found["NAME"],
                min_size=0,
                max_size=3,
                timeout=3,
                statement_cache_size=0,
                server_settings={"application_name": "parley sockets"},
            )
        return self._pool

    async def head(self, tenant: UUID) -> int:
        """The number of the tenant's last event."""
        rows = await self._fetch(tenant, "SELECT seq FROM events_eventcounter WHERE tenant_id = $1", tenant)
        return rows[0]["seq"] if rows else 0

    async def after(self, tenant: UUID, seq: int, limit: int = BEHIND_MAX) -> list[Line]:
        """Up to `limit` events after `seq`, in order."""
        rows = await self._fetch(tenant, _AFTER, tenant, seq, limit)
        return [Line(row["seq"], row["type"], row["audience"], _json(row)) for row in rows]

    async def _fetch(self, tenant: UUID, sql: str, *values: Any) -> list[asyncpg.Record]:
        pool = await self._connections()
        async with pool.acquire(timeout=3) as connection, connection.transaction(readonly=True):
            await connection.execute(f"SET LOCAL app.tenant_id = '{tenant}'")
            found: list[asyncpg.Record] = await connection.fetch(sql, *values, timeout=10)
        return found


_AFTER = """
SELECT seq, id, type, at, actor, data, audience FROM events_event
WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""


def _json(row: asyncpg.Record) -> bytes:
    return orjson.dumps(
        {
            "seq": row["seq"],
            "id": str(row["id"]),
            "type": row["type"],
            "at": stamp(row["at"]),
            "actor": orjson.Fragment(row["actor"]),
            "data": orjson.Fragment(row["data"]),
        }
    )
