"""What the engine hears: event rows since the last one it heard, whatever became of the pokes about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from events.models import Event
from notifications.models import EventCursor, Step
from notifications.operations.answers import act, find_answers
from notifications.operations.ladders import Ladder, load_ladders, lock_runs, save_ladders

STATUSES = (
    "message.held", "message.sent", "message.delivered", "message.read", "message.failed", "message.cancelled",
)  # fmt: skip
AT_ONCE = 500


def hear(cursor: EventCursor, now: datetime) -> bool:
    """Apply the next events of the open scope's tenant to its ladders; True when none is left.

    The cursor moves in the same transaction, so every event counts exactly once. Writes EventCursor and all
    that answers and statuses change.
    """
    events = list(Event.objects.filter(seq__gt=cursor.seq).order_by("seq")[:AT_ONCE])
    if not events:
        return True
    statuses = [event for event in events if event.type in STATUSES]
    received = [event.data["message"] for event in events if event.type == "message.received"]
    answers = find_answers(received, now)
    steps = _steps_of(statuses)
    ladders = _ladders({step.notification_id for step in steps} | {one.run_id for one in answers}, now)
    _apply_statuses(statuses, ladders.values())
    save_ladders(ladders.values())
    for answer in answers:
        act(ladders[answer.run_id], answer)
    cursor.seq = events[-1].seq
    cursor.save(update_fields=["seq"])
    return len(events) < AT_ONCE


def _steps_of(statuses: Sequence[Event]) -> list[Step]:
    ids = {str(event.data.get("message_id")) for event in statuses}
    return list(Step.objects.filter(message_id__in=ids)) if ids else []


def _ladders(ids: set[UUID], now: datetime) -> dict[UUID, Ladder]:
    return load_ladders(lock_runs(ids), now) if ids else {}


def _apply_statuses(statuses: Sequence[Event], ladders: Iterable[Ladder]) -> None:
    by_message = {
        str(step.message_id): (one, step) for one in ladders for step in one.steps if step.message_id
    }
    for event in statuses:
        if found := by_message.get(str(event.data.get("message_id"))):
            ladder, step = found
            ladder.hear_status(step, event.type.partition(".")[2], _why(event.data.get("error")))


def _why(error: Any) -> str:
    """What an error says, for people."""
    if not isinstance(error, dict):
        return "It could not be sent."
    return str(error.get("detail") or error.get("title") or error.get("code") or "It could not be sent.")
