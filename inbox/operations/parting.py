"""A merge is undone: each customer has their own conversations again, and what came by their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from common.ids import uuid7
from common.sql import joined_by_hash
from common.tenancy import require_tenant
from common.wire import Json
from customers.models import Customer
from customers.operations import Pair, undone
from inbox.models import (
    Call,
    Draft,
    MacroRun,
    Message,
    MoveKind,
    Note,
    ScheduledMessage,
    Thread,
    ThreadMove,
    ThreadRead,
)
from inbox.models.scheduled import SHOWN
from inbox.operations.joining import (
    count_scheduled,
    follow_order,
    hand_scheduled,
    lock_all,
    lock_open_deliveries,
    move_reactions,
)
from inbox.operations.merge_plan import LINE, STATE, WORK, kept, restore, save_whole
from inbox.operations.replaying import replay
from inbox.operations.seen import save_reads
from inbox.operations.watching import still_members


@dataclass(frozen=True, slots=True)
class Share:
    """Ids of the messages and calls in one thread that are another one's."""

    messages: Sequence[UUID]
    calls: Sequence[UUID]


def share_of(thread_id: UUID, addresses: Sequence[UUID]) -> Share:
    """What came by these addresses."""
    messages, calls = (
        list(model.objects.filter(thread=thread_id, address__in=addresses).values_list("id", flat=True))
        for model in (Message, Call)
    )
    return Share(messages, calls)


def part_threads(pair: Pair, journal: Json, addresses: Sequence[UUID]) -> None:
    """Undo ``joining.join_threads``. addresses: the other's, from before and since.

    Writes what that one writes.
    """
    since = datetime.fromisoformat(journal["at"])
    split = {UUID(one["keep"]): one for one in journal["joined"]}
    moved = set(map(UUID, journal["moved"]))
    mixed = _with_messages_of(pair.survivor.id, addresses)
    keys = {*split, *moved, *mixed, *(UUID(one["gone"]) for one in journal["joined"])}
    lock_open_deliveries(list(keys))
    rows = lock_all(list(keys))
    touched: list[UUID] = []
    for one in split.values():
        keep, gone = rows[UUID(one["keep"])], rows[UUID(one["gone"])]
        if keep.joined_to_id:
            continue  # its messages stand elsewhere by now, and are found there
        gone.customer = pair.other
        part_two(keep, gone, was=one, share=share_of(keep.id, addresses), since=since)
        touched += [keep.id, gone.id]
    here = [key for key in sorted((moved | mixed) - set(touched)) if rows[key].joined_to_id is None]
    for key in here:
        touched += _sort_out(pair, rows[key], addresses, is_theirs=key in moved)
    follow_order(touched)
    theirs = Thread.objects.filter(customer=pair.other).values_list("id", flat=True)
    move_reactions(threads=list(theirs), old=pair.survivor.id, new=pair.other.id)


def _with_messages_of(customer_id: UUID, addresses: Sequence[UUID]) -> set[UUID]:
    rows = Message.objects.filter(thread__customer=customer_id, thread__joined_to=None, address__in=addresses)
    return set(rows.values_list("thread_id", flat=True).distinct())


# ---------------------------------------------------------------- threads that were joined


def part_two(
    keep: Thread, gone: Thread, *, was: Json, share: Share, since: datetime, is_past: bool = False
) -> None:
    """Undo ``joining.join_two``. share: what goes back, to the customer that `gone` names. is_past: nothing
    goes on in `gone`, so what state it was in it has again, whatever the kept one is in by now.

    Writes what that one writes."""
    now, has_moved = kept(keep), _has_moved(keep, was, since)
    reads = _reads(keep, was, share)
    hand_over(keep.id, to=gone.id, customer=gone.customer_id, share=share)
    Note.objects.filter(id__in=was["notes"], thread=keep).update(thread=gone)
    Draft.objects.filter(id__in=was["drafts"], thread=keep).update(thread=gone)
    MacroRun.objects.filter(id__in=was.get("runs", ()), thread=keep).update(thread=gone)
    _return_scheduled(keep, gone, was.get("scheduled", ()))
    _return_refs(was["refs"])
    _give_back_reads(keep, gone, reads)
    ids = [key for key in keep.joined_ids or [] if key != gone.id and key not in (gone.joined_ids or [])]
    _redraw(keep, was["before"], was, now, since)
    _redraw(gone, was["theirs"], was, now, since)
    for one in (keep, gone) if has_moved else ():
        draw(one)
    save_whole(keep, joined_ids=ids or None, scheduled_count=keep.scheduled_count)
    if is_past:
        restore(gone, was["theirs"], STATE)
    gone.version = max(gone.version, keep.version)
    save_whole(gone, joined_to=None, customer=gone.customer, scheduled_count=gone.scheduled_count)


