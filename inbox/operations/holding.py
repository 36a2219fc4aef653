"""What waits although it is due: its template, its account, or enough new people were written to today.

A held message shows why, keeps nobody else waiting, and is looked at again when its reason may have gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min

from common.ids import uuid7
from common.sql import insert_rows, lock_keys
from common.tenancy import require_tenant
from common.wire import stamp
from inbox.holds import DIRECT, holds_of
from inbox.models import Channel, Delivery, DeliveryState, StartedWith, Status
from inbox.models.deliveries import Lane
from inbox.operations import identities
from inbox.operations.deliveries import SOON_S
from inbox.operations.standing import fact
from inbox.operations.statuses import Change, announce_statuses, by_id, lock_messages
from inbox.operations.templates import CODE, Copies, held_reasons

DAY = timedelta(hours=24)
#: A hold without an end is looked at again after this.
LOOK_AGAIN = timedelta(minutes=15)
#: One for a template is looked at sooner, see ``_next_look``.
SOON = timedelta(seconds=SOON_S)


@dataclass(frozen=True, slots=True)
class Why:
    """Why a delivery waits, and until when it is not looked at again. code: of the message's error."""

    detail: str
    until: datetime
    code: str = "throttled"


def hold(
    rows: Sequence[Delivery], *, started: set[UUID], unsure: set[UUID], now: datetime, copies: Copies
) -> list[Delivery]:
    """Hold back what may not leave now and give the others. started: deliveries outside a reply window;
    unsure: those to somebody who has to be confirmed first.

    Writes Delivery, Message, StartedWith, events.
    """
    reasons = held_reasons(rows, copies)
    waiting = {row.id: Why(reasons[row.id], _next_look(row, now), CODE) for row in rows if row.id in reasons}
    waiting |= {key: Why(identities.WAITS, now + LOOK_AGAIN, identities.CODE) for key in unsure}
    for row in rows:
        if row.id not in waiting and (why := _held(row, row.id in started, now)):
            waiting[row.id] = why
    free = [row for row in rows if row.id not in waiting]
    waiting |= _too_many(free, started, now)
    _write([row for row in rows if row.id in waiting], waiting, now)
    return [row for row in rows if row.id not in waiting]


def _next_look(row: Delivery, now: datetime) -> datetime:
    """Soon, and then after as long as it has waited already, within LOOK_AGAIN.

    Who frees a template frees all that is held for it; what is being held at that very moment is not there
    yet for them to find, and nobody tells of it again.
    """
    held = [one["at"] for one in row.message.history if one["status"] == Status.HELD]
    waited = now - datetime.fromisoformat(held[-1]) if held and row.message.status == Status.HELD else SOON
    return now + min(max(waited, SOON), LOOK_AGAIN)


def _held(row: Delivery, is_started: bool, now: datetime) -> Why | None:
    for one in holds_of(row.channel, now):
        if _concerns(one["what"], row, is_started):
            until = datetime.fromisoformat(one["until"]) if one["until"] else now + LOOK_AGAIN
            return Why(" ".join(filter(None, (one["why"], one["fix"]))), min(until, now + LOOK_AGAIN))
    return None


def _concerns(what: str, row: Delivery, is_started: bool) -> bool:
    if what == DIRECT:
        return False  # such messages are refused, and wait for nothing
    if what == "marketing":
        return row.lane == Lane.MARKETING
    return what == "all" or is_started


# ---------------------------------------------------------------- how many people a day


def pool_of(channel: Channel) -> str:
    """Which accounts share a limit of new people."""
    return str(fact(channel, "pool") or channel.id)


def _too_many(rows: Sequence[Delivery], started: set[UUID], now: datetime) -> dict[UUID, Why]:
    """Those who would be new people beyond the day's limit; notes the others as written to."""
    by_pool: dict[str, list[Delivery]] = defaultdict(list)
    for row in rows:
        if row.id in started:
            by_pool[pool_of(row.channel)].append(row)
    waiting: dict[UUID, Why] = {}
    limits = {pool: fact(mine[0].channel, "people_per_day") for pool, mine in by_pool.items()}
    limits = {pool: most for pool, most in limits.items() if isinstance(most, int) and most >= 0}
    # Two workers may serve one tenant, one of them what is urgent: they count one after the other.
    lock_keys([f"{require_tenant()}|people|{pool}" for pool in limits])
    for pool, most in limits.items():
        waiting |= _beyond(pool, most, by_pool[pool], now)
    going = {
        (pool_of(row.channel), row.message.customer_id) for row in rows if row.id in started - waiting.keys()
    }
    _note(going, now)
    return waiting


def _beyond(pool: str, most: int, rows: Sequence[Delivery], now: datetime) -> dict[UUID, Why]:
    lately = StartedWith.objects.filter(pool=pool, at__gt=now - DAY)
    people = {row.message.customer_id for row in rows}
    known = set(lately.filter(customer__in=people).values_list("customer_id", flat=True))
    room = most - lately.count()
    waiting: dict[UUID, Why] = {}
    for row in rows:
        customer = row.message.customer_id
        if customer not in known and room <= 0:
            waiting[row.id] = _until_freed(pool, most, now)
        elif customer not in known:
            known.add(customer)
            room -= 1
    return waiting


def _until_freed(pool: str, most: int, now: datetime) -> Why:
    first = StartedWith.objects.filter(pool=pool, at__gt=now - DAY).aggregate(at=Min("at"))["at"]
    until = (first or now) + DAY
    said = (
        f"Today’s limit of {most} new people is reached; this waits until it frees, "
        f"at {until:%H:%M} UTC at the earliest."
    )
    return Why(said, max(until, now + timedelta(seconds=60)))


def _note(started: set[tuple[str, UUID]], now: datetime) -> None:
    rows = [StartedWith(id=uuid7(), pool=pool, customer_id=who, at=now) for pool, who in sorted(started)]
    insert_rows(rows, on_conflict="(tenant_id, pool, customer_id) DO UPDATE SET at = EXCLUDED.at")


# ---------------------------------------------------------------- writing


def _write(rows: Sequence[Delivery], waiting: Mapping[UUID, Why], now: datetime) -> None:
    if not rows:
        return
    lock_messages(by_id(row.message_id for row in rows))
    changes = [change for row in rows if (change := _put(row, waiting[row.id], now))]
    announce_statuses(changes)


def _put(row: Delivery, why: Why, now: datetime) -> Change | None:
    """One delivery into waiting; a change when its message did not wait for this reason already."""
    row.state, row.due_at, row.lease_until, row.attempt = DeliveryState.HELD, why.until, None, row.attempt - 1
    row.save(update_fields=["state", "due_at", "lease_until", "attempt"])
    message, error = row.message, held_error(why.detail, why.code)
    if message.status == Status.HELD and message.error == error:
        return None
    message.status, message.error = Status.HELD, error
    message.history = [*message.history, {"status": "held", "at": stamp(now), "detail": why.detail}]
    message.save(update_fields=["status", "error", "history"])
    return Change(message, Status.HELD, now)


def held_error(detail: str, code: str = "throttled") -> dict[str, Any]:
    """Why a message waits, as its error."""
    return {"code": code, "title": "Held back", "detail": detail, "provider_code": ""}
