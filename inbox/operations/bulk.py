"""Change many threads at once: asked for here, made by a worker in batches, and taken back the same way.

Every thread gets its own event, as if somebody had changed it alone. A batch is one transaction of some ten
statements; what a crash interrupts goes on with the next batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from common import queues
from common.ids import uuid7
from common.sql import as_json, insert_rows, update_from_values
from common.tenancy import require_tenant, tenant_context
from common.wire import Json, ident, stamp
from events import bus
from inbox.models import BulkChange, BulkItem, BulkState, ItemState, Thread, ThreadState
from inbox.operations.authors import Author
from inbox.operations.bulk_steps import LABELS_MAX, Step, as_kept, step_back, step_for, values_of
from inbox.operations.errors import NotPossible, Refused
from inbox.operations.threads import SNOOZE_QUEUE, keep_labels
from inbox.shapes import thread_shape
from inbox.wire_bulk import BulkChange as BulkChangeShape
from tenants.models import Member, Team

QUEUE = "bulk_changes"
#: How many threads one change may reach and one transaction takes; and how many of those a turn has.
MOST = 10_000
AT_ONCE = 200
BATCHES = 10


# ---------------------------------------------------------------- asked for


def change_many(*, threads: QuerySet[Thread], change: Json, by: Author) -> BulkChange:
    """Begin a change of all these threads. Writes BulkChange, BulkItem; a worker does the rest.

    change: {"assign": {assignee_id?, team_id?}}, {"label": {add, remove}}, {"snooze": {until,
    wake_on_reply}} or {"close": {}}. Raises Refused for too many or no threads, or a change that makes no
    sense; NotPossible for a member who has left.
    """
    kind, what = next(iter(change.items()))
    plain = _CHECKS[kind](what)
    keys = list(threads.order_by("id").values_list("id", flat=True)[: MOST + 1])
    if not keys:
        raise Refused(_("No conversation is among these; choose some first."), pointer="/thread_ids")
    if len(keys) > MOST:
        raise Refused(_("More than %s conversations; narrow the filters.") % f"{MOST:,}", pointer="/matching")
    bulk = BulkChange.objects.create(
        change={kind: plain}, actor=_plain_actor(by), member=by.member, total=len(keys)
    )
    insert_rows([BulkItem(id=uuid7(), bulk=bulk, thread_id=key) for key in keys])
    queues.enqueue(QUEUE)
    return bulk


def undo_bulk(*, bulk: BulkChange) -> BulkChange:
    """Stop a change where it is and take back what it did, except where somebody has changed it since.

    Doing it again changes nothing. Writes BulkChange; a worker does the rest.
    """
    bulk = BulkChange.objects.select_for_update(of=("self",)).get(id=bulk.id)
    if bulk.state in (BulkState.RUNNING, BulkState.DONE):
        bulk.state = BulkState.UNDOING
        bulk.save(update_fields=["state", "updated_at"])
        queues.enqueue(QUEUE)
    return bulk


def _plain_actor(by: Author) -> Json:
    return {**by.actor, "id": ident(by.id)}


def _assignment(what: Mapping[str, Any]) -> Json:
    member, team = what.get("assignee"), what.get("team")
    if not what:
        raise Refused(_("Say whom to assign to: a person, a team, or nobody."), pointer="/change/assign")
    if member is not None and not member.is_active:
        raise NotPossible(_("%s no longer works here; choose somebody else.") % member.name)
    rows = {"assignee_id": member, "team_id": team}
    return {name: ident(row.id) if row else None for name, row in rows.items() if name[:-3] in what}


def _labels(what: Mapping[str, Any]) -> Json:
    words = {name: [word.strip() for word in what[name] if word.strip()] for name in ("add", "remove")}
    if not (words["add"] or words["remove"]) or len(words["add"]) > LABELS_MAX:
        raise Refused(_("Name 1 to %d labels to add or to take away.") % LABELS_MAX, pointer="/change/label")
    keep_labels(words["add"])
    return dict(words)


def _sleep(what: Mapping[str, Any]) -> Json:
    until: datetime | None = what["until"]
    if until is None and not what["wake_on_reply"]:
        raise Refused(_("Say until when, or wake them on an answer."), pointer="/change/snooze/until")
    if until is not None and until <= timezone.now():
        raise Refused(_("That time has passed; choose a later one."), pointer="/change/snooze/until")
    return {"until": stamp(until), "wake_on_reply": what["wake_on_reply"]}


def _nothing(what: Mapping[str, Any]) -> Json:
    return {}


_CHECKS = {"assign": _assignment, "label": _labels, "snooze": _sleep, "close": _nothing}


# ---------------------------------------------------------------- done by a worker


def work_bulk() -> int:
    """Make and take back changes, some batches of each tenant in turn; returns how many threads were seen."""
    seen = 0
    while claim := queues.claim_tenant(QUEUE):
        for _batch in range(BATCHES):
            with tenant_context(claim.tenant_id):
                found = _turn()
            seen += found or 0
            if found is None:
                break
        queues.settle(claim, None if found is None else timezone.now())
    return seen


def _turn() -> int | None:
    """One batch of the tenant's oldest unfinished change; None when there is none."""
    unfinished = BulkChange.objects.filter(state__in=(BulkState.RUNNING, BulkState.UNDOING))
    bulk = unfinished.select_for_update(of=("self",)).order_by("id").first()
    if bulk is None:
        return None
    is_undo = bulk.state == BulkState.UNDOING
    state = ItemState.CHANGED if is_undo else ItemState.WAITING
    items = list(BulkItem.objects.filter(bulk=bulk, state=state).order_by("thread_id")[:AT_ONCE])
    batch = _Batch(bulk, items, is_undo)
    batch.run()
    _count(bulk, items, is_undo)
    return len(items)


