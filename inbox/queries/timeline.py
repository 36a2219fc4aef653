"""A thread's messages, notes and events in one line, paged by (at, id)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from common.api.pages import Keyset, Position, moment
from common.api.problems import Fault, Problem
from common.wire import ident, stamp
from events.models import Event
from events.shapes import event_shape
from inbox import wire
from inbox.models import Message, Note, Thread
from inbox.queries.messages import message_shapes
from inbox.shapes import note_shape

#: (message | note | event, its row)
Row = tuple[str, Any]

BACK = Keyset("timeline", ("at", "id"), (moment, UUID))
ON = Keyset("timeline", ("at", "id"), (moment, UUID), is_falling=False)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the line: the newest entries, or those before, after or around one.

    before, after: cursors; around: an entry's id; since: a time, of which the first entries then or later.
    """

    limit: int
    before: str | None = None
    after: str | None = None
    around: UUID | None = None
    since: datetime | None = None


def timeline(thread: Thread, window: Window) -> wire.Timeline:
    """A stretch of a thread, oldest first: three statements, and three for what messages carry.

    Raises Problem for a cursor that is none, or an entry that is not in the thread.
    """
    if window.around:
        return _around(thread, window.around, window.limit)
    if window.since:
        return _since(thread, window.since, window.limit)
    if window.after:
        rows, more = _side(thread, ON.read(window.after, "after"), window.limit, ON)
        return _stretch(rows, has_before=True, has_after=more)
    position = BACK.read(window.before, "before") if window.before else None
    rows, more = _side(thread, position, window.limit, BACK)
    return _stretch(rows, has_before=more, has_after=position is not None)


def _around(thread: Thread, key: UUID, limit: int) -> wire.Timeline:
    kind, row = _find(thread, key)
    position = BACK.position(row)
    older, has_before = _side(thread, position, limit // 2, BACK)
    newer, has_after = _side(thread, position, max(limit - len(older) - 1, 0), ON)
    return _stretch([*older, (kind, row), *newer], has_before=has_before, has_after=has_after)


def _since(thread: Thread, at: datetime, limit: int) -> wire.Timeline:
    position: Position = [at, UUID(int=0)]
    rows, has_after = _side(thread, position, limit, ON)
    before, has_older = _side(thread, position, limit if not rows else 1, BACK)
    if not rows:  # nothing came after: the newest there is
        return _stretch(before, has_before=has_older, has_after=False)
    return _stretch(rows, has_before=bool(before), has_after=has_after)


def _find(thread: Thread, key: UUID) -> Row:
    for kind, rows in _sources(thread):
        row = rows.filter(id=key).first()
        if row:
            return kind, row
    raise Problem("validation_failed", errors=[Fault("?around", "This is not in the conversation.")])


def _side(thread: Thread, position: Position | None, limit: int, order: Keyset) -> tuple[list[Row], bool]:
    """The entries on one side of a position, oldest first, and whether there are more."""
    found: list[Row] = []
    for kind, rows in _sources(thread):
        part = order.follow(rows, position) if position else rows
        found += [(kind, row) for row in order.order(part)[: limit + 1]]
    found.sort(key=lambda entry: (entry[1].at, entry[1].id), reverse=order.is_falling)
    kept = found[:limit]
    return (kept[::-1] if order.is_falling else kept), len(found) > limit


def _sources(thread: Thread) -> list[tuple[str, QuerySet[Any]]]:
    """Each with the columns `at` and `id`. Reactions stand on their message, not in the line."""
    return [
        ("message", Message.objects.filter(thread=thread).exclude(kind="reaction")),
        ("note", Note.objects.filter(thread=thread).select_related("author").annotate(at=F("created_at"))),
        ("event", _events(thread)),
    ]


def _events(thread: Thread) -> QuerySet[Event]:
    """Also those of threads that this one has taken in; that they were parted once stands here already."""
    rows = Event.objects.filter(type__startswith="thread.", audience=None)
    if thread.joined_ids:
        there = Q(thread_id__in=thread.joined_ids) & ~Q(type__in=("thread.split", "thread.joined"))
        return rows.filter(Q(thread_id=thread.id) | there)
    return rows.filter(thread_id=thread.id)


# ---------------------------------------------------------------- as JSON


def _stretch(rows: Sequence[Row], *, has_before: bool, has_after: bool) -> wire.Timeline:
    return {
        "data": _entries(rows),
        "has_before": has_before,
        "has_after": has_after,
        "before": BACK.cursor(rows[0][1]) if rows else None,
        "after": BACK.cursor(rows[-1][1]) if rows else None,
    }


def _entries(rows: Sequence[Row]) -> list[wire.Entry]:
    messages = iter(message_shapes([row for kind, row in rows if kind == "message"]))
    return [_entry(kind, row, next(messages) if kind == "message" else None) for kind, row in rows]


def _entry(kind: str, row: Any, message: wire.Message | None) -> wire.Entry:
    at, key = stamp(row.at), ident(row.id)
    if message:
        return {"type": "message", "id": key, "at": at, "message": message}
    if kind == "note":
        return {"type": "note", "id": key, "at": at, "note": note_shape(row)}
    return {"type": "event", "id": key, "at": at, "event": _change(row)}


def _change(event: Event) -> Any:
    """Without the thread as it was then: the line shows what changed, and the reader has the thread."""
    shape = event_shape(event)
    return {**shape, "data": {name: value for name, value in shape["data"].items() if name != "thread"}}
