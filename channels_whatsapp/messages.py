"""One element of ``value.messages`` into our words.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
(read in September 2026; shapes by type in the tables below)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from channels_whatsapp.errors import provider_error
from channels_whatsapp.people import KEY_CHARS, Contacts, claims, group_person, phone_claim, user_claim
from channels_whatsapp.stop_words import Consent, consent_in, consent_of_button
from channels_whatsapp.values import Malformed, body_text, identifier, line, moment, part, record, word
from common.untrusted import BadJson, read_json
from inbox.ports import (
    AddressChange,
    Claim,
    FileKind,
    Inbound,
    InboundChange,
    InboundFile,
    InboundIdentity,
    InboundMessage,
    InboundReaction,
    Json,
    MessageKind,
    Notice,
    Person,
)

FILENAME_CHARS = 200
URL_CHARS = 2_000
#: Path separators, control characters and those that turn the writing direction ("gpj.exe" shown as
#: "exe.jpg").
_NOT_IN_FILENAMES = re.compile(r"[/\\\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

#: Answers to interactive messages: their word → our kind.
ANSWERS: dict[str, MessageKind] = {
    "button_reply": "button_reply",
    "list_reply": "list_reply",
    "nfm_reply": "flow_reply",
    "call_permission_reply": "interactive",
}
#: Older payloads and resellers use the second spelling.
CHANGED_NUMBER = {"user_changed_number", "customer_changed_number"}
CHANGED_USER_ID = {"user_changed_user_id"}
CHANGED_IDENTITY = {"customer_identity_changed", "user_identity_changed"}


@dataclass(frozen=True, slots=True)
class Update:
    """One element of a list in a change, with what stands around it."""

    account: str
    path: str
    raw: Json
    contacts: Contacts

    @property
    def place(self) -> Json:
        """What every Inbound carries."""
        return {"account": self.account, "path": self.path, "raw": self.raw}


class Content(NamedTuple):
    """What a message of one type holds. text: for the agent to read."""

    kind: MessageKind
    text: str = ""
    content: Json = {}
    files: tuple[InboundFile, ...] = ()


def read_message(update: Update) -> Inbound:
    """Read one message, reaction, edit, revocation or system line. Raises Malformed."""
    if special := SPECIAL.get(word(update.raw, "type")):
        return special(update)
    message = update.raw
    found = read_content(message)
    context = record(message.get("context"))
    content = {**found.content, **_circumstances(message, context)}
    person, participant = people_of(update)
    if (learned := content.get("learned_phone")) and not participant:
        person = replace(person, claims=tuple(dict.fromkeys((*person.claims, Claim("phone", learned)))))
    return InboundMessage(
        **update.place,
        external_id=identifier(message, "id"),
        sender=person,
        participant=participant,
        kind=found.kind,
        occurred_at=moment(message),
        text=found.text,
        content=content,
        reply_to=word(context, "id"),
        files=found.files,
        consent="" if participant else _consent(word(message, "type"), found),
    )


def _consent(type_: str, found: Content) -> Consent:
    """What was decided by these words, or by pressing a button of a template; nobody decides for a group."""
    if type_ == "button":
        return consent_of_button(found.text, str(found.content.get("payload", "")))
    return consent_in(found.text) if type_ == "text" else ""


def read_content(message: Json) -> Content:
    """What a message holds, whoever wrote it. Raises Malformed."""
    type_ = word(message, "type")
    return READERS.get(type_, _unknown)(message, type_)


def _sender(update: Update) -> Person:
    """Who wrote. Raises Malformed when no id at all is shown."""
    message = update.raw
    ids = [word(message, key) for key in ("from_user_id", "from_parent_user_id", "from")]
    person = update.contacts.person(*ids)
    if not person.claims:
        raise Malformed("The message does not say who wrote it.")
    return person


def people_of(update: Update) -> tuple[Person, Person | None]:
    """Who speaks with us; where that is a group, with a window of its own, also who wrote in it.

    Raises Malformed."""
    person = _sender(update)
    if not (group := word(update.raw, "group_id")):
        return person, None
    return group_person(group), person


def _circumstances(message: Json, context: Json) -> Json:
    """What any type may carry beside its content: forwarding, a product, the ad it came from, a group."""
    around: Json = {}
    if context.get("forwarded") or context.get("frequently_forwarded"):
        around["forwarded"] = True
    if context.get("frequently_forwarded"):
        around["frequently_forwarded"] = True
    if product := record(context.get("referred_product")):
        around["product"] = product
    if referral := record(message.get("referral")):
        around["referral"] = referral
    if group := word(message, "group_id"):
        around["group_id"] = group
    return around


# ---------------------------------------------------------------- by type


def _text(message: Json, _: str) -> Content:
    body = part(message, "text")
    if not isinstance(body.get("body"), str):
        raise Malformed("“text.body” is not a text.")
    return Content("text", body["body"])


def _media(message: Json, type_: str) -> Content:
    media = part(message, type_)
    kind: FileKind = "voice" if type_ == "audio" and media.get("voice") is True else type_  # type: ignore[assignment]
    file = file_of(media, kind)
    content = {"animated": True} if media.get("animated") is True else {}
    return Content(kind, body_text(media, "caption"), content, (file,))


def file_of(media: Json, kind: FileKind) -> InboundFile:
    """A file that is still to be fetched. Raises Malformed without an id."""
    return InboundFile(
        kind=kind,
        media_id=identifier(media, "id"),
        mime=word(media, "mime_type"),
        filename=_filename(line(media, "filename")),
        url=word(media, "url", URL_CHARS),
        sha256=word(media, "sha256"),
    )


def _filename(text: str) -> str:
    return _NOT_IN_FILENAMES.sub("_", text)[-FILENAME_CHARS:]


def _location(message: Json, _: str) -> Content:
    place = part(message, "location")
    latitude, longitude = (place.get(key) for key in ("latitude", "longitude"))
    if not (_is_degrees(latitude, 90) and _is_degrees(longitude, 180)):
        raise Malformed("The location has no latitude and longitude.")
    named = {key: found for key in ("name", "address", "url") if (found := line(place, key))}
    return Content("location", "", {"latitude": latitude, "longitude": longitude, **named})


def _is_degrees(value: Any, most: int) -> bool:
    return type(value) in (int, float) and -most <= value <= most


def _contacts(message: Json, _: str) -> Content:
    cards = message.get("contacts")
    if not isinstance(cards, list):
        raise Malformed("“contacts” is not a list.")
    content: Json = {"contacts": [card for card in cards if isinstance(card, dict)]}
    if own := _own_number(content["contacts"]):
        content["learned_phone"] = own
    return Content("contacts", "", content)


def _own_number(cards: list[Json]) -> str:
    """The sender's own number, if they pressed the button that shares it; other cards are somebody else's."""
    for card in cards:
        phones = card.get("phones")
        if word(card, "origin") == "contact_request" and isinstance(phones, list) and phones:
            claim = phone_claim(word(record(phones[0]), "wa_id"))
            return claim.value if claim else ""
    return ""


def _button(message: Json, _: str) -> Content:
    button = part(message, "button")
    return Content("button_reply", body_text(button, "text"), {"payload": word(button, "payload")})


def _interactive(message: Json, _: str) -> Content:
    interactive = part(message, "interactive")
    type_ = word(interactive, "type")
    if type_ not in ANSWERS:
        return Content("unknown", "", {"type": f"interactive/{type_}"})
    answer = part(interactive, type_)
    if type_ == "nfm_reply":
        return Content("flow_reply", body_text(answer, "body"), {"type": type_, "form": _form(answer)})
    if type_ == "call_permission_reply":
        return Content(
            "interactive", "", {"type": type_, "permission": word(answer, "response"), "answer": answer}
        )
    details = {"type": type_, "payload": word(answer, "id"), "description": line(answer, "description")}
    return Content(
        ANSWERS[type_], body_text(answer, "title"), {key: value for key, value in details.items() if value}
    )


def _form(answer: Json) -> Any:
    """A flow's answers come as JSON inside a string; what cannot be read stays that string."""
    text = body_text(answer, "response_json")
    try:
        return read_json(text.encode())
    except BadJson:
        return text