@dataclass
class _Batch:
    """Some items of one change, their threads locked."""

    bulk: BulkChange
    items: Sequence[BulkItem]
    is_undo: bool
    now: datetime = field(default_factory=timezone.now)

    def run(self) -> None:
        threads = self._locked()
        moved: list[tuple[Thread, Step, dict[str, Any]]] = []
        barred = self._barred(threads) if self.is_undo else set()
        for item in self.items:
            thread = threads[item.thread_id]
            step = self._step(item, thread)
            if step and "status" in step.fields and thread.id in barred:
                step = None
            self._mark(item, thread, step)
            if step:
                moved.append((thread, step, values_of(thread)))
                for name, value in step.fields.items():
                    setattr(thread, name, value)
        _save([thread for thread, *_ in moved])
        _save_items(self.items)
        self._wake(thread for thread, *_ in moved)
        self._tell(moved)

    def _locked(self) -> dict[UUID, Thread]:
        rows = Thread.objects.filter(id__in=[item.thread_id for item in self.items])
        rows = rows.select_related("customer", "channel").prefetch_related("customer__addresses")
        return {row.id: row for row in rows.select_for_update(of=("self",), no_key=True).order_by("id")}

    def _step(self, item: BulkItem, thread: Thread) -> Step | None:
        if thread.joined_to_id:
            return None  # another one took it in: nothing goes on in it any more
        if self.is_undo:
            return step_back(thread, item.before, item.after)
        return step_for(self.bulk.change, thread, self.now)

    def _mark(self, item: BulkItem, thread: Thread, step: Step | None) -> None:
        if self.is_undo:
            item.state = ItemState.RESTORED if step else ItemState.KEPT
        elif step:
            item.state = ItemState.CHANGED
            item.before, item.after = as_kept(values_of(thread, step.fields)), as_kept(step.fields)
        else:
            item.state = ItemState.SKIPPED

    def _barred(self, threads: Mapping[UUID, Thread]) -> set[UUID]:
        """Closed threads that cannot be opened: their customer has another one open by now."""
        closed = [row for row in threads.values() if row.status == ThreadState.CLOSED]
        others = Thread.objects.exclude(status=ThreadState.CLOSED)
        others = others.filter(customer__in={row.customer_id for row in closed})
        taken = set(others.values_list("customer_id", "inbox_id")) if closed else set()
        return {row.id for row in closed if (row.customer_id, row.inbox_id) in taken}

    def _wake(self, threads: Any) -> None:
        asleep = (row.snoozed_until for row in threads if row.status == ThreadState.SNOOZED)
        if times := [at for at in asleep if at is not None]:
            queues.enqueue(SNOOZE_QUEUE, min(times))

    def _tell(self, moved: Sequence[tuple[Thread, Step, dict[str, Any]]]) -> None:
        names = _names() if any(step.event == "thread.assigned" for _, step, _ in moved) else {}
        for thread, step, before in moved:
            told = {"from": step.told(before, names), "to": step.told(values_of(thread), names)}
            bus.record(
                step.event,
                {"thread": thread_shape(thread), **told},
                actor=self.bulk.actor,
                thread_id=thread.id,
                customer_id=thread.customer_id,
            )


