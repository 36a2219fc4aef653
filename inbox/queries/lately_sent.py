"""How many messages left for whom in the last minutes: what a pace goes by when its counters are gone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from common.tenancy import require_tenant

#: Messages written longer ago than this and sent only now are not counted: their thread would have to be read
#: from its beginning.
WRITTEN_SINCE = "1 day"
#: By the indexes, whatever PostgreSQL believes of how many rows there are: OFFSET 0 keeps it from joining
#: tables as a whole. What somebody just sends counts as sent.
_COUNT = """
SELECT m.address_id, count(*) FROM inbox_thread t
CROSS JOIN LATERAL (
  SELECT id, address_id FROM inbox_message
  WHERE tenant_id = t.tenant_id AND thread_id = t.id AND at > now() - %(written)s::interval
    AND direction = 'outbound' AND channel_id = %(channel)s OFFSET 0) m
CROSS JOIN LATERAL (
  SELECT 1 FROM inbox_delivery
  WHERE tenant_id = t.tenant_id AND message_id = m.id AND state IN ('sent', 'failed', 'uncertain', 'sending')
    AND coalesce(settled_at, uncertain_at, now()) > now() - %(within)s * interval '1 second' OFFSET 0) d
WHERE t.tenant_id = %(tenant)s AND t.customer_id = ANY (%(customers)s::uuid[])
GROUP BY m.address_id
"""


def lately_sent(*, channel_id: UUID, customers: Collection[UUID], within_s: float) -> dict[UUID, int]:
    """{address id: how many requests a channel made for it within these seconds}, of these customers.

    One statement; people to whom nothing was sent are not in it.
    """
    how: dict[str, Any] = {
        "tenant": require_tenant(), "channel": channel_id, "customers": list(customers),
        "within": within_s, "written": WRITTEN_SINCE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, how)
        return dict(cursor.fetchall())
