"""By when customers who wait are to be answered, and what happens when nobody does.

Time stands still while the workspace is closed: a promise counts open minutes only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from common import queues
from common.sql import update_from_values
from common.tenancy import require_tenant, tenant_context
from common.wire import stamp
from events import bus
from inbox.models import Inbox, Thread, ThreadState
from inbox.shapes import thread_shape
from tenants.hours import ALWAYS, Hours, after_open_minutes
from tenants.queries import business_hours

#: Where tenants stand that have promised somebody an answer by some time.
QUEUE = "dues"
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Promises:
    """minutes: inbox → (for a first answer, for a next one), of inboxes that promise anything."""

    hours: Hours
    minutes: Mapping[UUID, tuple[int | None, int | None]]

    def due(self, thread: Thread) -> datetime | None:
        """By when this thread's customer is to be answered, if they wait and were promised anything."""
        first, later = self.minutes.get(thread.inbox_id, (None, None))
        minutes = later if thread.first_answered_at else first
        if minutes is None or thread.waiting_since is None or thread.status == ThreadState.CLOSED:
            return None
        return after_open_minutes(self.hours, thread.waiting_since, minutes)


def promises(inboxes: Iterable[UUID]) -> Promises:
    """What these inboxes promise; one statement where they promise nothing."""
    rows = Inbox.objects.filter(id__in=set(inboxes))
    rows = rows.exclude(first_answer_min=None, next_answer_min=None)
    found = {key: (first, later) for key, first, later in rows.values_list("id", *_TARGETS)}
    return Promises(business_hours() if found else ALWAYS, found)


_TARGETS = ("first_answer_min", "next_answer_min")


def set_dues(threads: Sequence[Thread]) -> None:
    """Note in memory by when each is to be answered; a new promise is not broken yet. Wakes whoever looks for
    broken ones when the first is due."""
    promised = promises(thread.inbox_id for thread in threads)
    for thread in threads:
        due = promised.due(thread)
        if due != thread.answer_due_at:
            thread.answer_due_at, thread.breached_at = due, None
        if due and thread.breached_at is None:
            queues.enqueue(QUEUE, due)


def renew_dues(inbox: Inbox) -> None:
    """The inbox promises something else now: reckon anew for all who wait. Writes Thread; no event, pages see
    it with the next change of a thread or when they are loaded."""
    waits = Q(waiting_since__isnull=False) | Q(answer_due_at__isnull=False)
    rows = Thread.objects.filter(waits, inbox=inbox).exclude(status=ThreadState.CLOSED)
    threads = list(rows.select_for_update(of=("self",)).order_by("id"))
    set_dues(threads)
    _save(threads)


def _save(threads: Sequence[Thread]) -> None:
    tenant = require_tenant()
    rows = [(tenant, row.id, row.answer_due_at, row.breached_at) for row in threads]
    for thread in threads:
        thread.version += 1
    update_from_values(_SAVE, rows, template="(%s::uuid, %s::uuid, %s::timestamptz, %s::timestamptz)")


_SAVE = """
UPDATE inbox_thread t SET answer_due_at = v.due, breached_at = v.breached, version = t.version + 1,
  updated_at = now()
FROM (VALUES %s) AS v (tenant_id, id, due, breached)
WHERE t.tenant_id = v.tenant_id AND t.id = v.id AND t.id = ANY (:these)
"""


# ---------------------------------------------------------------- broken promises


def note_breaches() -> int:
    """Tell of every promise that was broken, tenant by tenant; returns how many."""
    told = 0
    while claim := queues.claim_tenant(QUEUE):
        with tenant_context(claim.tenant_id):
            told += breach_due(now=timezone.now())
            next_due = _promised().aggregate(at=Min("answer_due_at"))["at"]
        queues.settle(claim, next_due)
    return told


def _promised() -> QuerySet[Thread]:
    return Thread.objects.filter(answer_due_at__isnull=False, breached_at=None, status=ThreadState.OPEN)


def breach_due(*, now: datetime) -> int:
    """Tell once of each open thread whose customer was to be answered by now. Opening hours may have changed
    since it was promised, so each is reckoned anew first. Writes Thread, Event `thread.breached`."""
    rows = _promised().filter(answer_due_at__lte=now).select_for_update(of=("self",), skip_locked=True)
    threads = list(rows.select_related("customer", "channel").order_by("id")[:AT_ONCE])
    set_dues(threads)
    late = [row for row in threads if row.answer_due_at and row.answer_due_at <= now]
    for thread in late:
        thread.breached_at = thread.answer_due_at
    _save(threads)
    prefetch_related_objects(late, "customer__addresses")
    for thread in late:
        to = {"due_at": stamp(thread.answer_due_at), "is_first": thread.first_answered_at is None}
        data = {"thread": thread_shape(thread), "from": {}, "to": to}
        bus.record("thread.breached", data, at=now, thread_id=thread.id, customer_id=thread.customer_id)
    return len(late)
