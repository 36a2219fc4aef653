"""Two conversations of one customer become one, and two again."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from common.ids import uuid7
from common.wire import Json, ident
from inbox.models import Call, Message, MoveKind, Thread, ThreadMove, ThreadState
from inbox.operations.authors import Author
from inbox.operations.errors import NotPossible
from inbox.operations.joining import follow_order, join_two
from inbox.operations.merge_plan import kept, restore, save_whole
from inbox.operations.parting import Share, part_two
from inbox.operations.thread_moves import (
    lock_move,
    lock_threads,
    note_undone,
    plain_actor,
    refuse_taken,
    tell,
)

#: What the work in hand is; a past conversation that joins it changes none of it.
IN_HAND = ("assignee_id", "team_id", "priority", "first_answered_at")


def join_threads(*, thread: Thread, other: Thread, by: Author) -> ThreadMove:
    """Make one of two conversations of a customer in an inbox: the one that is not closed, or else was active
    last, takes the other in. Ids of that one lead to it from then on.

    Who works on it and how urgent it is stays; labels and mentions of both stand. Writes what
    ``joining.join_two`` writes, Delivery, ThreadMove, Event `thread.joined`. Raises NotPossible.
    """
    keep, gone = _in_order(*lock_threads(thread.id, other.id))
    messages, calls = (
        list(model.objects.filter(thread=gone).order_by("id").values_list("id", flat=True))
        for model in (Message, Call)
    )
    before = kept(keep)
    journal = join_two(keep, gone, customer=keep.customer_id)
    if before["status"] != ThreadState.CLOSED:
        restore(keep, before, IN_HAND)
        save_whole(keep)
    journal = {**journal, "after": kept(keep), "calls": [ident(key) for key in calls]}
    move = _write(keep, gone, messages, journal, by)
    tell("thread.joined", move, keep, gone, by)
    return move


def _in_order(one: Thread, two: Thread) -> tuple[Thread, Thread]:
    """Which stays, which is taken in. Raises NotPossible."""
    refuse_taken(one, two)
    if one.id == two.id:
        raise NotPossible(_("This is the same conversation."))
    if one.customer_id != two.customer_id:
        raise NotPossible(_("These are conversations of two customers; merge the customers first."))
    if one.inbox_id != two.inbox_id:
        raise NotPossible(_("These conversations are in different inboxes and stay apart."))
    gone, keep = sorted((one, two), key=lambda row: (row.status != ThreadState.CLOSED, row.active_at, row.id))
    return keep, gone


def _write(keep: Thread, gone: Thread, messages: list[UUID], journal: Json, by: Author) -> ThreadMove:
    made: ThreadMove = ThreadMove.objects.create(
        id=uuid7(),
        kind=MoveKind.JOIN,
        thread=keep,
        other=gone,
        messages=messages,
        at=timezone.now(),
        by=plain_actor(by),
        journal=journal,
    )
    return made


def undo_join(*, move: ThreadMove, by: Author) -> Thread:
    """Give the conversation that was taken in back what it had; what came since stays. Returns the one that
    stayed.

    Writes what ``join_threads`` writes, Event `thread.split` in both. Raises NotPossible when it was undone
    already, or when its messages stand elsewhere by now.
    """
    move = lock_move(move)
    # In this order, which is that of whoever writes in the one and is led on to the other.
    [gone], [keep] = lock_threads(move.other_id), lock_threads(move.thread_id)
    here = Message.objects.filter(id__in=move.messages, thread=keep).count()
    if keep.joined_to_id or gone.joined_to_id != keep.id or here < len(move.messages):
        raise NotPossible(_("Its messages have moved on since; undo first what was done after it."))
    gone.customer_id = keep.customer_id
    share = Share(move.messages, [UUID(key) for key in move.journal["calls"]])
    part_two(keep, gone, was=move.journal, share=share, since=move.at, is_past=True)
    follow_order([keep.id, gone.id])
    note_undone(move, by)
    tell("thread.split", move, keep, gone, by)
    tell("thread.split", move, gone, keep, by)
    return keep
