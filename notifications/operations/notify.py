"""Accepting notifications: one or a thousand, in one transaction and a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from common import queues
from common.ids import uuid7
from common.sql import insert_rows, lock_keys
from common.tenancy import require_tenant
from common.times import database_now
from customers.models import Customer
from events import bus
from inbox.models.deliveries import Lane
from inbox.operations.authors import Author
from notifications.decisions import Ask, Earlier, Verdict, as_row, decide
from notifications.models import Notification, NotificationState, NotificationType, Step
from notifications.operations.recipients import find_recipients
from notifications.queries.facts import Facts, load_facts
from notifications.shapes import event_data
from notifications.variables import Json, data_faults

#: Where tenants whose ladders have something due stand in ``common.queues``; those with urgent ones also in a
#: queue of their own, which a worker of its own serves.
QUEUE = "ladders"
URGENT_QUEUE = "urgent_ladders"
AT_MOST = 1_000

#: What does not count when the same key or the same person's number is looked at again.
_CAME_TO_NOTHING = ("skipped", "throttled", "failed", "expired", "cancelled")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that cannot be accepted. faults: (JSON pointer into the request, sentence)."""

    faults: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A notification, the verdict that made it, and whether anything was written."""

    notification: Notification
    verdict: Verdict
    steps: list[Step] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        """Does it wait for the end of quiet hours, or for a provider?"""
        return self.notification.state == NotificationState.HELD


def request_faults(named: NotificationType, data: Any) -> list[tuple[str, str]]:
    """Why a request for this type cannot be accepted, before anything is looked up."""
    if named.archived_at is not None:
        return [("/type", f"{named.key} is archived.")]
    if named.current is None:
        return [("/type", f"{named.key} has no published version.")]
    return [(f"/data{pointer}", sentence) for pointer, sentence in data_faults(named.current.variables, data)]


def notify(
    asks: Sequence[Ask],
    *,
    by: Author,
    request_id: str = "",
    dry_run: bool = False,
    leave_held: bool = False,
) -> list[Accepted | Refusal]:
    """Decide about each request and let the engine begin; the answers stand in the order of `asks`.

    Writes Customer and Address (new phones), Notification, Step, Event `notification.<state>`; nothing at all
    when dry_run, and nothing of what would be held when leave_held: its caller asks again later. A fixed
    number of statements, however many requests there are.
    """
    now = database_now()
    people = find_recipients([ask.to for ask in asks], make=not dry_run)
    pairs = [(ask, who) for ask, who in zip(asks, people, strict=True) if isinstance(who, Customer)]
    facts = load_facts({who.id for _, who in pairs}, {ask.named for ask, _ in pairs})
    for ask, who in pairs:
        if "phone" in ask.to and who.id not in facts.kinds:
            facts.kinds[who.id] = {"phone"}  # a dry run for somebody not known yet
            facts.phones[who.id] = [ask.to["phone"]]
    earlier = _earlier(pairs, now, lock=not dry_run)
    found: list[Accepted | Refusal] = []
    for ask, known in zip(asks, people, strict=True):
        if isinstance(known, Customer):
            found.append(_accept(ask, known, facts, earlier, now, by, request_id))
        else:
            found.append(Refusal([("/to", known)]))
    if not dry_run:
        going = [one for one in found if isinstance(one, Accepted)]
        _write([one for one in going if not (leave_held and one.is_held)], by)
    return found


def _accept(
    ask: Ask, who: Customer, facts: Facts, earlier: Earlier, now: datetime, by: Author, request_id: str
) -> Accepted:
    verdict = decide(ask, who, facts, earlier, now)
    row = as_row(ask, who, verdict, now)
    row.author_kind, row.author_id, row.author_name = by.kind, by.id, by.name[:120]
    row.request_id = request_id[:100]
    _remember(ask, row, verdict, earlier)
    return Accepted(row, verdict, _steps(row) if verdict.is_going else [])


def _remember(ask: Ask, row: Notification, verdict: Verdict, earlier: Earlier) -> None:
    """What later requests of the same batch have to know."""
    if row.state in _CAME_TO_NOTHING:
        return
    if ask.dedupe_key:
        earlier.keys[ask.named.id, ask.dedupe_key] = row.id
    pair = (ask.named.id, row.customer_id)
    earlier.counts[pair] = earlier.counts.get(pair, 0) + 1
    if row.state == NotificationState.BATCHED and verdict.batch_id is None:
        earlier.heads[pair] = row.id


def _steps(row: Notification) -> list[Step]:
    return [
        Step(
            id=uuid7(),
            notification=row,
            place=place,
            rung=rung["channel"],
            must_reach=rung["reach"],
            patience_s=rung["patience_s"],
        )
        for place, rung in enumerate(row.version.ladder)
    ]


def _write(accepted: Sequence[Accepted], by: Author) -> None:
    insert_rows([one.notification for one in accepted])
    insert_rows([step for one in accepted for step in one.steps])
    for one in accepted:
        tell(one.notification, by.actor)
    rows = [one.notification for one in accepted]
    _expect(QUEUE, rows)
    _expect(URGENT_QUEUE, [row for row in rows if row.lane == Lane.URGENT])


def _expect(queue: str, rows: Sequence[Notification]) -> None:
    due = [row.due_at for row in rows if row.due_at]
    if any(row.state == NotificationState.QUEUED for row in rows):
        queues.enqueue(queue)
    elif due:
        queues.enqueue(queue, min(due))


def tell(row: Notification, actor: Json, **more: Any) -> None:
    """Record that a notification is in its state now: Event `notification.<state>`."""
    thread_id = more.pop("thread_id", None)
    bus.record(
        f"notification.{row.state}",
        event_data(row) | more,
        actor=actor,
        thread_id=thread_id,
        customer_id=row.customer_id,
    )


# ---------------------------------------------------------------- what was accepted before


def digest_key(type_id: UUID, customer_id: UUID) -> str:
    """The lock under which one customer's notifications of one type are counted and gathered."""
    return f"{require_tenant()}|notify|{type_id}|{customer_id}"


