"""A tenant's turn: what happened becomes deliveries, and deliveries that are due are handed to couriers.

One transaction and a fixed handful of statements, however many events and endpoints. The cursor of an
endpoint moves in the transaction that writes the deliveries: no event is skipped, none is written twice.
An endpoint is held while its deliveries are carried; one that hangs holds up nobody else's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from common.ids import uuid7, uuid7_from
from common.sql import among, insert_values
from common.tenancy import require_tenant
from events import bus
from events.models import Event
from tenants.models import Tenant
from webhooks.envelopes import body_of
from webhooks.jobs import LEASE_S, Batch, Parcel, Turn
from webhooks.models import Delivery, Endpoint, State
from webhooks.operations.secrets import signing_secrets
from webhooks.patterns import fits

#: Events one turn looks through.
EVENTS_AT_ONCE = 500
#: Deliveries of one batch, and threads that carry them: of an endpoint that is well, and of one that is not.
WELL, SUSPECT = (80, 8), (1, 1)
#: While an endpoint listens, events are looked for at least this often, should a wake-up be lost.
LISTEN_EVERY = timedelta(seconds=30)
#: Events and deliveries are kept so long.
KEEP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Room:
    """Threads that are free: for endpoints that are well, and for the others."""

    well: int
    suspect: int


def take_turn(room: Room) -> Turn:
    """One turn of the open scope's tenant. Writes Delivery, Endpoint."""
    rows = Endpoint.objects.select_for_update(no_key=True).filter(is_enabled=True, removed_at=None)
    endpoints = list(rows.order_by("id"))
    if not endpoints:
        return Turn([], None)
    now, held = _now_and_held()
    is_all = _write_deliveries(endpoints, now)
    dues = _due_times([one for one in endpoints if one.id not in held])
    wanted = [one for one in endpoints if one.id in dues and _ready_at(one, dues) <= now]
    strands = _within(room, sorted(wanted, key=lambda one: dues[one.id]))
    batches = _batches([one for one in wanted if one.id in strands], strands, now)
    left = [one for one in endpoints if one.id in dues and one.id not in strands]
    times = [_ready_at(one, dues) for one in left] + [now + LISTEN_EVERY]
    return Turn(batches, min(times) if is_all else now)


def _now_and_held() -> tuple[datetime, set[UUID]]:
    """The database's time, and the endpoints whose deliveries somebody carries who is still there."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [require_tenant()])
        now, held = cursor.fetchone()
    return now, set(held)


_HELD = """
SELECT now(), ARRAY(SELECT id FROM webhooks_endpoint
  WHERE tenant_id = %s AND leased_until > now() AND NOT common_is_gone(holder))
"""


def _ready_at(endpoint: Endpoint, dues: dict[UUID, datetime]) -> datetime:
    """When its next delivery may leave."""
    rests = endpoint.rests_until
    return max(dues[endpoint.id], rests) if rests else dues[endpoint.id]


# ---------------------------------------------------------------- events → deliveries


def _write_deliveries(endpoints: Sequence[Endpoint], now: datetime) -> bool:
    """Write the deliveries of the next events and move the cursors; True when no event is left."""
    head = bus.head()
    behind = [one for one in endpoints if one.seq < head]
    if not behind:
        return True
    first = min(one.seq for one in behind)
    last = min(head, first + EVENTS_AT_ONCE)
    kept = uuid7_from(now - KEEP)  # by when it was written down; it may have happened long before
    events = Event.objects.filter(seq__gt=first, seq__lte=last, audience=None, id__gte=kept)
    found = list(events.order_by("seq").values_list("id", "seq", "type"))
    write(((one, *event) for one in behind for event in found if event[1] > one.seq), now)
    Endpoint.objects.filter(id__in=[one.id for one in behind], seq__lt=last).update(seq=last)
    return last == head


def write(events: Iterable[tuple[Endpoint, UUID, int, str]], now: datetime, *, again: bool = False) -> int:
    """Let these events (endpoint, event id, number, type) wait for their endpoints; those that no endpoint
    wants are left out. again: also what was delivered or given up. Returns how many wait now.
    """
    tenant_id = require_tenant()
    rows = [
        (uuid7(), tenant_id, endpoint.id, event_id, seq, kind, now, now)
        for endpoint, event_id, seq, kind in events
        if fits(endpoint.types, kind)
    ]
    conflict = "(tenant_id, endpoint_id, event_id) " + (_AGAIN if again else "DO NOTHING")
    insert_values(Delivery, _COLUMNS, rows, on_conflict=conflict)
    return len(rows)


_COLUMNS = ("id", "tenant_id", "endpoint_id", "event_id", "seq", "type", "next_at", "created_at")
_AGAIN = """
DO UPDATE SET state = 'waiting', attempts = 0, next_at = EXCLUDED.next_at, ended_at = NULL,
  replays = webhooks_delivery.replays + 1
