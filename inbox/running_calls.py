"""What a running call has to say: one small read for the front door, in the scope of the channel's tenant."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import orjson

from inbox.ports import StoredCall

_TENANT = "SELECT tenant_id FROM inbox_channelroute WHERE channel_id = $1"
_CALL = """
SELECT m.text, m.content FROM inbox_delivery d
JOIN inbox_message m ON m.tenant_id = d.tenant_id AND m.id = d.message_id
WHERE d.tenant_id = $1 AND d.id = $2 AND d.channel_id = $3
"""


async def stored_call(pool: asyncpg.Pool, channel_id: UUID, ref: str) -> StoredCall | None:
    """The message of this channel that a delivery carries; None for an unknown one."""
    try:
        delivery_id = UUID(ref)
    except ValueError:
        return None
    async with pool.acquire(timeout=3) as connection, connection.transaction():
        tenant_id = await connection.fetchval(_TENANT, channel_id, timeout=5)
        if tenant_id is None:
            return None
        await connection.execute(f"SET LOCAL app.tenant_id = '{UUID(str(tenant_id))}'", timeout=5)
        row = await connection.fetchrow(_CALL, tenant_id, delivery_id, channel_id, timeout=5)
    return StoredCall(row["text"], orjson.loads(row["content"])) if row else None