def _order(message: Json, _: str) -> Content:
    order = part(message, "order")
    items = order.get("product_items")
    if not isinstance(items, list):
        raise Malformed("“order.product_items” is not a list.")
    content = {
        "catalog_id": word(order, "catalog_id"),
        "items": [item for item in items if isinstance(item, dict)],
    }
    return Content("order", body_text(order, "text"), content)


def _unknown(message: Json, type_: str) -> Content:
    """Something the API cannot show (a poll, a view-once picture), or a type younger than this code."""
    error = provider_error(message.get("errors"))
    details: Json = {"type": word(record(message.get(type_)), "type") or type_}
    if error:
        details |= {"error_code": error.code, "detail": error.detail or error.title}
    return Content("unknown", "", details)


# ---------------------------------------------------------------- what is no message


def _reaction(update: Update) -> InboundReaction:
    reaction = part(update.raw, "reaction")
    person, participant = people_of(update)
    return InboundReaction(
        **update.place,
        external_id=identifier(update.raw, "id"),
        sender=person,
        participant=participant,
        target=identifier(reaction, "message_id"),
        emoji=body_text(reaction, "emoji"),  # Absent means taken away.
        occurred_at=moment(update.raw),
    )


def _edit(update: Update) -> InboundChange:
    edit = part(update.raw, "edit")
    inner = part(edit, "message")
    type_ = word(inner, "type")
    new = part(inner, type_)
    text = body_text(new, "body") or body_text(new, "caption")
    return replace(_change(update, edit, "edit"), text=text)


