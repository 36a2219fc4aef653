"""One element of ``value.statuses`` into our words.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
(read in September 2026)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from channels_whatsapp.errors import provider_error
from channels_whatsapp.messages import Update
from channels_whatsapp.people import KEY_CHARS
from channels_whatsapp.values import Malformed, identifier, moment, record, word
from inbox.ports import Json, Notice, Person, ReportedStatus, StatusReport

#: Their word → our status. "played" (a voice message was heard) is a kind of reading.
STATUSES: dict[str, ReportedStatus] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
#: Words of the old On-Premises API that some numbers still get; they change nothing.
IGNORED = {
    "deleted": "The customer deleted the message.",
    "warning": "The message names an unavailable product.",
}


#: Where a conversation began that is free of charge.
ENTRY_POINT = "referral_conversion"


def read_status(update: Update) -> StatusReport | Notice:
    """Read what became of one message of ours. Raises Malformed."""
    status = update.raw
    said = word(status, "status")
    if said not in STATUSES:
        detail = IGNORED.get(said, f"The provider reported the status “{said}”, which we do not know.")
        return Notice(**update.place, topic="status", known=said in IGNORED, detail=detail)
    participant = _participant(status)
    return StatusReport(
        **update.place,
        external_id=identifier(status, "id"),
        status=STATUSES[said],
        occurred_at=moment(status),
        word=said,
        recipient=_recipient(update, participant),
        participant=participant,
        client_ref=word(status, "biz_opaque_callback_data"),
        error=provider_error(status.get("errors")) if said == "failed" else None,
        pricing=_pricing(status),
        free_until=_free_until(status),
    )


def _participant(status: Json) -> str:
    """Who in a group; Meta's pages spell the key in two ways."""
    keys = ("recipient_participant_id", "participant_recipient_id", "recipient_participant_user_id")
    return next((found for key in keys if (found := word(status, key))), "")


def _recipient(update: Update, participant: str) -> Person:
    status = update.raw
    if word(status, "recipient_type") == "group":
        return update.contacts.person(word(status, "recipient_participant_user_id"), "", participant)
    found = update.contacts.person(
        word(status, "recipient_user_id"),
        word(status, "recipient_parent_user_id"),
        word(status, "recipient_id"),
    )
    return replace(found, identity_key=word(status, "recipient_identity_key_hash", KEY_CHARS))


def _pricing(status: Json) -> Json:
    """What the message costs, and the free window it stands in; on whichever status carries it."""
    pricing, conversation = record(status.get("pricing")), record(status.get("conversation"))
    return {**pricing, "conversation": conversation} if conversation else pricing


def _free_until(status: Json) -> datetime | None:
    """Until when writing to someone who came from an ad costs nothing, when the status says so."""
    conversation = record(status.get("conversation"))
    if word(record(conversation.get("origin")), "type") != ENTRY_POINT:
        return None
    try:
        return moment(conversation, "expiration_timestamp")
    except Malformed:
        return None
