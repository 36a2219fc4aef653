"""What webhooks say: inbound messages and statuses, shaped as the provider's documentation shapes them."""

from typing import Any

from simulator.errors import webhook_error
from simulator.ids import digits_of, identity_key
from simulator.media import sha256_as
from simulator.models import Media, Message, Number, Phone

Json = dict[str, Any]


def metadata(number: Number) -> Json:
    """Which business number a value is about."""
    return {"display_phone_number": digits_of(number.display_phone_number), "phone_number_id": number.id}


def contact(number: Number, phone: Phone, user_id: str, *, hidden: bool, username: bool = True) -> Json:
    """The customer as shown beside messages and statuses; a hidden number leaves out `wa_id`."""
    profile = {"name": phone.name}
    if username and phone.username:
        profile["username"] = phone.username
    shown: Json = {"profile": profile}
    if not hidden:
        shown["wa_id"] = phone.number
    if number.settings.bsuid or hidden:
        shown["user_id"] = user_id
    if number.settings.identity_check:
        shown["identity_key_hash"] = identity_key(phone.number, phone.set_up)
    return shown


def inbound(number: Number, message: Message, user_id: str, quoted: Message | None) -> Json:
    """One entry of `messages[]`: what the customer wrote."""
    item: Json = {"group_id": message.number} if message.author else {}
    if not message.hidden:
        item["from"] = message.author or message.number
    if number.settings.bsuid or message.hidden:
        item["from_user_id"] = user_id
    item |= {"id": message.id, "timestamp": str(int(message.at)), "type": message.kind}
    item |= message.content
    if message.reply_to:
        item["context"] = _context(number, message, quoted)
    return item


def _context(number: Number, message: Message, quoted: Message | None) -> Json:
    """What the message answers. Its author is the business, unless it is the customer's own."""
    author = digits_of(number.display_phone_number)
    if quoted and quoted.from_me:
        author = quoted.author or quoted.number
    if quoted and quoted.from_me and message.hidden:
        return {"id": message.reply_to}
    return {"from": author, "id": message.reply_to}


def media_object(number: Number, media: Media, url: str) -> Json:
    """A file as it stands inside an inbound message, without caption."""
    shown: Json = {
        "mime_type": media.mime,
        "sha256": sha256_as(media, number.settings.media_sha256_in_webhook),
        "id": media.id,
    }
    if number.settings.media_url_in_webhook:
        shown["url"] = url
    return shown


def status(
    number: Number, message: Message, state: str, at: float, user_id: str | None, *, hidden: bool
) -> Json:
    """One entry of `statuses[]`. `hidden`: the customer's number may not be shown."""
    item: Json = {"id": message.id, "status": state, "timestamp": str(int(at))}
    if not (hidden and message.to_user_id):
        item["recipient_id"] = message.number
    if user_id and number.settings.bsuid and not (state == "failed" and not message.to_user_id):
        item["recipient_user_id"] = user_id
    if message.callback_data is not None:
        item["biz_opaque_callback_data"] = message.callback_data
    if state == "failed" and message.error:
        item["errors"] = [webhook_error(message.error)]
        return item
    return item | _billing(number, message, state)


def group_status(number: Number, message: Message, state: str, at: float, member: tuple[str, str]) -> Json:
    """A status of a message to a group, for one of those who are in it: (WhatsApp id, user id)."""
    item = status(number, message, state, at, None, hidden=False)
    item |= {"recipient_type": "group", "recipient_participant_id": member[0]}
    return item | ({"recipient_participant_user_id": member[1]} if number.settings.bsuid else {})


def _billing(number: Number, message: Message, state: str) -> Json:
    """`conversation` and `pricing`, on the statuses that carry them."""
    shown: Json = {}
    if message.conversation:
        conversation = dict(message.conversation)
        if state != "sent":
            conversation.pop("expiration_timestamp", None)
        shown["conversation"] = conversation
    priced = state == "delivered" or (state == "read" and message.delivered_at is None)
    if message.pricing and (priced or (state == "sent" and number.settings.pricing_on == "sent_and_next")):
        shown["pricing"] = message.pricing
    return shown


def change(number: Number, kind: str, items: list[Json], contacts: list[Json]) -> Json:
    """A `changes[]` entry with messages, statuses or errors of one number."""
    value: Json = {"messaging_product": "whatsapp", "metadata": metadata(number)}
    if contacts:
        value["contacts"] = contacts
    value[kind] = items
    return {"value": value, "field": "messages"}


def envelope(waba_id: str, changes: list[Json]) -> Json:
    """A whole webhook body."""
    return {"object": "whatsapp_business_account", "entry": [{"id": waba_id, "changes": changes}]}
