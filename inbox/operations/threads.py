"""What people do with a thread: assign, close, reopen, snooze, label, prioritize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from common import queues
from common.wire import ident, stamp
from events import bus
from inbox.models import Label, Priority, Thread, ThreadState
from inbox.operations.authors import Author
from inbox.operations.auto_assign import ask_for_assignment
from inbox.operations.dues import set_dues
from inbox.operations.errors import NotPossible, Refused
from inbox.operations.one_thread import lock_thread
from inbox.shapes import thread_shape
from tenants.models import Member, Team

LABELS_MAX = 20
#: What is told of a thread that was changed.
LINE = ("customer", "channel", "assignee", "team")
SNOOZE_QUEUE = "snoozes"
#: Somebody has one conversation less, or there is one more to give.
MAKES_ROOM = {"thread.closed", "thread.snoozed", "thread.reopened", "thread.woken"}


def _save(
    thread: Thread,
    event: str,
    by: Author,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    fields: Sequence[str],
) -> Thread:
    """Write the changed fields and tell what was and what is."""
    thread.version += 1
    if "status" in fields:
        set_dues([thread])
        fields = [*fields, "first_answered_at", "answer_due_at", "breached_at"]
    thread.save(update_fields=[*fields, "version", "updated_at"])
    prefetch_related_objects([thread], "customer__addresses")
    bus.record(
        event,
        {"thread": thread_shape(thread), "from": dict(before), "to": dict(after)},
        actor=by.actor,
        thread_id=thread.id,
        customer_id=thread.customer_id,
    )
    if event in MAKES_ROOM or before.get("assignee"):
        ask_for_assignment()
    return thread


def _named(row: Member | Team | None) -> dict[str, Any] | None:
    return {"id": ident(row.id), "name": row.name} if row else None


def assign_thread(*, thread: Thread, assignee: Member | None, team: Team | None, by: Author) -> Thread:
    """Give a thread to a member, a team, both or nobody. Writes Thread, Event `thread.assigned`.

    Doing it again changes nothing. Raises NotPossible for a member who has left.
    """
    if assignee is not None and not assignee.is_active:
        raise NotPossible(_("%s no longer works here; choose somebody else.") % assignee.name)
    thread = lock_thread(thread.id, *LINE)
    if thread.assignee_id == (assignee.id if assignee else None) and thread.team_id == (
        team.id if team else None
    ):
        return thread
    before = {"assignee": _named(thread.assignee), "team": _named(thread.team)}
    thread.assignee, thread.team = assignee, team
    after = {"assignee": _named(assignee), "team": _named(team)}
    return _save(thread, "thread.assigned", by, before=before, after=after, fields=["assignee", "team"])


def close_thread(*, thread: Thread, by: Author) -> Thread:
    """Finish a thread; the customer's next message may reopen it. Writes Thread, Event `thread.closed`."""
    thread = lock_thread(thread.id, *LINE)
    if thread.status == ThreadState.CLOSED:
        return thread
    before = {"status": thread.status}
    thread.status, thread.closed_at, thread.snoozed_until = ThreadState.CLOSED, timezone.now(), None
    thread.waiting_since = None
    fields = ["status", "closed_at", "snoozed_until", "waiting_since"]
    return _save(thread, "thread.closed", by, before=before, after={"status": "closed"}, fields=fields)


def reopen_thread(*, thread: Thread, by: Author) -> Thread:
    """Open a closed or snoozed thread. Writes Thread, Event `thread.reopened` or `thread.woken`.

    Raises NotPossible when the customer has another unclosed thread in this inbox.
    """
    thread = lock_thread(thread.id, *LINE)
    if thread.status == ThreadState.OPEN:
        return thread
    event = "thread.woken" if thread.status == ThreadState.SNOOZED else "thread.reopened"
    before = {"status": thread.status}
    if thread.status == ThreadState.CLOSED:
        thread.first_answered_at = None
    thread.status, thread.closed_at, thread.snoozed_until = ThreadState.OPEN, None, None
    thread.active_at = timezone.now()
    fields = ["status", "closed_at", "snoozed_until", "active_at"]
    try:
        with transaction.atomic():
            return _save(thread, event, by, before=before, after={"status": "open"}, fields=fields)
    except IntegrityError:
        raise NotPossible(_("This customer has another open conversation here; go on there.")) from None


def snooze_thread(*, thread: Thread, until: datetime | None, wake_on_reply: bool, by: Author) -> Thread:
    """Put a thread aside until a time, until the customer writes, or both.

    Writes Thread, Event `thread.snoozed`. Raises NotPossible for a closed thread, Refused for a time gone by
    or when nothing would ever wake it.
    """
    if until is None and not wake_on_reply:
        raise Refused(_("Say until when, or wake it when the customer writes."), pointer="/until")
    if until is not None and until <= timezone.now():
        raise Refused(_("That time has passed; choose a later one."), pointer="/until")
    thread = lock_thread(thread.id, *LINE)
    if thread.status == ThreadState.CLOSED:
        raise NotPossible(_("A closed conversation cannot be snoozed; reopen it first."))
    before = {"status": thread.status, "until": stamp(thread.snoozed_until)}
    thread.status, thread.snoozed_until, thread.wake_on_reply = ThreadState.SNOOZED, until, wake_on_reply
    if until is not None:
        queues.enqueue(SNOOZE_QUEUE, until)
    after = {"status": "snoozed", "until": stamp(until)}
    fields = ["status", "snoozed_until", "wake_on_reply"]
    return _save(thread, "thread.snoozed", by, before=before, after=after, fields=fields)


def wake_thread(*, thread: Thread, by: Author) -> Thread:
    """End a snooze now."""
    return reopen_thread(thread=thread, by=by)


def label_thread(*, thread: Thread, labels: Sequence[str], by: Author) -> Thread:
    """Set a thread's labels; words not used before become labels of the tenant.

    Writes Thread, Label, Event `thread.labeled`. Raises Refused for too many or too long ones.
    """
    wanted = list(dict.fromkeys(label.strip() for label in labels if label.strip()))
    if len(wanted) > LABELS_MAX or any(len(label) > 60 for label in wanted):
        raise Refused(_("At most %d labels of 60 characters each.") % LABELS_MAX, pointer="/labels")
    thread = lock_thread(thread.id, *LINE)
    if thread.labels == wanted:
        return thread
    keep_labels(wanted)
    before, thread.labels = {"labels": thread.labels}, wanted
    return _save(thread, "thread.labeled", by, before=before, after={"labels": wanted}, fields=["labels"])


def keep_labels(names: Sequence[str]) -> None:
    """Words not used before become labels of the tenant. Writes Label."""
    have = set(Label.objects.filter(name__in=names).values_list("name", flat=True))
    for n, name in enumerate(label for label in names if label not in have):
        Label.objects.get_or_create(name=name, defaults={"colour": (len(have) + n) % 8})


def prioritize_thread(*, thread: Thread, priority: int, by: Author) -> Thread:
    """Set a thread's priority. Writes Thread, Event `thread.prioritized`."""
    thread = lock_thread(thread.id, *LINE)
    if thread.priority == priority:
        return thread
    before = {"priority": Priority(thread.priority).name.lower()}
    thread.priority = priority
    after = {"priority": Priority(priority).name.lower()}
    return _save(thread, "thread.prioritized", by, before=before, after=after, fields=["priority"])
