"""Two conversations become one, with all that hangs on them; so do those of two customers who do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast

from common.sql import joined_by_hash
from common.tenancy import require_tenant
from common.wire import Json, ident
from customers.operations import Pair
from inbox.models import (
    Call,
    Delivery,
    Draft,
    MacroRun,
    Message,
    Note,
    ScheduledMessage,
    Thread,
    ThreadRead,
    ThreadState,
)
from inbox.models.deliveries import OPEN
from inbox.models.scheduled import SHOWN
from inbox.operations.merge_plan import STATE, Plan, kept, save_whole
from inbox.operations.seen import save_reads

#: Of two states the more awake one stands.
AWAKE = {ThreadState.OPEN: 0, ThreadState.SNOOZED: 1, ThreadState.CLOSED: 2}


def lock_all(threads: Sequence[UUID]) -> dict[UUID, Thread]:
    """Their messages, then the threads, each in the order of ids as everybody else locks them."""
    messages = Message.objects.filter(thread__in=threads).select_for_update(no_key=True, of=("self",))
    list(messages.order_by("id").values_list("id", flat=True))
    rows = Thread.objects.filter(id__in=threads).select_for_update(of=("self",)).order_by("id")
    return {row.id: row for row in rows}


def join_threads(pair: Pair, plan: Plan) -> Json:
    """Carry out a plan whose threads are locked; returns what ``parting.part_threads`` needs.

    Writes Thread, Message, Call, Note, Draft, ThreadRead, Reaction, Delivery.
    """
    move_reactions(threads=[row.id for row in plan.threads], old=pair.other.id, new=pair.survivor.id)
    joined = [join_two(keep, gone, customer=pair.survivor.id) for keep, gone in plan.joined]
    moved = [row.id for row in plan.moved]
    Message.objects.filter(thread__in=moved).update(customer=pair.survivor)
    Call.objects.filter(thread__in=moved).update(customer=pair.survivor)
    for row in plan.moved:
        save_whole(row, customer=pair.survivor)
    return {"joined": joined, "moved": [ident(key) for key in moved]}


def join_two(keep: Thread, gone: Thread, *, customer: UUID) -> Json:
    """Give a thread all that another has; both are locked. Returns what ``parting.part_two`` needs.

    Writes what ``join_threads`` writes, MacroRun, ScheduledMessage.
    """
    before, theirs = kept(keep), kept(gone)
    reads = dict(ThreadRead.objects.filter(thread=keep).values_list("member_id", "read_count"))
    joint = _reads(keep, gone)
    refs = _free_refs(keep, gone)
    notes = list(Note.objects.filter(thread=gone).order_by("id").values_list("id", flat=True))
    _run(joined_by_hash(_GATHER), keep=keep.id, gone=gone.id, customer=customer)
    Note.objects.filter(id__in=notes).update(thread=keep)
    _move_calls(keep, gone, customer)
    runs = _move_runs(keep, gone)
    drafts = _move_drafts(keep, gone)
    scheduled = _move_scheduled(keep, gone)
    save_reads(keep, joint)
    _merge_rows(keep, gone, most_read=max(joint.values(), default=0))
    follow_order([keep.id])
    return {
        "keep": ident(keep.id),
        "gone": ident(gone.id),
        "before": before,
        "after": kept(keep),
        "theirs": theirs,
        "reads": _plain(reads),
        "joint": _plain(joint),
        "refs": refs,
        "notes": [ident(key) for key in notes],
        "drafts": [ident(key) for key in drafts],
        "scheduled": [ident(key) for key in scheduled],
        "runs": [ident(key) for key in runs],
        "joined_ids": [ident(key) for key in keep.joined_ids or ()],
    }


def _plain(reads: Mapping[UUID, int]) -> Json:
    return {str(member): count for member, count in reads.items()}


def _merge_rows(keep: Thread, gone: Thread, *, most_read: int) -> None:
    """The kept row shows both; the other stands in no list and holds nothing any more."""
    awake = min(keep, gone, key=lambda row: AWAKE[ThreadState(row.status)])
    for name in STATE:
        setattr(keep, name, getattr(awake, name))
    if gone.last_at and (keep.last_at is None or gone.last_at > keep.last_at):
        for name in ("message_id", "kind", "text", "direction", "status", "author", "at"):
            setattr(keep, f"last_{name}", getattr(gone, f"last_{name}"))
        keep.channel_id = gone.channel_id or keep.channel_id
    answered = [row.first_answered_at for row in (keep, gone) if row.first_answered_at]
    keep.first_answered_at = min(answered, default=None)
    waiting = [row.waiting_since for row in (keep, gone) if row.waiting_since]
    keep.waiting_since = min(waiting, default=None) if keep.status != ThreadState.CLOSED else None
    keep.window_until = max((row.window_until for row in (keep, gone) if row.window_until), default=None)
    keep.active_at = max(keep.active_at, gone.active_at)
    keep.inbound_count += gone.inbound_count
    keep.outbound_count = max(keep.outbound_count, gone.outbound_count)
    is_told = all(row.told_count >= row.seen_count for row in (keep, gone))
    keep.seen_count, keep.told_count = most_read, max(0, most_read - (not is_told))
    keep.assignee_id, keep.team_id = keep.assignee_id or gone.assignee_id, keep.team_id or gone.team_id
    keep.priority = max(keep.priority, gone.priority)
    keep.labels = list(dict.fromkeys([*keep.labels, *gone.labels]))
    keep.mentions = list(dict.fromkeys([*keep.mentions, *gone.mentions]))
    keep.watchers = list(dict.fromkeys([*keep.watchers, *gone.watchers]))
    ids = list(dict.fromkeys([*(keep.joined_ids or []), gone.id, *(gone.joined_ids or [])]))
    keep.version = max(keep.version, gone.version)
    gone.status, gone.snoozed_until, gone.waiting_since = ThreadState.CLOSED, None, None
    save_whole(
        gone, joined_to=keep, scheduled_count=gone.scheduled_count
    )  # first: of two unclosed ones only one may be this customer's
    save_whole(keep, joined_ids=ids, scheduled_count=keep.scheduled_count)


# ---------------------------------------------------------------- what hangs on a thread


def _run(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": require_tenant(), **values})
        return cursor.fetchall() if cursor.description else []


_GATHER = """
UPDATE inbox_message m SET thread_id = %(keep)s, customer_id = %(customer)s, number = v.place
FROM (
    SELECT id, CASE WHEN number IS NOT NULL
                    THEN row_number() OVER (PARTITION BY number IS NULL ORDER BY at, id) END AS place
    FROM inbox_message WHERE tenant_id = %(tenant)s AND thread_id IN (%(keep)s, %(gone)s)
) v
WHERE m.tenant_id = %(tenant)s AND m.thread_id IN (%(keep)s, %(gone)s) AND m.id = v.id
  AND (m.thread_id = %(gone)s OR m.number IS DISTINCT FROM v.place)