def _has_moved(keep: Thread, was: Json, since: datetime) -> bool:
    """Did more join it since, or was some taken out? Then what its row showed once says little."""
    ids = was.get("joined_ids", keep.joined_ids)
    splits = ThreadMove.objects.filter(thread=keep, kind=MoveKind.SPLIT, at__gt=since, undone_at=None)
    came = Message.objects.filter(thread=keep, number__isnull=False, created_at__gt=since).count()
    is_other = [str(key) for key in keep.joined_ids or ()] != [str(key) for key in ids or ()]
    return is_other or keep.inbound_count != was["after"]["inbound_count"] + came or splits.exists()


def _return_scheduled(keep: Thread, gone: Thread, ids: Sequence[str]) -> None:
    """What has left meanwhile stays where it left."""
    rows = ScheduledMessage.objects.filter(id__in=ids, thread=keep, state__in=SHOWN)
    hand_scheduled(list(rows.values_list("id", flat=True)), to=gone)
    count_scheduled(keep, gone)


def _redraw(thread: Thread, before: Json, was: Json, now: Json, since: datetime) -> None:
    """As the row was, with what people changed since the merge, and the messages that came since."""
    after, is_keep = was["after"], str(thread.id) == was["keep"]
    restore(thread, before, (*LINE, *WORK, *STATE))
    if is_keep:
        restore(
            thread, undone(*({name: one.get(name) for name in WORK} for one in (before, after, now))), WORK
        )
    thread.watchers = still_members(thread.watchers)
    is_same = all(now[name] == after[name] for name in STATE)
    if not is_same:
        restore(thread, now, STATE)
    replay(thread, since=since, wakes=is_same, outbound_count=now["outbound_count"])


def _reads(keep: Thread, was: Json, share: Share) -> list[tuple[UUID, int | None, int | None]]:
    """(member, what they have read of the kept thread, of the other), None where nothing is to be written."""
    reads: list[tuple[UUID, int | None, int | None]] = []
    for member, count, mine, theirs in _read_of_each(keep, share):
        is_same = was["joint"].get(str(member)) == count
        reads.append(
            (member, was["reads"].get(str(member)) if is_same else mine, None if is_same else theirs)
        )
    return reads


def _read_of_each(thread: Thread, share: Share) -> list[tuple[UUID, int, int, int]]:
    """(member, what they have read, of that what stays, of that what is another one's)."""
    with connection.cursor() as cursor:
        cursor.execute(_READS, [require_tenant(), thread.id, *[list(share.messages)] * 2])
        found: list[tuple[UUID, int, int, int]] = cursor.fetchall()
    return found


_READS = """
WITH one AS (SELECT %s::uuid AS tenant_id, %s::uuid AS thread_id)
SELECT r.member_id, r.read_count,
    count(m.id) FILTER (WHERE m.number <= r.read_count AND NOT m.id = ANY (%s::uuid[]))::int,
    count(m.id) FILTER (WHERE m.number <= r.read_count AND m.id = ANY (%s::uuid[]))::int
FROM inbox_threadread r JOIN one USING (tenant_id, thread_id)
LEFT JOIN inbox_message m ON m.tenant_id = r.tenant_id AND m.thread_id = r.thread_id AND m.number IS NOT NULL
GROUP BY r.member_id, r.read_count
"""


def _give_back_reads(
    keep: Thread, gone: Thread, reads: Sequence[tuple[UUID, int | None, int | None]]
) -> None:
    unread = [member for member, mine, _ in reads if mine is None]
    ThreadRead.objects.filter(thread=keep, member__in=unread).delete()
    save_reads(keep, {member: mine for member, mine, _ in reads if mine is not None})
    save_reads(gone, {member: theirs for member, _, theirs in reads if theirs is not None})


