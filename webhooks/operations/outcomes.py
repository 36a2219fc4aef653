"""What came of a batch: deliveries end or wait for their next time, and what it says about the endpoint."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from common import queues
from common.sql import as_json, update_from_values
from common.times import database_now
from webhooks.jobs import Batch
from webhooks.models import Delivery, Endpoint, State, Why
from webhooks.operations.endpoints import QUEUE, switch_off
from webhooks.sending import GONE, NOT_NOW, Try

#: How long after each failure the next try comes, and a tenth of it at random; after the last one it is over.
GAPS = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
JITTER = 0.1
#: After so long without one success nothing more is sent.
GIVE_UP = timedelta(days=5)
#: From so many failures in a row on an endpoint rests between tries, longer each time.
BROKEN_FROM = 3
REST, REST_MOST = timedelta(seconds=5), timedelta(minutes=5)
#: Answers that take longer leave the endpoint one thread, among the slow ones.
SLOW_MS = 3_000
TRIES_KEPT = 12


def record(batch: Batch) -> None:
    """Write what came of a batch, in the open scope, and give the endpoint back.

    Writes Delivery, Endpoint; where it is given up, OffMail, Event and Change.
    """
    endpoint = Endpoint.objects.select_for_update(no_key=True).filter(id=batch.endpoint_id).first()
    if endpoint is None:
        return
    now = database_now()
    update_from_values(_UPDATE, [_values(row, found, now) for row, found in batch.done], template=_TYPES)
    if endpoint.token == batch.token:
        endpoint.token = endpoint.leased_until = endpoint.holder = None
    _judge(endpoint, [found for _, found in batch.done], now)
    endpoint.save(
        update_fields=[
            "token", "leased_until", "holder", "failures", "failing_since", "delivered_at", "is_slow",
            "rests_until", "is_enabled", "why_disabled", "disabled_at",
        ]
    )  # fmt: skip
    queues.enqueue(QUEUE, now)  # without a wake-up: who carried it looks again in a moment


# ---------------------------------------------------------------- the deliveries

_UPDATE = """
UPDATE webhooks_delivery AS d
SET state = v.state, attempts = v.attempts, next_at = v.next_at, ended_at = v.ended_at, tries = v.tries
FROM (VALUES %s) AS v (tenant_id, id, state, attempts, next_at, ended_at, tries)
WHERE d.tenant_id = v.tenant_id AND d.id = ANY(:these) AND d.id = v.id AND d.state = 'waiting'
"""
_TYPES = "(%s::uuid, %s::uuid, %s, %s::int, %s::timestamptz, %s::timestamptz, %s::jsonb)"


def _values(row: Delivery, found: Try, now: datetime) -> tuple[Any, ...]:
    attempts = row.attempts + 1
    next_at = None if found.is_ok else next_try(attempts, found, now)
    state = State.DELIVERED if found.is_ok else State.WAITING if next_at else State.FAILED
    tries = [*row.tries, found.shape][-TRIES_KEPT:]
    ended_at = None if next_at else now
    return row.tenant_id, row.id, state.value, attempts, next_at, ended_at, as_json(tries)


def next_try(attempts: int, found: Try, now: datetime) -> datetime | None:
    """When a delivery is tried again after so many failures; None: never."""
    if attempts > len(GAPS):
        return None
    gap = GAPS[attempts - 1] * (1 + JITTER * random.random())  # noqa: S311 - no secret
    return now + max(gap, found.wait or gap)


# ---------------------------------------------------------------- the endpoint


def _judge(endpoint: Endpoint, found: Sequence[Try], now: datetime) -> None:
    """Is it well? In the order in which the answers came."""
    for one in found:
        if one.is_ok:
            endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
            endpoint.delivered_at = one.at
        else:
            endpoint.failures += 1
            endpoint.failing_since = endpoint.failing_since or one.at
            endpoint.rests_until = _rests_until(endpoint, one, now)
    if found:
        endpoint.is_slow = max(one.ms for one in found) > SLOW_MS
    if endpoint.is_enabled and any(one.status == GONE for one in found):
        switch_off(endpoint, Why.GONE)
    elif endpoint.is_enabled and endpoint.failing_since and now - endpoint.failing_since >= GIVE_UP:
        switch_off(endpoint, Why.FAILING)


def _rests_until(endpoint: Endpoint, found: Try, now: datetime) -> datetime | None:
    """An endpoint that asks for a pause gets it; one that only fails rests longer and longer."""
    doubled = REST * 2 ** min(max(endpoint.failures - BROKEN_FROM, 0), 10)
    rest = found.wait
    if rest is None and (endpoint.failures >= BROKEN_FROM or found.status in NOT_NOW):
        rest = min(doubled, REST_MOST)
    return max(now + rest, endpoint.rests_until or now) if rest else endpoint.rests_until