"""


def _reads(keep: Thread, gone: Thread) -> dict[UUID, int]:
    """How far each member has read in both: up to the first message that is unread in its own thread."""
    return dict(_run(_FIRST_UNREAD, keep=keep.id, gone=gone.id))


_FIRST_UNREAD = """
WITH lined AS (
    SELECT thread_id, number, row_number() OVER (ORDER BY at, id) AS place
    FROM inbox_message
    WHERE tenant_id = %(tenant)s AND thread_id IN (%(keep)s, %(gone)s) AND number IS NOT NULL
), reads AS (
    SELECT member_id, thread_id, read_count FROM inbox_threadread
    WHERE tenant_id = %(tenant)s AND thread_id IN (%(keep)s, %(gone)s)
)
SELECT reader.member_id, COALESCE(min(lined.place) - 1, (SELECT count(*) FROM lined))::int
FROM (SELECT DISTINCT member_id FROM reads) reader
LEFT JOIN lined ON lined.number > COALESCE((
    SELECT r.read_count FROM reads r WHERE r.member_id = reader.member_id AND r.thread_id = lined.thread_id
), 0)
GROUP BY reader.member_id
"""


def _free_refs(keep: Thread, gone: Thread) -> Json:
    """A reference both threads know stays the kept one's; returns what it was: {table: {id: reference}}."""
    values = {"keep": keep.id, "gone": gone.id}
    return {
        table: {str(key): ref for key, ref in _run(statement, **values)}
        for table, statement in (("message", _FREE_MESSAGES), ("note", _FREE_NOTES))
    }


#: INTERSECT is never done by a loop: where PostgreSQL believed both to be short, each was compared with each.
_FREE = """
WITH same AS MATERIALIZED (
    SELECT client_ref FROM {table}
    WHERE tenant_id = %(tenant)s AND thread_id = %(gone)s AND client_ref IS NOT NULL
    INTERSECT
    SELECT client_ref FROM {table}
    WHERE tenant_id = %(tenant)s AND thread_id = %(keep)s AND client_ref IS NOT NULL
)
UPDATE {table} t SET client_ref = {instead} FROM same
WHERE t.tenant_id = %(tenant)s AND t.thread_id = %(gone)s AND t.client_ref = same.client_ref
RETURNING t.id, same.client_ref
"""
_FREE_MESSAGES = _FREE.format(table="inbox_message", instead="NULL")
_FREE_NOTES = _FREE.format(table="inbox_note", instead="t.id::text")