def _revoke(update: Update) -> InboundChange:
    return _change(update, part(update.raw, "revoke"), "revoke")


def _change(update: Update, change: Json, word_for_it: Any) -> InboundChange:
    return InboundChange(
        **update.place,
        external_id=identifier(update.raw, "id"),
        sender=people_of(update)[0],
        target=identifier(change, "original_message_id"),
        change=word_for_it,
        occurred_at=moment(update.raw),
    )


def _system(update: Update) -> AddressChange | InboundIdentity | Notice:
    """A person changed number, user id or phone; any other line of the system is only told."""
    system = part(update.raw, "system")
    type_ = word(system, "type")
    if type_ in CHANGED_IDENTITY and (key := _identity_key(update.raw, system)):
        person = replace(_sender(update), identity_key=key)
        return InboundIdentity(**update.place, sender=person, occurred_at=moment(update.raw))
    if type_ not in CHANGED_NUMBER | CHANGED_USER_ID:
        return Notice(**update.place, topic="system", known=True, detail=line(system, "body") or type_)
    number = word(system, "wa_id") or word(system, "new_wa_id")
    user_id, parent_id = word(system, "user_id"), word(system, "parent_user_id")
    new = phone_claim(number) if type_ in CHANGED_NUMBER else user_claim(user_id)
    old = phone_claim(word(update.raw, "from")) or user_claim(word(update.raw, "from_user_id"))
    return address_change(update, identifier(update.raw, "id"), old, new, claims(user_id, parent_id, number))


def _identity_key(message: Json, system: Json) -> str:
    """Where libraries have seen it; Meta's own pages no longer show this line."""
    said = record(system.get("identity")) or record(message.get("identity"))
    return word(said, "hash", KEY_CHARS) or word(system, "identity", KEY_CHARS)


def address_change(
    update: Update, external_id: str, old: Claim | None, new: Claim | None, shown: tuple[Claim, ...]
) -> AddressChange:
    """An AddressChange whose `also` holds the other new addresses. Raises Malformed."""
    if old is None or new is None or old == new:
        raise Malformed("The change of address does not name an old and a new address.")
    return AddressChange(
        **update.place,
        external_id=external_id,
        old=old,
        new=new,
        also=tuple(claim for claim in shown if claim not in (old, new)),
        occurred_at=moment(update.raw),
    )


def _welcome(update: Update) -> Notice:
    return Notice(**update.place, topic="request_welcome", known=True, detail="The customer opened the chat.")


#: Their type → what reads it. "voice" only comes from resellers, "unknown" from older versions.
READERS: dict[str, Callable[[Json, str], Content]] = {
    "text": _text,
    "image": _media,
    "video": _media,
    "audio": _media,
    "voice": _media,
    "document": _media,
    "sticker": _media,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "unsupported": _unknown,
    "unknown": _unknown,
}
SPECIAL: dict[str, Callable[[Update], Inbound]] = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
    "request_welcome": _welcome,
}
