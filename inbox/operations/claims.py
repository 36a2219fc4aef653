"""Which deliveries leave next: claimed for a while, given back, on their way. Set-based, in one scope.

PostgreSQL has no idea how many wait: thousands come within a second, and its statistics say that none does.
So these statements leave it no choice but to walk the index of what is ready, in its order, and stop early.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from common import queues
from common.sql import update_from_values
from common.tenancy import require_tenant
from inbox.models import Channel, Delivery, Message
from inbox.models.deliveries import QUEUE, URGENT_QUEUE, Lane
from inbox.operations.deliveries import DOUBT_SETTLES, SENDING_LEASE, Job

#: A claim that has not left when its worker dies is anybody's again after this.
CLAIM_LEASE = "30 seconds"
#: What is urgent is left to the worker that does nothing else, unless that one does not come for so long.
PATIENCE = timedelta(seconds=2)
#: What is urgent and waits for something before it in its thread is looked at again after this.
AGAIN = timedelta(seconds=0.5)

#: What may leave now: due, and nothing of its thread before it. OFFSET 0 makes PostgreSQL look
#: for each row, by the index, instead of joining all that wait with all that wait.
_FREE = """
  o.tenant_id = %(tenant)s AND o.state = 'ready' AND o.due_at <= now() AND NOT EXISTS (
    SELECT 1 FROM inbox_delivery p
    WHERE p.tenant_id = o.tenant_id AND p.order_key = o.order_key AND p.seq < o.seq
      AND p.state IN ('ready', 'claimed', 'sending', 'uncertain')
      AND NOT (p.state = 'uncertain' AND p.uncertain_at < now() - %(settles)s::interval) OFFSET 0)
"""
#: Which of them are somebody's to send: of who serves only what is urgent, and of the others.
_URGENT = "o.lane = 0"
_ANY = """CASE WHEN o.lane > 0 THEN o.channel_id <> ALL (%(resting)s::uuid[])
  ELSE o.due_at <= now() - %(patience)s::interval END"""
#: Sorting is forbidden here: the index has the order, and the first few are all we want.
_CLAIM = """
SET LOCAL enable_sort = off;
WITH c AS (
  SELECT o.id, o.message_id FROM inbox_delivery o WHERE {which}
  ORDER BY o.lane, o.due_at, o.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED),
free AS (
  SELECT id FROM inbox_message
  WHERE tenant_id = %(tenant)s AND id = ANY (ARRAY(SELECT message_id FROM c)) FOR UPDATE SKIP LOCKED)
UPDATE inbox_delivery SET state = 'claimed', token = %(token)s, attempt = attempt + 1,
  lease_until = now() + %(lease)s::interval
WHERE tenant_id = %(tenant)s AND id = ANY (ARRAY(SELECT c.id FROM c JOIN free ON free.id = c.message_id))
RETURNING id
"""
_CLAIM_URGENT, _CLAIM_ANY = (_CLAIM.format(which=f"{_FREE} AND {lanes}") for lanes in (_URGENT, _ANY))


def expect(lanes: Collection[int], due_at: datetime | None = None) -> None:
    """Note that deliveries in these lanes will be due at `due_at` (None = now), for those who send them."""
    if Lane.URGENT in lanes:
        queues.enqueue(URGENT_QUEUE, due_at)
    if set(lanes) == {Lane.URGENT}:
        due_at = (due_at or timezone.now()) + PATIENCE
    queues.enqueue(QUEUE, due_at)


def claim_rows(limit: int, *, only_urgent: bool = False, resting: Collection[UUID] = ()) -> list[Delivery]:
    """Claim up to `limit` due deliveries, the most urgent lane first, at most one per thread.

    only_urgent: none but urgent ones, for who does nothing else; the others take those that waited too long.
    resting: channels of which nothing else leaves now.

    Their messages are locked with them: a rule that refuses one writes both, and whoever applies a report
    takes the message first. So neither ever waits for the other.
    """
    with connection.cursor() as cursor:
        how: dict[str, Any] = {
            "tenant": require_tenant(), "token": uuid4(), "limit": limit, "patience": PATIENCE,
            "lease": CLAIM_LEASE, "settles": DOUBT_SETTLES, "resting": list(resting),
        }  # fmt: skip
        cursor.execute(_CLAIM_URGENT if only_urgent else _CLAIM_ANY, how)
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("RESET enable_sort")
    if not ids:
        return []
    found = sorted(Delivery.objects.filter(id__in=ids), key=lambda row: (row.lane, row.due_at, row.id))
    # Not joined: many share a channel, and PostgreSQL may compare all messages with all deliveries.
    messages = Message.objects.in_bulk([row.message_id for row in found])
    channels = Channel.objects.in_bulk({row.channel_id for row in found})
    for row in found:
        row.message, row.channel = messages[row.message_id], channels[row.channel_id]
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
        FROM free WHERE d.tenant_id = free.tenant_id AND d.id = free.id AND d.id = ANY (:these)
        RETURNING d.id""",
        values,
        template="(%s::uuid, %s::uuid, %s::uuid, %s::interval)",
    )
    still = {row[0] for row in kept}
    return [job for job in jobs if job.delivery.id in still]


#: While thousands wait, one that may leave now is found at once.
_NEXT_DUE = f"""
SELECT CASE WHEN EXISTS (SELECT 1 FROM inbox_delivery o WHERE {_FREE} AND {_ANY}) THEN now() ELSE
  LEAST((SELECT min(due_at) FROM inbox_delivery WHERE tenant_id = %(tenant)s AND state = 'held'), (
    SELECT min(CASE state WHEN 'uncertain' THEN uncertain_at + %(settles)s::interval
           WHEN 'ready' THEN due_at + CASE lane WHEN 0 THEN %(patience)s ELSE '0' END::interval
           ELSE lease_until END)
    FROM (SELECT DISTINCT ON (order_key) state, lane, due_at, uncertain_at, lease_until FROM inbox_delivery
      WHERE tenant_id = %(tenant)s AND state IN ('ready', 'claimed', 'sending', 'uncertain')
        AND NOT (state = 'uncertain' AND uncertain_at < now() - %(settles)s::interval)
      ORDER BY order_key, seq) AS heads)) END
"""  # noqa: S608 - our own words
#: What is held, in doubt or lost is for the others.
_NEXT_URGENT = f"""
SELECT CASE WHEN EXISTS (SELECT 1 FROM inbox_delivery o WHERE {_FREE} AND {_URGENT}) THEN now() ELSE
  (SELECT GREATEST(o.due_at, now() + %(again)s::interval) FROM inbox_delivery o
   WHERE o.tenant_id = %(tenant)s AND o.state = 'ready' AND {_URGENT}
   ORDER BY o.due_at LIMIT 1) END
"""  # noqa: S608 - our own words


def next_due(*, only_urgent: bool = False) -> datetime | None:
    """When this tenant's next delivery can move: the first of each thread decides, the others wait for it.

    only_urgent: as of ``claim_rows``."""
    told: dict[str, Any] = {
        "settles": DOUBT_SETTLES, "tenant": require_tenant(), "patience": PATIENCE, "again": AGAIN,
        "resting": [],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_URGENT if only_urgent else _NEXT_DUE, told)
        found: datetime | None = cursor.fetchone()[0]
    return found
