"""The later part of a conversation becomes one of its own, and part of it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.ids import uuid7
from common.tenancy import require_tenant
from common.wire import Json
from inbox.models import (
    Call,
    Draft,
    MacroRun,
    Message,
    MoveKind,
    Note,
    ScheduledMessage,
    ScheduledState,
    Thread,
    ThreadMove,
    ThreadState,
)
from inbox.models.scheduled import SHOWN
from inbox.operations.authors import Author
from inbox.operations.errors import NotPossible
from inbox.operations.joining import count_scheduled, follow_order, hand_scheduled, join_two
from inbox.operations.merge_plan import STATE, WORK, kept, restore, save_whole
from inbox.operations.parting import draw, number_anew
from inbox.operations.replaying import SILENT
from inbox.operations.seen import save_reads
from inbox.operations.thread_moves import (
    lock_move,
    lock_threads,
    note_undone,
    plain_actor,
    refuse_taken,
    tell,
)

#: What the later part alone cannot tell, and taking it back restores unless it went on since.
MEASURED = ("waiting_since", "first_answered_at", "window_until", "seen_count", "told_count", "channel_id")


def split_thread(*, thread: Thread, message: Message, by: Author) -> ThreadMove:
    """Let a message and all that follows it be a conversation of its own; what came before is closed.

    The later part goes on as the whole did: open, snoozed or closed, with the same people, labels and
    priority; drafts and what is to leave later go along. Writes Thread, Message, Note, Call, Draft, MacroRun,
    ScheduledMessage, ThreadRead, Delivery, ThreadMove, Event `thread.split` in both. Raises NotPossible.
    """
    [row] = lock_threads(thread.id)
    refuse_taken(row)
    first = _first(row, message.id)
    before = kept(row)
    later = Thread(
        id=uuid7(), customer_id=row.customer_id, inbox_id=row.inbox_id, active_at=row.active_at,
        status=ThreadState.CLOSED,
    )  # fmt: skip
    later.save(force_insert=True)
    reads = _move_messages(row, later, first)
    _move_rest(row, later, first)
    _draw(row, later, first, before)
    save_reads(row, {member: mine for member, (mine, _theirs) in reads.items()})
    save_reads(later, {member: theirs for member, (_mine, theirs) in reads.items() if theirs})
    follow_order([later.id])
    move = ThreadMove.objects.create(
        id=uuid7(),
        kind=MoveKind.SPLIT,
        thread=row,
        other=later,
        message_id=first.id,
        at=timezone.now(),
        by=plain_actor(by),
        journal={"before": before, "after": kept(row), "later": kept(later)},
    )
    tell("thread.split", move, row, later, by)
    tell("thread.split", move, later, row, by, at=first.at - timedelta(microseconds=1))
    return move


def _first(thread: Thread, key: UUID) -> Message:
    """The message with which the later part begins. Raises NotPossible."""
    first = Message.objects.filter(thread=thread, id=key).exclude(kind__in=SILENT).first()
    if first is None:
        raise NotPossible(_("This message does not stand in this conversation any more."))
    earlier = Q(at__lt=first.at) | Q(at=first.at, id__lt=first.id)
    if not Message.objects.filter(earlier, thread=thread).exclude(kind__in=SILENT).exists():
        raise NotPossible(_("The conversation begins with this message already."))
    return first


def _move_messages(row: Thread, later: Thread, first: Message) -> Mapping[UUID, tuple[int, int]]:
    """Returns how many messages of each part every member has read."""
    behind = Q(at__gt=first.at) | Q(at=first.at, id__gte=first.id)
    Message.objects.filter(behind, thread=row).update(thread=later)
    with connection.cursor() as cursor:
        cursor.execute(_READS, {"tenant": require_tenant(), "row": row.id, "later": later.id})
        reads = {member: (mine, theirs) for member, mine, theirs in cursor.fetchall()}
    number_anew(row.id, later.id)
    return reads


#: Numbers are still those of the whole.
_READS = """
SELECT r.member_id, count(m.id) FILTER (WHERE m.thread_id = %(row)s)::int,
    count(m.id) FILTER (WHERE m.thread_id = %(later)s)::int
FROM inbox_threadread r
LEFT JOIN inbox_message m
    ON m.tenant_id = r.tenant_id AND m.thread_id IN (%(row)s, %(later)s) AND m.number <= r.read_count