def _move_drafts(keep: Thread, gone: Thread) -> list[UUID]:
    """A member who has begun something in both keeps the other draft with its thread until they part."""
    taken = set(Draft.objects.filter(thread=keep).values_list("member_id", "mode", "channel_id"))
    rows = Draft.objects.filter(thread=gone).values_list("id", "member_id", "mode", "channel_id")
    free = [key for key, *slot in rows if tuple(slot) not in taken]
    Draft.objects.filter(id__in=free).update(thread=keep)
    return free


def _move_runs(keep: Thread, gone: Thread) -> list[UUID]:
    """A macro's run is undone where its message and its note are."""
    taken = MacroRun.objects.filter(thread=keep).values("client_ref")
    rows = MacroRun.objects.filter(thread=gone).exclude(client_ref__in=taken)
    found = list(rows.values_list("id", flat=True))
    MacroRun.objects.filter(id__in=found).update(thread=keep)
    return found


def _move_calls(keep: Thread, gone: Thread, customer: UUID) -> None:
    """A name that calls of both have stays the kept one's; what parts them again are their addresses."""
    ours = Call.objects.filter(thread=gone, direction="outbound")
    taken = Call.objects.filter(thread=keep, direction="outbound").values("ref")
    ours.filter(ref__in=taken).update(ref=Cast("id", TextField()))
    Call.objects.filter(thread=gone).update(thread=keep, customer=customer)


def _move_scheduled(keep: Thread, gone: Thread) -> list[UUID]:
    """What is to leave later leaves in the conversation there is."""
    rows = ScheduledMessage.objects.filter(thread=gone, state__in=SHOWN)
    found = list(rows.order_by("id").values_list("id", flat=True))
    hand_scheduled(found, to=keep)
    count_scheduled(keep, gone)
    return found


def hand_scheduled(keys: Sequence[UUID], *, to: Thread) -> None:
    """Give a thread these scheduled messages. Writes ScheduledMessage."""
    _run(_HAND_SCHEDULED, keys=list(keys), to=to.id)


_HAND_SCHEDULED = """
UPDATE inbox_scheduledmessage s SET thread_id = %(to)s, client_ref = CASE WHEN EXISTS (
    SELECT FROM inbox_scheduledmessage same
    WHERE same.tenant_id = s.tenant_id AND same.thread_id = %(to)s AND same.client_ref = s.client_ref
) THEN s.id::text ELSE s.client_ref END
WHERE s.tenant_id = %(tenant)s AND s.id = ANY (%(keys)s::uuid[])
"""


def count_scheduled(*threads: Thread) -> None:
    """Count anew, in memory, what stands in each thread to leave later."""
    for thread in threads:
        thread.scheduled_count = ScheduledMessage.objects.filter(thread=thread, state__in=SHOWN).count()


def follow_order(threads: Sequence[UUID]) -> None:
    """What still has to leave waits its turn in the thread its message stands in."""
    _run(_FOLLOW, threads=list(threads), open=list(OPEN))


_FOLLOW = """
UPDATE inbox_delivery d SET order_key = m.thread_id FROM inbox_message m
WHERE d.tenant_id = %(tenant)s AND d.state = ANY (%(open)s) AND d.order_key <> d.message_id
  AND m.tenant_id = %(tenant)s AND m.id = d.message_id AND m.thread_id = ANY (%(threads)s)
  AND d.order_key <> m.thread_id
"""


def lock_open_deliveries(threads: Sequence[UUID]) -> None:
    """Before messages: who sends them takes the locks in this order."""
    rows = Delivery.objects.filter(order_key__in=threads, state__in=OPEN).order_by("id")
    list(rows.select_for_update(of=("self",)).values_list("id", flat=True))


def move_reactions(*, threads: Sequence[UUID], old: UUID, new: UUID) -> None:
    """What one customer put on messages of these threads is the other's now."""
    _run(_REACTIONS, threads=list(threads), old=str(old), new=str(new))


_REACTIONS = """
UPDATE inbox_reaction r SET by = %(new)s FROM inbox_message m
WHERE m.tenant_id = %(tenant)s AND m.thread_id = ANY (%(threads)s)
  AND r.tenant_id = %(tenant)s AND r.channel_id = m.channel_id AND r.target = m.external_id AND r.by = %(old)s
  AND NOT EXISTS (
    SELECT 1 FROM inbox_reaction same
    WHERE same.tenant_id = %(tenant)s AND same.channel_id = r.channel_id AND same.target = r.target
      AND same.by = %(new)s)
"""