def _earlier(pairs: Sequence[tuple[Ask, Customer]], now: datetime, *, lock: bool) -> Earlier:
    keyed = [ask for ask, _ in pairs if ask.dedupe_key]
    throttled = [(ask, who) for ask, who in pairs if ask.version.throttle]
    gathered = [(ask, who) for ask, who in pairs if ask.version.digest]
    if lock:
        tenant = require_tenant()
        locks = [f"{tenant}|notify|{ask.named.id}|key|{ask.dedupe_key}" for ask in keyed]
        lock_keys([*locks, *(digest_key(ask.named.id, who.id) for ask, who in throttled + gathered)])
    return Earlier(_keys(keyed, now), _counts(throttled, now), _heads(gathered, now))


def _keys(asks: Sequence[Ask], now: datetime) -> dict[tuple[UUID, str], UUID]:
    which = Q()
    for named, window_s in {(ask.named.id, ask.version.dedupe_window_s) for ask in asks}:
        keys = {ask.dedupe_key for ask in asks if ask.named.id == named}
        which |= Q(type=named, dedupe_key__in=keys, created_at__gt=now - timedelta(seconds=window_s))
    if not which:
        return {}
    rows = Notification.objects.filter(which).exclude(dedupe_key="").exclude(state__in=_CAME_TO_NOTHING)
    return {
        (row[0], row[1]): row[2] for row in rows.values_list("type_id", "dedupe_key", "id").order_by("-id")
    }


def _counts(pairs: Sequence[tuple[Ask, Customer]], now: datetime) -> dict[tuple[UUID, UUID], int]:
    which = Q()
    limits = {(ask.named.id, (ask.version.throttle or {}).get("per_s", 0)) for ask, _ in pairs}
    for named, per_s in limits:
        people = {who.id for ask, who in pairs if ask.named.id == named}
        which |= Q(type=named, customer__in=people, created_at__gt=now - timedelta(seconds=per_s))
    if not which:
        return {}
    rows = Notification.objects.filter(which).exclude(state__in=_CAME_TO_NOTHING).filter(batch=None)
    return {
        (row[0], row[1]): row[2] for row in rows.values_list("type_id", "customer_id").annotate(Count("id"))
    }


def _heads(pairs: Sequence[tuple[Ask, Customer]], now: datetime) -> dict[tuple[UUID, UUID], UUID]:
    if not pairs:
        return {}
    rows = Notification.objects.filter(
        type__in={ask.named.id for ask, _ in pairs},
        customer__in={who.id for _, who in pairs},
        state=NotificationState.BATCHED,
        batch=None,
        due_at__isnull=False,
    )
    return {(row[0], row[1]): row[2] for row in rows.values_list("type_id", "customer_id", "id")}
