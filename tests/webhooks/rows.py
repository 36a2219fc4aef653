"""Rows of this room for tests of all rooms."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from events.models import Event
from inbox.operations.authors import Author
from webhooks.models import Delivery
from webhooks.operations.endpoints import make_endpoint
from webhooks.operations.turns import write
from webhooks.sending import Try


def failed_delivery(by: Author, mark: str = "") -> dict[str, Any]:
    """A server of the open scope's tenant that heard of a message, and what it thinks of it. Nobody is there.

    mark: a word that stands in all of it.
    """
    endpoint, _ = make_endpoint(
        by=by,
        url=f"https://127.0.0.1/{mark}",
        description=f"Orders {mark}".strip(),
        types=["message.received"],
    )
    event = Event.objects.filter(type="message.received").order_by("seq")[0]
    now = timezone.now()
    write([(endpoint, event.id, event.seq, event.type)], now)
    tried = Try(now, 12, 500, "It answered with status 500.", f"Broken {mark}".strip())
    rows = Delivery.objects.filter(endpoint=endpoint)
    rows.update(state="failed", next_at=None, ended_at=now, attempts=10, tries=[tried.shape])
    return {"endpoint": endpoint, "event": event, "delivery": rows.get()}