def _return_refs(refs: Json) -> None:
    for model, table in ((Message, "message"), (Note, "note")):
        for key, ref in refs[table].items():
            model.objects.filter(id=key).update(client_ref=ref)


# ---------------------------------------------------------------- threads of one owner


def _sort_out(pair: Pair, thread: Thread, addresses: Sequence[UUID], *, is_theirs: bool) -> list[UUID]:
    """Leave a thread to whom it belongs; the other gets what came by their address in a thread of its own."""
    by_other = Message.objects.filter(thread=thread, address__in=addresses)
    by_survivor = Message.objects.filter(thread=thread).exclude(address__in=addresses)
    is_theirs = is_theirs or not by_survivor.exists()
    owner, stranger = (pair.other, pair.survivor) if is_theirs else (pair.survivor, pair.other)
    strange = by_survivor if is_theirs else by_other
    for model in (Message, Call):
        model.objects.filter(thread=thread).update(customer=owner)
    keys = list(strange.values_list("address_id", flat=True).distinct())
    save_whole(thread, customer=owner)  # first: each of the two has one unclosed thread at most
    if not keys:
        return [thread.id]
    fresh = _beside(thread, stranger)
    share = share_of(thread.id, keys)
    reads = _read_of_each(thread, share)
    hand_over(thread.id, to=fresh.id, customer=stranger.id, share=share)
    waiting = ScheduledMessage.objects.filter(thread=thread, address__in=keys, state__in=SHOWN)
    hand_scheduled(list(waiting.values_list("id", flat=True)), to=fresh)
    save_reads(thread, {member: mine for member, _, mine, _ in reads})
    save_reads(fresh, {member: theirs for member, _, _, theirs in reads if theirs})
    count_scheduled(thread, fresh)
    for row in (fresh, thread):
        draw(row)
        row.seen_count, row.told_count = (min(n, row.inbound_count) for n in (row.seen_count, row.told_count))
        save_whole(row, scheduled_count=row.scheduled_count)
    return [thread.id, fresh.id]


def _beside(thread: Thread, customer: Customer) -> Thread:
    """A new thread of somebody else, where the same people work on the same thing."""
    made = Thread(id=uuid7(), customer=customer, inbox_id=thread.inbox_id, active_at=thread.active_at)
    restore(made, kept(thread), (*STATE, *WORK, "outbound_count"))
    made.mentions = []
    made.save(force_insert=True)
    return made


def draw(thread: Thread) -> None:
    """Draw a row anew from its messages, in memory."""
    outbound = thread.outbound_count
    blank = kept(Thread(active_at=thread.created_at))
    restore(thread, blank, [name for name in LINE if name not in {"seen_count", "told_count"}])
    replay(thread, since=None, wakes=False, outbound_count=outbound)


def hand_over(thread_id: UUID, *, to: UUID, customer: UUID, share: Share) -> None:
    """Give another thread some messages and calls, and number what is left in both."""
    Call.objects.filter(id__in=share.calls, thread=thread_id).update(thread=to, customer=customer)
    values: dict[str, Any] = {"tenant": require_tenant(), "old": thread_id, "new": to, "customer": customer}
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER, values | {"messages": list(share.messages)})
    number_anew(thread_id, to)


def number_anew(one: UUID, other: UUID) -> None:
    """Number the customer's messages in two threads by where they stand."""
    with connection.cursor() as cursor:
        cursor.execute(joined_by_hash(_NUMBER), {"tenant": require_tenant(), "old": one, "new": other})


_HAND_OVER = """
UPDATE inbox_message SET thread_id = %(new)s, customer_id = %(customer)s
WHERE tenant_id = %(tenant)s AND thread_id = %(old)s AND id = ANY (%(messages)s::uuid[])
"""
_NUMBER = """
UPDATE inbox_message m SET number = v.place
FROM (
    SELECT id, row_number() OVER (PARTITION BY thread_id ORDER BY at, id) AS place FROM inbox_message
    WHERE tenant_id = %(tenant)s AND thread_id IN (%(old)s, %(new)s) AND number IS NOT NULL
) v
WHERE m.tenant_id = %(tenant)s AND m.thread_id IN (%(old)s, %(new)s) AND m.id = v.id AND m.number <> v.place
"""
