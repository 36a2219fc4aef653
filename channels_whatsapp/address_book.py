"""The address book of the WhatsApp Business app, for a number that is used in both.

https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-providers/app-onboarding
(read in September 2026)
"""

from __future__ import annotations

from channels_whatsapp.messages import Update
from channels_whatsapp.people import NAME_CHARS, claims
from channels_whatsapp.values import Malformed, line, moment, record, word
from inbox.ports import Inbound, InboundName, Notice, Person

ADDED, REMOVED = "add", "remove"  # An edit is told as "add" too.


def read_entry(update: Update) -> Inbound:
    """One entry that came, changed or went. Raises Malformed."""
    type_, action = word(update.raw, "type"), word(update.raw, "action")
    if type_ != "contact" or action not in {ADDED, REMOVED}:
        detail = f"We do not know this news of the phone's address book: {type_} {action}."
        return Notice(**update.place, topic="smb_app_state_sync", known=False, detail=detail)
    contact = record(update.raw.get("contact"))
    found = claims(word(contact, "user_id"), "", word(contact, "phone_number").lstrip("+"))
    if not found:
        raise Malformed("The entry has no number and no user id.")
    name = (line(contact, "full_name") or line(contact, "first_name"))[:NAME_CHARS]
    if action == ADDED and not name:
        detail = "An entry without a name came into the phone's address book."
        return Notice(**update.place, topic="smb_app_state_sync", known=True, detail=detail)
    at = moment(record(update.raw.get("metadata")))
    return InboundName(**update.place, person=Person(found, name), occurred_at=at, is_gone=action == REMOVED)
