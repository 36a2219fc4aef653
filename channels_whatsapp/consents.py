"""What a person lets us send: the switch for marketing in the app.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences
(read in September 2026)
"""

from __future__ import annotations

from channels_whatsapp.messages import Update
from channels_whatsapp.values import Malformed, moment, word
from inbox.ports import Inbound, InboundConsent, Notice

MARKETING = "marketing_messages"
ALLOWS = {"stop": False, "resume": True}


def read_preference(update: Update) -> Inbound:
    """Raises Malformed when it names nobody."""
    said = update.raw
    value = word(said, "value")
    if word(said, "category") != MARKETING or value not in ALLOWS:
        return Notice(
            **update.place, topic="user_preferences", known=False, detail="We do not know this wish."
        )
    person = update.contacts.person(word(said, "user_id"), word(said, "parent_user_id"), word(said, "wa_id"))
    if not person.claims:
        raise Malformed("The wish does not say whose it is.")
    at = moment(said)
    key = ":".join((person.claims[0].value, value, str(int(at.timestamp()))))
    return InboundConsent(
        **update.place, external_id=f"preference:{key}", sender=person, allows=ALLOWS[value], occurred_at=at
    )
