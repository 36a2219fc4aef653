"""Running a macro on a thread, all its steps or none, and putting back what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from common.wire import ident, stamp
from customers.models import Address
from events import bus
from inbox.models import Channel, Macro, MacroRun, Message, Note, Priority, Thread, ThreadState
from inbox.operations.authors import Author
from inbox.operations.errors import NotPossible, Refused
from inbox.operations.filling import fill, gaps
from inbox.operations.notes import add_note
from inbox.operations.one_thread import lock_thread
from inbox.operations.recall import recall_messages
from inbox.operations.reply import Terms, reply
from inbox.operations.threads import (
    LABELS_MAX,
    assign_thread,
    close_thread,
    label_thread,
    prioritize_thread,
    reopen_thread,
    snooze_thread,
)
from inbox.shapes import thread_shape
from tenants.models import Member, Team

#: The fields of a thread that a macro changes and an undo puts back.
FIELDS = ("labels", "assignee_id", "team_id", "priority", "status", "snoozed_until", "wake_on_reply")
HOLD_MAX_S = 60


def run_macro(
    *,
    macro: Macro,
    thread: Thread,
    by: Author,
    client_ref: str,
    texts: Mapping[str, str] | None = None,
    channel: Channel | None = None,
    address: Address | None = None,
    seen: Message | None = None,
    hold_s: float = 0,
) -> MacroRun:
    """Do every step on a thread, in one transaction. texts: the reply and the note as their writer changed
    them. hold_s: for so long the reply waits and can be taken back.

    The same client_ref again returns the run already made. Writes MacroRun and what the operations of the
    steps write. Raises Refused when a place of a text is not known, NotPossible when somebody to assign to is
    gone, and all that the operations raise; then nothing is done.
    """
    with transaction.atomic():
        row = lock_thread(thread.id, "customer")
        again = MacroRun.objects.filter(thread=row, client_ref=client_ref).first()
        if again:
            return again
        words = _words(macro, row, by, texts or {})
        run = MacroRun(thread=row, name=macro.name, client_ref=client_ref, before=_fields(row))
        if "reply" in words:
            run.message = reply(
                thread=row, by=by, client_ref=client_ref, text=words["reply"], channel=channel,
                address=address, seen=seen,
                terms=Terms(hold_s=min(hold_s, HOLD_MAX_S)),
            )  # fmt: skip
        if "note" in words:
            run.note_id = add_note(
                thread=row, by=_member(by), text=words["note"], client_ref=f"{client_ref}.note"
            ).id
        _change(macro.steps, row, by)
        run.after = _fields(Thread.objects.get(id=row.id))
        run.save(force_insert=True)
    return run


def undo_run(*, run: MacroRun, by: Author) -> bool:
    """Put back what the run changed and nobody has changed since; take its reply back and its note away.

    Returns whether the reply is taken back, or there was none; one that is under way cannot be. Undoing twice
    is fine. Writes what the operations of the steps write. Raises NotPossible.
    """
    with transaction.atomic():
        run = MacroRun.objects.select_for_update(of=("self",)).get(id=run.id)
        if run.undone_at is None:
            if run.message_id:
                recall_messages([run.message_id], why=f"Taken back by {by.name}.")
            _put_back(run, by)
            _drop_note(run, by)
            run.undone_at = timezone.now()
            run.save(update_fields=["undone_at", "note_id"])
        return not run.message_id or Message.objects.filter(id=run.message_id, status="cancelled").exists()


# ---------------------------------------------------------------- doing


def _words(macro: Macro, thread: Thread, by: Author, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts of the steps with their places filled. Raises Refused for one that nobody knows."""
    words = {
        key: fill(texts.get(key) or macro.steps[key], customer=thread.customer, by=by)
        for key in ("reply", "note")
        if key in macro.steps
    }
    for key, text in words.items():
        if missing := gaps(text):
            raise Refused(
                _("Fill in %s first: it is not known for this customer.") % missing[0],
                pointer=f"/texts/{key}",
            )
    return words


def _member(by: Author) -> Member:
    if by.member is None:
        raise NotPossible(_("Only members write notes; this macro has one."))
    return by.member


