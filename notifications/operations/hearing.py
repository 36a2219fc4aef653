"""What the engine hears: event rows since the last one it heard, whatever became of the pokes about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from events import bus
from events.models import Event
from notifications.models import EventCursor, Step
from notifications.operations.answers import act, find_answers
from notifications.operations.costs import note_costs
from notifications.operations.ladders import Ladder, load_ladders, lock_runs, save_ladders
from notifications.operations.tallies import keep_tallies

STATUSES = tuple(
    f"message.{status}" for status in ("held", "sent", "delivered", "read", "failed", "cancelled")
)
#: After these a message may have come to something, or to something else.
CHARGED = ("message.sent", "message.delivered", "message.read", "message.failed", "message.learned")
#: What a turn looks for; other events are none of its business.
HEARD = frozenset({*STATUSES, *CHARGED, "message.received"})
#: How many events one turn looks through.
AT_ONCE = 2_000


def hear(cursor: EventCursor, now: datetime) -> bool:
    """Apply the next events of the open scope's tenant to its ladders; True when none is left.

    The cursor moves in the same transaction, so every event counts exactly once. Writes EventCursor and all
    that answers and statuses change, what messages cost, and Tally.
    """
    last = min(bus.head(), cursor.seq + AT_ONCE)
    if last <= cursor.seq:
        return True
    events = list(_news(cursor.seq, last))
    statuses = [event for event in events if event.type in STATUSES]
    received = [event.data["message"] for event in events if event.type == "message.received"]
    answers = find_answers(received, now)
    steps = _steps_of(statuses)
    ladders = _ladders({step.notification_id for step in steps} | {one.run_id for one in answers}, now)
    _apply_statuses(statuses, ladders.values())
    save_ladders(ladders.values())
    for answer in answers:
        act(ladders[answer.run_id], answer)
    keep_tallies(events)
    note_costs((event.data["message_id"] for event in events if event.type in CHARGED), now)
    is_all = last < cursor.seq + AT_ONCE
    cursor.seq = last
    cursor.save(update_fields=["seq"])
    return is_all


def _news(after: int, last: int) -> QuerySet[Event]:
    """What concerns ladders and costs among these numbers; a tenant's numbers have no gaps."""
    rows = Event.objects.filter(seq__gt=after, seq__lte=last, type__in=HEARD)
    return rows.only("tenant_id", "seq", "type", "at", "data").order_by("seq")


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
