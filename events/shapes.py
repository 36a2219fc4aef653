"""An event as the JSON that sockets, timelines, /events and webhooks share; a change as auditors read it."""

from __future__ import annotations

from common.wire import ident, stamp
from events import wire
from events.models import Change, Event


def event_shape(event: Event) -> wire.Event:
    """An Event."""
    return {
        "seq": event.seq,
        "id": ident(event.id),
        "type": event.type,
        "at": stamp(event.at),
        "actor": event.actor,
        "data": event.data,
    }


def change_shape(change: Change) -> wire.Change:
    """A Change."""
    return {
        "id": ident(change.id),
        "at": stamp(change.at),
        "actor": change.actor,
        "action": change.action,
        "about_id": ident(change.about_id),
        "about": change.about,
        "before": change.before,
        "after": change.after,
        "request_id": change.request_id,
    }
