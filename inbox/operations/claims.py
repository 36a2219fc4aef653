"""Which deliveries leave next: claimed for a while, given back, on their way. Set-based, in one scope.

PostgreSQL has no idea how many wait: thousands come within a second, and its statistics say that none does.
So these statements leave it no choice but to walk the index of what is ready, in its order, and stop early.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from common.sql import update_from_values
from common.tenancy import require_tenant
from inbox.models import Channel, Delivery, DeliveryState
from inbox.models.deliveries import Lane
from inbox.operations.deliveries import DOUBT_SETTLES, SENDING_LEASE, Job

#: A claim that has not left when its worker dies is anybody's again after this.
CLAIM_LEASE = "30 seconds"

#: What may leave now: due, and nothing of its thread before it. OFFSET 0 makes PostgreSQL look for each row,
#: by the index, instead of joining all that wait with all that wait.
_FREE = """
  o.tenant_id = %(tenant)s AND o.state = 'ready' AND o.due_at <= now() AND NOT EXISTS (
    SELECT 1 FROM inbox_delivery p
    WHERE p.tenant_id = o.tenant_id AND p.order_key = o.order_key AND p.seq < o.seq
      AND p.state IN ('ready', 'claimed', 'sending', 'uncertain')
      AND NOT (p.state = 'uncertain' AND p.uncertain_at < now() - %(settles)s::interval) OFFSET 0)
"""
#: Sorting is forbidden here: the index has the order, and the first few are all we want.
_CLAIM = f"""
SET LOCAL enable_sort = off;
WITH c AS (
  SELECT o.tenant_id, o.id FROM inbox_delivery o
  JOIN inbox_message m ON m.tenant_id = o.tenant_id AND m.id = o.message_id
  WHERE {_FREE} AND o.lane <= %(lane)s
  ORDER BY o.lane, o.due_at, o.id LIMIT %(limit)s FOR UPDATE OF o, m SKIP LOCKED)
UPDATE inbox_delivery SET state = 'claimed', token = %(token)s, attempt = attempt + 1,
  lease_until = now() + %(lease)s::interval
FROM c WHERE inbox_delivery.tenant_id = c.tenant_id AND inbox_delivery.id = c.id
RETURNING inbox_delivery.id
"""  # noqa: S608 - our own words


def claim_rows(limit: int, up_to: Lane) -> list[Delivery]:
    """Claim up to `limit` due deliveries, the most urgent lane first and none after `up_to`, at most one per
    thread.

    Their messages are locked with them: a rule that refuses one writes both, and whoever applies a report
    takes the message first. So neither ever waits for the other.
    """
    with connection.cursor() as cursor:
        how: dict[str, Any] = {
            "tenant": require_tenant(), "token": uuid4(), "limit": limit, "lane": up_to.value,
            "lease": CLAIM_LEASE, "settles": DOUBT_SETTLES,
        }  # fmt: skip
        cursor.execute(_CLAIM, how)
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("RESET enable_sort")
    if not ids:
        return []
    rows = Delivery.objects.filter(id__in=ids).select_related("message")
    found = sorted(rows, key=lambda row: (row.lane, row.due_at, row.id))
    channels = Channel.objects.in_bulk({row.channel_id for row in found})  # not joined: many share one
    for row in found:
        row.channel = channels[row.channel_id]
    return found


def put_back(rows: Sequence[Delivery], *, after_s: float) -> None:
    """Give claimed rows back unsent, due a little later; it does not count as an attempt."""
    due = timezone.now() + timedelta(seconds=after_s)
    values = [(require_tenant(), row.id, row.token, due) for row in rows]
    update_from_values(
        """UPDATE inbox_delivery d
        SET state = 'ready', due_at = v.due, attempt = attempt - 1, lease_until = NULL
        FROM (VALUES %s) AS v (tenant_id, id, token, due)
        WHERE d.tenant_id = v.tenant_id AND d.id = v.id AND d.id = ANY (:these)
          AND d.token = v.token AND d.state = 'claimed'""",
        values,
        template="(%s::uuid, %s::uuid, %s::uuid, %s::timestamptz)",
    )


def mark_sending(jobs: Sequence[Job]) -> list[Job]:
    """Commit that these requests are about to leave; gives back those whose claim still stands.

    A row that somebody holds is just being proved sent by a report; it does not leave, and nobody waits.
    """
    values = [(job.tenant_id, job.delivery.id, job.delivery.token, SENDING_LEASE) for job in jobs]
    kept = update_from_values(
        """WITH v (tenant_id, id, token, lease) AS (VALUES %s), free AS (
          SELECT d.tenant_id, d.id, v.lease FROM inbox_delivery d
          JOIN v ON d.tenant_id = v.tenant_id AND d.id = v.id AND d.id = ANY (:these) AND d.token = v.token
          WHERE d.state = 'claimed' AND d.lease_until > now() FOR UPDATE OF d SKIP LOCKED)
        UPDATE inbox_delivery d SET state = 'sending', lease_until = now() + free.lease
        FROM free WHERE d.tenant_id = free.tenant_id AND d.id = free.id RETURNING d.id""",
        values,
        template="(%s::uuid, %s::uuid, %s::uuid, %s::interval)",
    )
    still = {row[0] for row in kept}
    return [job for job in jobs if job.delivery.id in still]


#: While thousands wait, one that may leave now is found at once.
_NEXT_DUE = f"""
SELECT CASE WHEN EXISTS (SELECT 1 FROM inbox_delivery o WHERE {_FREE}) THEN now() ELSE
  LEAST((SELECT min(due_at) FROM inbox_delivery WHERE tenant_id = %(tenant)s AND state = 'held'), (
    SELECT min(CASE state WHEN 'ready' THEN due_at WHEN 'uncertain' THEN uncertain_at + %(settles)s::interval
           ELSE lease_until END)
    FROM (SELECT DISTINCT ON (order_key) state, due_at, uncertain_at, lease_until FROM inbox_delivery
      WHERE tenant_id = %(tenant)s AND state IN ('ready', 'claimed', 'sending', 'uncertain')
        AND NOT (state = 'uncertain' AND uncertain_at < now() - %(settles)s::interval)
      ORDER BY order_key, seq) AS heads)) END
"""  # noqa: S608 - our own words


def has_urgent() -> bool:
    """Does something urgent of this tenant's wait to leave?"""
    return Delivery.objects.filter(state=DeliveryState.READY, lane=Lane.URGENT).exists()


def next_due() -> datetime | None:
    """When this tenant's next delivery can move: the first of each thread decides, the others wait for it."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_DUE, {"settles": DOUBT_SETTLES, "tenant": require_tenant()})
        found: datetime | None = cursor.fetchone()[0]
    return found
