"""A thin event: which things it is about and where to read them, nothing of what people are called or wrote.

Every value is an id, an address of our own or a word of ours. What an event says of its thing is in `data`
under the noun of its type (`message`), or as that thing's id (`message_id`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from common.wire import Id, ident
from events.models import Event
from events.wire import Actor
from webhooks import wire

#: Nouns of types → where the API shows one such thing, after /api/v1/.
PLACES = {
    "call": "calls",
    "campaign": "campaigns",
    "channel": "channels",
    "customer": "customers",
    "message": "messages",
    "notification": "notifications",
    "template": "templates",
    "thread": "threads",
    "webhook_endpoint": "webhook_endpoints",
}
#: Nouns whose things `data` calls by another name.
_CALLED = {"alert_rule": "rule", "notification_type": "type", "webhook_endpoint": "endpoint"}


def thin_data(event: Event, api: str, log_url: str | None) -> wire.ThinData:
    """What takes the place of `data`. api: the address of the API; log_url: where the whole event stands."""
    return {
        "object": _object(event, api),
        "thread_id": ident(event.thread_id),
        "customer_id": ident(event.customer_id),
        "url": log_url,
    }


def thin_actor(actor: Actor) -> Actor:
    """Who did it, without their name."""
    return {"kind": actor["kind"], "id": actor["id"], "name": ""}


def _object(event: Event, api: str) -> wire.ThinObject | None:
    noun = event.type.partition(".")[0]
    key = _id_in(event.data, _CALLED.get(noun, noun))
    if key is None:
        return None
    place = PLACES.get(noun)
    return {"type": noun, "id": key, "url": f"{api}/{place}/{key}" if place else None}


def _id_in(data: dict[str, Any], name: str) -> Id | None:
    """The id of what is called so; whatever is no id stays here."""
    whole = data.get(name)
    said = whole.get("id") if isinstance(whole, dict) else data.get(f"{name}_id")
    try:
        return str(UUID(str(said)))
    except ValueError:
        return None
