"""Work that must not be lost is a row; this table says which tenant has some, and since when.

A worker claims a tenant here, then works inside that tenant's scope. So it needs no right to see across
tenants, and one busy tenant cannot starve another (design §5). The wake-up sent after the commit may be
lost: the clock looks at this table every second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from common.tenancy import Pending, add_pending, before_commit, require_tenant, take_pending
from common.wake import wake

#: Longer than a turn lasts; a tenant must not wait long for the turn of a worker that stalls. One that died
#: is known by its connection, and its turns are anybody's at once.
LEASE_S = 10


@dataclass
class _Due(Pending):
    queue: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One tenant's turn on one queue, until `leased_until` (as PostgreSQL wrote it: it names the claim).
    `version` tells whether somebody enqueued meanwhile."""

    tenant_id: UUID
    queue: str
    version: int
    leased_until: datetime


def enqueue(queue: str, due_at: datetime | None = None) -> None:
    """Note that the open scope's tenant has work on `queue`, due at `due_at` (None = now).

    The row is written as the transaction's last statement; a worker is woken after the commit.
    """
    add_pending(_Due(queue, due_at))


def _flush() -> None:
    due: dict[str, datetime | None] = {}
    for item in take_pending(_Due):
        known = due.get(item.queue, item.due_at)
        due[item.queue] = None if known is None or item.due_at is None else min(known, item.due_at)
    if not due:
        return
    tenant_id = require_tenant()
    with connection.cursor() as cursor:
        for queue in sorted(due):  # always in the same order, so that two transactions never wait in a ring
            cursor.execute(_LOWER, [tenant_id, queue, due[queue]])
    now = [queue for queue in sorted(due) if due[queue] is None]
    for queue in now:
        transaction.on_commit(partial(wake, queue))


def claim_tenant(queue: str) -> Claim | None:
    """Take the turn of the tenant that has waited longest on `queue`, or None.

    Nobody else has this turn for LEASE_S, whatever is enqueued meanwhile; a worker that dies gives it back by
    itself, because its connection ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"lease": f"{LEASE_S} seconds", "queue": queue})
        row = cursor.fetchone()
    return Claim(row[0], queue, row[1], row[2]) if row else None


def take_news(claims: Sequence[Claim]) -> list[Claim]:
    """Those of these claims, all of one queue, whose tenants had work added since; to go on with."""
    if not claims:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, [claims[0].queue, [claim.tenant_id for claim in claims]])
        now = dict(cursor.fetchall())
    versions = [now.get(claim.tenant_id, claim.version) for claim in claims]
    return [
        replace(claim, version=version)
        for claim, version in zip(claims, versions, strict=True)
        if version != claim.version
    ]


def is_anybody_due(queue: str) -> bool:
    """Does a tenant wait for its turn on `queue`? Whose turn it is does not."""
    with connection.cursor() as cursor:
        cursor.execute(_ANYBODY, {"lease": f"{LEASE_S} seconds", "queue": queue})
        found: bool = cursor.fetchone()[0]
    return found


def settle(claim: Claim, next_due: datetime | None) -> None:
    """Give the turn back: nothing is due before `next_due` (None = nothing at all), unless somebody
    enqueued since the claim. A turn that lasted too long is somebody else's by now, and stays so."""
    told: dict[str, Any] = {
        "tenant": claim.tenant_id, "queue": claim.queue, "lease": claim.leased_until,
        "version": claim.version, "next": next_due,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, told)


_LOWER = """
INSERT INTO common_workqueue (tenant_id, queue, due_at, version)
VALUES (%s, %s, COALESCE(%s, now()), 1)
ON CONFLICT (tenant_id, queue) DO UPDATE
SET due_at = LEAST(common_workqueue.due_at, EXCLUDED.due_at), version = common_workqueue.version + 1
"""
#: A turn that a worker has is due when its lease ends, or at once when the worker is gone.
_WAITING = """
queue = %(queue)s AND due_at <= now() + %(lease)s::interval
  AND CASE WHEN leased_until > now() THEN common_is_gone(holder) ELSE due_at <= now() END
"""
_CLAIM = f"""
UPDATE common_workqueue
SET due_at = now() + %(lease)s::interval, leased_until = now() + %(lease)s::interval,
  holder = common_holder(), version = version + 1
WHERE queue = %(queue)s AND tenant_id = (
    SELECT tenant_id FROM common_workqueue WHERE {_WAITING}
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING tenant_id, version, leased_until
"""  # noqa: S608 - our own words
_ANYBODY = f"SELECT EXISTS (SELECT 1 FROM common_workqueue WHERE {_WAITING})"  # noqa: S608
_NEWS = """
SELECT tenant_id, version FROM common_workqueue WHERE queue = %s AND tenant_id = ANY(%s::uuid[])
"""
_SETTLE = """
UPDATE common_workqueue
SET due_at = CASE WHEN version = %(version)s THEN %(next)s::timestamptz ELSE LEAST(due_at, %(next)s) END,
  leased_until = NULL, holder = NULL
WHERE tenant_id = %(tenant)s AND queue = %(queue)s AND leased_until = %(lease)s
"""


before_commit(_flush, order=2)
