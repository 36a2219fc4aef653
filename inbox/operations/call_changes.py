"""Moving a call on: every change is a conditional update, and tells open pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from common import queues
from events import bus
from inbox.models import Call, CallOutcome, CallState
from inbox.operations.authors import SYSTEM
from inbox.queries.calls import find_call
from inbox.shapes_calls import call_shape

#: Where tenants stand whose calls somebody must look after.
QUEUE = "calls"
#: A provider gives a business at most a minute to answer; whoever still rings then was forgotten by it.
RINGS = timedelta(seconds=90)
#: So long a call may be between a member who took it and the provider who was told.
ANSWERS = timedelta(seconds=30)
LIVE = (CallState.DIALING, CallState.RINGING, CallState.ANSWERING, CallState.TALKING)


def move_call(
    call_id: UUID, *, of: Sequence[str], to: Mapping[str, Any], where: Mapping[str, Any] | None = None
) -> bool:
    """Change a call that is in one of these states and as `where` says; False when somebody was faster.

    Writes Call. A state that may not last gets its time, unless `to` says which.
    """
    due = {"due_at": _due(to["state"], timezone.now())} if "state" in to else {}
    change: Json = {**due, **to}
    rows = Call.objects.filter(id=call_id, state__in=of, **(where or {}))
    if not rows.update(version=F("version") + 1, **change):
        return False
    if change.get("due_at"):
        queues.enqueue(QUEUE, change["due_at"])
    return True


def _due(state: str, now: datetime) -> datetime | None:
    waits = {CallState.RINGING: RINGS, CallState.DIALING: RINGS, CallState.ANSWERING: ANSWERS}
    return now + waits[CallState(state)] if state in waits else None


def over(call: Call, *, outcome: str, at: datetime | None = None, duration_s: int | None = None) -> Json:
    """What a call becomes that is over, as ``move_call`` takes it."""
    at = at or timezone.now()
    if duration_s is None and outcome == CallOutcome.ANSWERED and call.answered_at:
        duration_s = max(0, round((at - call.answered_at).total_seconds()))
    return {
        "state": CallState.ENDED, "outcome": outcome, "ended_at": at, "duration_s": duration_s,
        "offer": "", "answer": "",
    }  # fmt: skip


def tell_call(kind: str, call_id: UUID, *, actor: Mapping[str, Any] = SYSTEM.actor, **more: Any) -> Call:
    """Record an event of a call as it is now; returns it. Sessions are never part of it."""
    call = find_call(call_id)
    data = {"call": call_shape(call), **more}
    bus.record(kind, data, actor=actor, thread_id=call.thread_id, customer_id=call.customer_id)
    return call


Json = dict[str, Any]