def _names() -> dict[UUID, str]:
    pairs = [*Member.objects.values_list("id", "name"), *Team.objects.values_list("id", "name")]
    return dict(pairs)


def _count(bulk: BulkChange, items: Sequence[BulkItem], is_undo: bool) -> None:
    """Keep the counts and, when this was the last batch, end the change. Tells the member who asked."""
    states = [item.state for item in items]
    bulk.changed += states.count(ItemState.CHANGED)
    bulk.skipped += states.count(ItemState.SKIPPED)
    bulk.restored += states.count(ItemState.RESTORED)
    bulk.kept += states.count(ItemState.KEPT)
    if len(items) < AT_ONCE:
        bulk.state = BulkState.UNDONE if is_undo else BulkState.DONE
    bulk.save(update_fields=["state", "changed", "skipped", "restored", "kept", "updated_at"])
    if bulk.member_id:
        bus.record("bulk_change.progressed", {"bulk_change": bulk_shape(bulk)}, audience=bulk.member_id)


def _save(threads: Sequence[Thread]) -> None:
    """Write the fields that changes touch, of these locked threads, in one statement."""
    tenant = require_tenant()
    for thread in threads:
        thread.version += 1
    rows = [(tenant, thread.id, *values_of(thread).values()) for thread in threads]
    update_from_values(_SAVE, rows, template=_TYPES)


_TYPES = (
    "(%s::uuid, %s::uuid, %s, %s::uuid, %s::uuid, %s::varchar[], %s::timestamptz, %s::timestamptz, "
    "%s::timestamptz, %s::boolean)"
)
_SAVE = """
UPDATE inbox_thread AS t
SET status = v.status, assignee_id = v.assignee_id, team_id = v.team_id, labels = v.labels,
  snoozed_until = v.snoozed_until, closed_at = v.closed_at, waiting_since = v.waiting_since,
  wake_on_reply = v.wake_on_reply, updated_at = now(), version = t.version + 1
FROM (VALUES %s) AS v (tenant_id, id, status, assignee_id, team_id, labels, snoozed_until, closed_at,
  waiting_since, wake_on_reply)
WHERE t.tenant_id = v.tenant_id AND t.id = v.id AND t.id = ANY (:these)
"""


def _save_items(items: Sequence[BulkItem]) -> None:
    tenant = require_tenant()
    rows = [(tenant, one.id, one.state, as_json(one.before), as_json(one.after)) for one in items]
    update_from_values(_SAVE_ITEMS, rows, template="(%s::uuid, %s::uuid, %s, %s::jsonb, %s::jsonb)")


_SAVE_ITEMS = """
UPDATE inbox_bulkitem AS i SET state = v.state, before = v.before, after = v.after
FROM (VALUES %s) AS v (tenant_id, id, state, before, after)
WHERE i.tenant_id = v.tenant_id AND i.id = v.id AND i.id = ANY (:these)
"""


def bulk_shape(bulk: BulkChange) -> BulkChangeShape:
    """A BulkChange."""
    return {
        "id": ident(bulk.id),
        "change": bulk.change,
        "state": bulk.state,
        "total": bulk.total,
        "changed": bulk.changed,
        "skipped": bulk.skipped,
        "restored": bulk.restored,
        "kept": bulk.kept,
        "created_at": stamp(bulk.created_at),
    }