WHERE r.tenant_id = %(tenant)s AND r.thread_id = %(row)s
GROUP BY r.member_id
"""


def _move_rest(row: Thread, later: Thread, first: Message) -> None:
    """What was written, called and run since then; what is still to be written or to leave belongs to what
    goes on."""
    Note.objects.filter(thread=row, created_at__gte=first.at).update(thread=later)
    MacroRun.objects.filter(thread=row, created_at__gte=first.at).update(thread=later)
    begins = Q(channel=first.channel_id, external_id=first.external_id, external_id__isnull=False)
    Call.objects.filter(Q(rang_at__gte=first.at) | begins, thread=row).update(thread=later)
    Draft.objects.filter(thread=row).update(thread=later)
    waiting = ScheduledMessage.objects.filter(thread=row, state__in=SHOWN)
    hand_scheduled(list(waiting.values_list("id", flat=True)), to=later)


def _draw(row: Thread, later: Thread, first: Message, before: Json) -> None:
    """Both rows as they are now. The earlier part is saved first: of two only one may be unclosed."""
    restore(later, before, (*WORK, *STATE, "outbound_count"))
    for one in (row, later):
        draw(one)
    _part_answers(row, later, first, before)
    restore(later, before, ("window_until", "active_at"))
    _carry_promise(row, later)
    row.active_at = min(row.active_at, later.active_at)
    row.seen_count, later.seen_count = _cut(before["seen_count"], row.inbound_count)
    row.told_count, later.told_count = _cut(before["told_count"], row.inbound_count)
    row.mentions, later.mentions = _part_mentions(row, later)
    count_scheduled(row, later)
    row.status, row.snoozed_until, row.waiting_since = ThreadState.CLOSED, None, None
    row.closed_at = row.closed_at or timezone.now()
    save_whole(row, scheduled_count=row.scheduled_count)
    save_whole(later, scheduled_count=later.scheduled_count)


def _part_answers(row: Thread, later: Thread, first: Message, before: Json) -> None:
    """Who waits, waits in the later part: since then, or since it began. So is what was answered first."""
    waited, answered = (parse(before[name]) for name in ("waiting_since", "first_answered_at"))
    if waited is None or waited >= first.at:
        later.waiting_since = waited
    if answered is None or answered >= first.at:
        later.first_answered_at = answered
    row.first_answered_at = answered if answered and answered < first.at else None


def parse(text: str | None) -> datetime | None:
    """A time as a journal keeps it."""
    return datetime.fromisoformat(text) if text else None


def _carry_promise(old: Thread, new: Thread) -> None:
    """A promise that was broken is not broken a second time."""
    new.answer_due_at, new.breached_at = old.answer_due_at, old.breached_at


def _cut(count: int, most: int) -> tuple[int, int]:
    """So many of the first messages, and of those that follow them."""
    return min(count, most), max(count - most, 0)


def _part_mentions(row: Thread, later: Thread) -> tuple[list[UUID], list[UUID]]:
    """Each keeps those whom its notes name, and whose message could not leave."""
    here, there = (set(_named(one)) for one in (row, later))
    names = row.mentions
    return [key for key in names if key in here or key not in there], [key for key in names if key in there]


def _named(thread: Thread) -> Iterator[UUID]:
    for names in Note.objects.filter(thread=thread).values_list("mentions", flat=True):
        yield from names
    failed = ScheduledMessage.objects.filter(thread=thread, state=ScheduledState.FAILED)
    yield from failed.exclude(member=None).values_list("member_id", flat=True)


# ---------------------------------------------------------------- and back


def undo_split(*, move: ThreadMove, by: Author) -> Thread:
    """Let the later part be the rest of its conversation again, with what came since; returns that one.

    Writes what ``split_thread`` writes, Event `thread.joined`. Raises NotPossible when it was undone already,
    or when one of the two is part of another conversation or of another customer by now.
    """
    move = lock_move(move)
    row, later = lock_threads(move.thread_id, move.other_id)
    refuse_taken(row, later)
    if row.customer_id != later.customer_id:
        raise NotPossible(_("The two conversations are of different customers by now."))
    now, then, promised = kept(row), kept(later), copy(later)
    join_two(row, later, customer=row.customer_id)
    _go_on(row, move.journal, now, then)
    _carry_promise(promised, row)
    save_whole(row)
    note_undone(move, by)
    tell("thread.joined", move, row, later, by)
    return row


def _go_on(row: Thread, was: Json, now: Json, then: Json) -> None:
    """The earlier part goes on as the later one did. now, then: both just before they were joined."""
    for name in MEASURED:
        if now[name] == was["after"][name] and then[name] == was["later"][name]:
            restore(row, was["before"], [name])
    restore(row, then, ("assignee_id", "team_id", "priority"))
    for name in ("labels", "watchers"):
        added = [one for one in now[name] if one not in was["after"].get(name, ())]
        restore(row, {name: list(dict.fromkeys([*then[name], *added]))}, [name])
    if now["mentions"] == was["after"]["mentions"] and then["mentions"] == was["later"]["mentions"]:
        restore(row, was["before"], ["mentions"])
