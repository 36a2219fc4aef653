"""How sends end, counted as their reports come, so that whoever asks for a rate reads a handful of rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from common.sql import insert_rows
from events.models import Event
from inbox.models import Message
from notifications.models import Tally

SLOT = timedelta(minutes=5)
KEPT = timedelta(days=2)
ENDS = ("message.sent", "message.failed")


def slot_of(at: datetime) -> datetime:
    """The five minutes a moment stands in, by their beginning."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def keep_tallies(events: Sequence[Event]) -> None:
    """Count these events, each of which comes here once. Writes Tally: two statements."""
    ends = [event for event in events if event.type in ENDS]
    ids = {str(event.data["message_id"]) for event in ends}
    channels = dict(Message.objects.filter(id__in=ids).values_list("id", "channel")) if ids else {}
    rows: dict[tuple[UUID, datetime], Tally] = {}
    for event in ends:
        if channel_id := channels.get(UUID(str(event.data["message_id"]))):
            slot = slot_of(event.at)
            row = rows.setdefault((channel_id, slot), Tally(channel_id=channel_id, slot=slot))
            row.ended += not _had_left(event)
            row.failed += event.type == "message.failed"
    ordered = sorted(rows.values(), key=lambda row: (row.channel_id, row.slot))
    insert_rows(ordered, on_conflict=_ADDED)


def _had_left(event: Event) -> bool:
    """It failed after it was counted as sent."""
    history = event.data.get("status_history") or []
    return event.type == "message.failed" and any(one.get("status") == "sent" for one in history)


_ADDED = """
(tenant_id, channel_id, slot) DO UPDATE SET ended = notifications_tally.ended + EXCLUDED.ended,
    failed = notifications_tally.failed + EXCLUDED.failed
"""


def forget_tallies(now: datetime) -> None:
    """Take away counts that no rule looks at any more."""
    Tally.objects.filter(slot__lt=now - KEPT).delete()