def _change(steps: Mapping[str, Any], thread: Thread, by: Author) -> None:
    """Everything but the words, the ending last."""
    if "add_labels" in steps:
        label_thread(thread=thread, labels=_with(thread.labels, steps["add_labels"]), by=by)
    if "assign" in steps:
        assignee, team = _assignee(steps["assign"], thread, by)
        assign_thread(thread=thread, assignee=assignee, team=team, by=by)
    if "priority" in steps:
        prioritize_thread(thread=thread, priority=Priority[steps["priority"].upper()], by=by)
    if "snooze" in steps:
        hours = steps["snooze"]["hours"]
        until = timezone.now() + timedelta(hours=hours) if hours else None
        snooze_thread(thread=thread, until=until, wake_on_reply=True, by=by)
    if "close" in steps:
        close_thread(thread=thread, by=by)


def _with(labels: list[str], more: list[str]) -> list[str]:
    """Every label there is to be. Raises NotPossible for too many: none is left out unsaid."""
    found = list(dict.fromkeys([*labels, *more]))
    if len(found) > LABELS_MAX:
        raise NotPossible(
            _("This conversation would have more than %d labels; take some off first.") % LABELS_MAX
        )
    return found


def _assignee(wanted: Mapping[str, Any], thread: Thread, by: Author) -> tuple[Member | None, Team | None]:
    """Who is to have it. A team gets it from nobody in particular; a person keeps the team."""
    if wanted["to"] == "nobody":
        return None, None
    if wanted["to"] == "team":
        team = Team.objects.filter(id=wanted["id"]).first()
        if team is None:
            raise NotPossible(_("The team this macro assigns to is gone; change the macro."))
        return None, team
    member = by.member if wanted["to"] == "me" else Member.objects.filter(id=wanted["id"]).first()
    if member is None:
        raise NotPossible(_("Nobody is there whom this macro could assign to."))
    return member, thread.team


# ---------------------------------------------------------------- undoing


def _fields(thread: Thread) -> dict[str, Any]:
    """The fields as JSON."""
    return {
        "labels": thread.labels,
        "assignee_id": ident(thread.assignee_id),
        "team_id": ident(thread.team_id),
        "priority": thread.priority,
        "status": thread.status,
        "snoozed_until": stamp(thread.snoozed_until),
        "wake_on_reply": thread.wake_on_reply,
    }


def _put_back(run: MacroRun, by: Author) -> None:
    thread = lock_thread(run.thread_id)
    now = _fields(thread)
    ours = {name for name in FIELDS if run.before[name] != run.after[name] and now[name] == run.after[name]}
    if "status" in ours or "snoozed_until" in ours:
        _back_to(run.before, thread, by)
    if "labels" in ours:
        label_thread(thread=thread, labels=run.before["labels"], by=by)
    if ours & {"assignee_id", "team_id"}:
        assignee = Member.objects.filter(id=run.before["assignee_id"], is_active=True).first()
        team = Team.objects.filter(id=run.before["team_id"]).first()
        assign_thread(thread=thread, assignee=assignee, team=team, by=by)
    if "priority" in ours:
        prioritize_thread(thread=thread, priority=run.before["priority"], by=by)


def _back_to(before: Mapping[str, Any], thread: Thread, by: Author) -> None:
    """To the state it was in; a snooze that has ended meanwhile is open. Where the customer has begun another
    conversation it stays closed: all else is put back."""
    if before["status"] == ThreadState.CLOSED:
        close_thread(thread=thread, by=by)
        return
    try:
        reopen_thread(thread=thread, by=by)
    except NotPossible:
        return
    until = parse_datetime(before["snoozed_until"]) if before["snoozed_until"] else None
    is_over = until is not None and until <= timezone.now()
    if before["status"] == ThreadState.SNOOZED and not is_over:
        snooze_thread(thread=thread, until=until, wake_on_reply=before["wake_on_reply"], by=by)


def _drop_note(run: MacroRun, by: Author) -> None:
    """Take its note away. Writes Note, Thread, Event `note.removed`."""
    note_id: UUID | None = run.note_id
    if note_id is None or not Note.objects.filter(id=note_id).delete()[0]:
        return
    run.note_id = None
    thread = lock_thread(run.thread_id, "customer", "channel")
    thread.version += 1
    thread.save(update_fields=["version", "updated_at"])
    prefetch_related_objects([thread], "customer__addresses")
    bus.record(
        "note.removed",
        {"note_id": note_id, "thread_id": thread.id, "thread": thread_shape(thread)},
        actor=by.actor,
        thread_id=thread.id,
        customer_id=thread.customer_id,
    )
