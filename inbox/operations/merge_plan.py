"""Which conversations of two customers become one when the customers do, and what is kept to undo it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from common.wire import Json
from customers.operations import Pair
from inbox.models import Inbox, Thread, ThreadState
from inbox.operations.dues import set_dues

#: What a thread's row shows, who works on it, and where it stands.
LINE = (
    "channel_id", "last_message_id", "last_kind", "last_text", "last_direction", "last_status", "last_author",
    "last_at", "active_at", "waiting_since", "window_until", "inbound_count", "outbound_count", "seen_count",
    "told_count", "first_answered_at",
)  # fmt: skip
WORK = ("assignee_id", "team_id", "priority", "labels", "mentions", "watchers")
STATE = ("status", "snoozed_until", "wake_on_reply", "closed_at")
KEPT = (*LINE, *WORK, *STATE)


@dataclass(slots=True)
class Plan:
    """joined: (the survivor's thread, the one it takes in), one in each inbox at most; moved: threads that
    only get another customer."""

    joined: list[tuple[Thread, Thread]] = field(default_factory=list)
    moved: list[Thread] = field(default_factory=list)

    @property
    def threads(self) -> list[Thread]:
        return [*self.moved, *(thread for two in self.joined for thread in two)]


def plan_for(pair: Pair, now: datetime) -> Plan:
    """In each inbox the threads that a next message of either would go on in become one; earlier ones of the
    other stay as they are, as past conversations of the survivor."""
    rows = Thread.objects.filter(customer__in=[pair.survivor, pair.other], joined_to=None)
    by_owner: dict[tuple[UUID, UUID], list[Thread]] = {}
    for row in rows.order_by("active_at", "id"):
        by_owner.setdefault((row.customer_id, row.inbox_id), []).append(row)
    gaps = dict(Inbox.objects.values_list("id", "reopen_within_h"))
    plan = Plan()
    for (owner, inbox), threads in sorted(by_owner.items()):
        if owner != pair.other.id:
            continue
        mine = _current(by_owner.get((pair.survivor.id, inbox), ()), gaps[inbox], now)
        theirs = _current(threads, gaps[inbox], now)
        if mine and theirs:
            plan.joined.append((mine, theirs))
        plan.moved += [row for row in threads if not (mine and row is theirs)]
    return plan


def _current(threads: Sequence[Thread], gap_h: int, now: datetime) -> Thread | None:
    """Where the next message would go: the unclosed thread, else the latest within its inbox's gap."""
    unclosed = [row for row in threads if row.status != ThreadState.CLOSED]
    late = [row for row in threads if row.closed_at and row.closed_at >= now - timedelta(hours=gap_h)]
    return next(reversed([*late, *unclosed]), None)


# ---------------------------------------------------------------- rows as the journal keeps them


def kept(thread: Thread, names: Iterable[str] = KEPT) -> Json:
    """These fields of a thread as plain values."""
    found: Json = orjson.loads(orjson.dumps({name: getattr(thread, name) for name in names}))
    return found


def restore(thread: Thread, values: Json, names: Iterable[str]) -> None:
    """Set fields, in memory, from what ``kept`` gave; what an older journal does not know stays."""
    columns = {column.attname: column for column in Thread._meta.concrete_fields}
    for name in names:
        if name in values:
            setattr(thread, name, columns[name].to_python(values[name]))


def save_whole(thread: Thread, **more: Any) -> None:
    """Write everything the journal keeps of a thread, and `more`, as a new version."""
    for name, value in more.items():
        setattr(thread, name, value)
    set_dues([thread])
    thread.version += 1
    names = {column.attname: column.name for column in Thread._meta.concrete_fields}
    thread.save(
        update_fields=[
            *(names[name] for name in KEPT),
            *more,
            "answer_due_at",
            "breached_at",
            "version",
            "updated_at",
        ]
    )
