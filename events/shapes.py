"""An event as the JSON that sockets, timelines, /events and webhooks share."""

from __future__ import annotations

from common.wire import ident, stamp
from events import wire
from events.models import Event


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
