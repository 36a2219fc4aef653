"""How many messages left for whom in the last minutes: what a pace goes by when its counters are gone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from common.tenancy import require_tenant

#: Sorting is forbidden: only the index of a thread's messages has this order, so it is walked from its end,
#: whatever PostgreSQL believes of how many rows there are. What is leaving now counts as sent.
_COUNT = """
SET LOCAL enable_sort = off;
SELECT m.address_id FROM unnest(%(threads)s::uuid[]) AS w (id)
CROSS JOIN LATERAL (
  SELECT address_id FROM inbox_message
  WHERE tenant_id = %(tenant)s AND thread_id = w.id AND at > now() - %(within)s * interval '1 second'
    AND channel_id = %(channel)s AND direction = 'outbound' AND status NOT IN ('queued', 'held', 'cancelled')
  ORDER BY at DESC, id DESC LIMIT %(most)s) m
"""


def lately_sent(
    *, channel_id: UUID, threads: Collection[UUID], within_s: float, most: int
) -> dict[UUID, int]:
    """{address id: how many messages of the last `within_s` seconds a channel sent to it}, at most so many of
    each of these threads. Counted from when they were written; one statement.
    """
    how: dict[str, Any] = {
        "tenant": require_tenant(), "channel": channel_id, "threads": list(threads),
        "within": within_s, "most": most,
    }  # fmt: skip
    found: dict[UUID, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, how)
        for (address,) in cursor.fetchall():
            found[address] = found.get(address, 0) + 1
        cursor.execute("RESET enable_sort")
    return found