"""


# ---------------------------------------------------------------- deliveries → batches


def _due_times(endpoints: Sequence[Endpoint]) -> dict[UUID, datetime]:
    """When the first waiting delivery of each is due, by the index, however many wait."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [[str(one.id) for one in endpoints], require_tenant()])
        return dict(cursor.fetchall())


_FIRST = """
SELECT e.id, first.next_at FROM unnest(%s::uuid[]) AS e (id), LATERAL (
  SELECT next_at FROM webhooks_delivery AS d
  WHERE d.tenant_id = %s AND d.endpoint_id = e.id AND d.state = 'waiting'
  ORDER BY next_at, seq LIMIT 1) AS first
"""


def is_suspect(endpoint: Endpoint) -> bool:
    """Is it to be tried with one request at a time, where it can hold up only its like? So is one that never
    took a delivery yet."""
    return endpoint.failures > 0 or endpoint.is_slow or endpoint.delivered_at is None


def _within(room: Room, endpoints: Sequence[Endpoint]) -> dict[UUID, int]:
    """How many threads each of those gets that there are threads for. A tenant takes at most half of what is
    free, so that others find some."""
    left = {True: -(-room.suspect // 2), False: -(-room.well // 2)}
    strands: dict[UUID, int] = {}
    for one in endpoints:
        suspect = is_suspect(one)
        if left[suspect] > 0:
            strands[one.id] = min(left[suspect], (SUSPECT if suspect else WELL)[1])
            left[suspect] -= strands[one.id]
    return strands


def _batches(endpoints: Sequence[Endpoint], strands: dict[UUID, int], now: datetime) -> list[Batch]:
    """Hold these endpoints and take their next deliveries along."""
    if not endpoints:
        return []
    token, tenant = uuid4(), Tenant.objects.get(id=require_tenant())
    deliveries = _take({one.id: (SUSPECT if is_suspect(one) else WELL)[0] for one in endpoints}, now)
    keys = {one.event_id for one in deliveries}
    events = {event.id: event for event in Event.objects.filter(among("id", keys))}
    found = []
    for endpoint in endpoints:
        mine = [one for one in deliveries if one.endpoint_id == endpoint.id and one.event_id in events]
        parcels = deque(Parcel(one, body_of(events[one.event_id], tenant, endpoint)) for one in mine)
        if parcels:
            secrets = signing_secrets(endpoint, bytes(tenant.data_key), now)
            found.append(
                Batch(
                    tenant_id=endpoint.tenant_id,
                    endpoint_id=endpoint.id,
                    token=token,
                    url=endpoint.url,
                    secrets=secrets,
                    strands=min(strands[endpoint.id], len(parcels)),
                    parcels=parcels,
                    is_suspect=is_suspect(endpoint),
                )
            )
    _hold([one.endpoint_id for one in found], token)
    return found


def _take(most: dict[UUID, int], now: datetime) -> list[Delivery]:
    told: list[Any] = [[str(key) for key in most], list(most.values()), require_tenant(), now]
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, told)
        ids = [row[0] for row in cursor.fetchall()]
    rows = Delivery.objects.filter(among("id", ids), state=State.WAITING)
    return list(rows.order_by("next_at", "seq"))


_NEXT = """
SELECT due.id FROM unnest(%s::uuid[], %s::int[]) AS e (id, most), LATERAL (
  SELECT id FROM webhooks_delivery AS d
  WHERE d.tenant_id = %s AND d.endpoint_id = e.id AND d.state = 'waiting' AND d.next_at <= %s
  ORDER BY next_at, seq LIMIT e.most) AS due
"""


def _hold(endpoints: Sequence[UUID], token: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _HOLD, [token, f"{LEASE_S} seconds", require_tenant(), [str(one) for one in endpoints]]
        )


_HOLD = """
UPDATE webhooks_endpoint SET token = %s, leased_until = now() + %s::interval, holder = common_holder()
WHERE tenant_id = %s AND id = ANY(%s::uuid[])
"""
