"""Calls: a customer who calls has reached us, whether or not anybody answered.

https://developers.facebook.com/documentation/business-messaging/whatsapp/calling (September 2026)
"""

from __future__ import annotations

from channels_whatsapp.messages import Update
from channels_whatsapp.values import Malformed, identifier, moment, word
from inbox.ports import Inbound, InboundMessage, Json, Notice

INBOUND = "USER_INITIATED"


def read_call(update: Update) -> Inbound:
    """A customer's call once it is over; what came before and calls of ours are only told.

    Raises Malformed.
    """
    call = update.raw
    event, direction = word(call, "event"), word(call, "direction")
    if event != "terminate" or direction != INBOUND:
        detail = f"A call: {event or word(call, 'status')}, {direction or 'direction not said'}."
        return Notice(**update.place, topic="calls", known=True, detail=detail)
    person = update.contacts.person(word(call, "from_user_id"), "", word(call, "from"))
    if not person.claims:
        raise Malformed("The call does not say who called.")
    lasted = call.get("duration")
    content: Json = {"direction": "inbound", "answered": type(lasted) is int}
    if type(lasted) is int:
        content["duration_s"] = lasted
    return InboundMessage(
        **update.place,
        external_id=identifier(call, "id"),
        sender=person,
        kind="call",
        occurred_at=moment(call, "start_time" if "start_time" in call else "timestamp"),
        text=_words(lasted),
        content=content,
    )


def _words(lasted: object) -> str:
    """What an agent reads."""
    if type(lasted) is not int:
        return "Missed call"
    minutes, seconds = divmod(lasted, 60)
    return f"Call of {minutes} min {seconds} s" if minutes else f"Call of {seconds} s"
