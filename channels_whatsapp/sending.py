"""One message of ours into the provider's words, and its answer into ours.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
(read in September 2026)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from channels_whatsapp import contents, direct
from channels_whatsapp.graph import TIMEOUT_S, Body, ask, must_be
from channels_whatsapp.interactive import interactive, token_of
from channels_whatsapp.kept import forget, given, is_dead, kept_id, kept_of
from channels_whatsapp.people import GROUP, WHATSAPP_ID, phone_claim, user_claim
from channels_whatsapp.template_parts import records
from channels_whatsapp.values import record, word
from inbox.ports import PHONE, Account, Claim, Json, Kept, MessageKind, Outbound, SendError, SendResult

#: Which key of the request takes which kind of address.
RECIPIENTS = {PHONE: "to", WHATSAPP_ID: "recipient", GROUP: "to"}
#: Our kind of file → their type.
MEDIA: dict[MessageKind, str] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "voice": "audio",
    "document": "document",
    "sticker": "sticker",
}
#: Their code for: marketing templates are switched off at the usual address.
NOT_HERE = "131063"
#: After a refusal; all of it still has to stay below the minute a delivery is leased for.
MARKETING_S = 4.0
#: In a channel's config: whether marketing leaves by the Marketing Messages API; whether what that API cannot
#: send goes by the usual way; whether Meta learns what people do with it ("on", "off", "" as set there).
MARKETING_API = "marketing_api"
MARKETING_FALLBACK = "marketing_fallback"
MARKETING_ACTIVITY = "marketing_activity"
CAPTIONED = {"image", "video", "document"}
#: What a group takes.
FOR_GROUPS = {"text", "template", *MEDIA}


def send(account: Account, message: Outbound) -> SendResult:
    """Upload the message's file, if it has one, and hand the message over. Raises SendError."""
    file = message.file
    named = kept_id(account, file) if file else ""
    try:
        return _sent(account, message)
    except SendError as error:
        if not (file and named and is_dead(error)):
            raise
    forget(account, file, named)
    return _sent(account, replace(message, file=replace(file, known_id="")))


def _sent(account: Account, message: Outbound) -> SendResult:
    body = envelope(message) | _content(account, message)
    if message.direct:
        answer = _directly(account, body | direct.keys_of(message.direct))
    elif _is_for_marketing(account, message):
        answer = _marketing(account, body, timeout_s=TIMEOUT_S)
    else:
        answer = _usually(account, message, body)
    return _result(answer, kept_of(account, message.file))


def _usually(account: Account, message: Outbound, body: Json) -> Json:
    try:
        return ask(account, "POST", account.external_id, "messages", body=Body(json=body), sends=True)
    except SendError as error:
        if error.provider_code != NOT_HERE or message.kind != "template":
            raise
        return _marketing(account, body)


def _directly(account: Account, body: Json) -> Json:
    try:
        return ask(account, "POST", account.external_id, "messages", body=Body(json=body), sends=True)
    except SendError as error:
        raise direct.explained(error) from None


def _is_for_marketing(account: Account, message: Outbound) -> bool:
    """Whether it goes by the Marketing Messages API at once: a GIF, or as the number is set."""
    if message.kind != "template":
        return False
    parameters = [
        record(one)
        for part in records(message.content.get("components"))
        for one in records(part.get("parameters"))
    ]
    is_marketing = str(message.content.get("category") or "").lower() == "marketing"
    chosen = is_marketing and account.config.get(MARKETING_API) is True
    return chosen or any(word(one, "type").lower() == "gif" for one in parameters)


def _marketing(account: Account, body: Json, *, timeout_s: float = MARKETING_S) -> Json:
    """An account whose marketing goes by the Marketing Messages API only: the same message, at its address.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages (Sept. 2026)
    """
    lite = Body(json=body | _marketing_options(account.config))
    path = (account.external_id, "marketing_messages")
    return ask(account, "POST", *path, body=lite, sends=True, timeout_s=timeout_s)


def _marketing_options(config: Json) -> Json:
    options: Json = {"product_policy": "STRICT"}
    if config.get(MARKETING_FALLBACK) is True:
        options["product_policy"] = "CLOUD_API_FALLBACK"
    if (shared := config.get(MARKETING_ACTIVITY)) in ("on", "off"):
        options["message_activity_sharing"] = shared == "on"
    return options


def mark_read(account: Account, *, external_id: str, typing: bool) -> None:
    """Show everything up to this message as read, and with `typing` that we write (25 s at most)."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    answer = ask(account, "POST", account.external_id, "messages", body=Body(json=body))
    must_be(answer.get("success") is True, "a yes")


def envelope(message: Outbound) -> Json:
    """What every message carries: to whom, in answer to what, and our own id, which statuses echo."""
    key, claim = _recipient(_numbers_first(message))
    whom = "group" if claim.kind == GROUP else "individual"
    if whom == "group" and message.kind not in FOR_GROUPS:
        said = "WhatsApp groups take texts, files and templates only."
        raise SendError("invalid", said, permanent=True)
    around: Json = {"messaging_product": "whatsapp", "recipient_type": whom, key: claim.value}
    if message.reply_to and message.kind != "reaction":
        around["context"] = {"message_id": message.reply_to}
    if message.ref:
        around["biz_opaque_callback_data"] = message.ref
    if message.identity_key and whom == "individual":
        around["recipient_identity_key_hash"] = message.identity_key
    return around


def _numbers_first(message: Outbound) -> tuple[Claim, ...]:
    """A one-time code is refused for a user id (131062), so it goes to the number where one is known."""
    is_code = message.kind == "template" and message.content.get("category") == "authentication"
    return tuple(sorted(message.to, key=lambda claim: claim.kind != PHONE)) if is_code else message.to


def _recipient(to: tuple[Claim, ...]) -> tuple[str, Claim]:
    for claim in to:
        if claim.kind in RECIPIENTS:
            return RECIPIENTS[claim.kind], claim
    raise SendError("recipient", "This person has no WhatsApp address and no phone number.", permanent=True)


def _content(account: Account, message: Outbound) -> Json:
    if wrong := contents.flaws(
        kind=message.kind, text=message.text, content=message.content, file_kind=_file_kind(message)
    ):
        raise SendError("invalid", f"{wrong[0].pointer}: {wrong[0].detail}", permanent=True)
    if message.kind in MEDIA:
        return _media(account, message)
    if message.kind in HEADED:
        header = _file_header(account, message)
        return HEADED[message.kind](_with_ids(account, message), header)
    if write := WRITERS.get(message.kind):
        return write(message)
    raise SendError("invalid", f"A message of the kind “{message.kind}” cannot be sent.", permanent=True)


def _file_kind(message: Outbound) -> str:
    return message.file.kind if message.file else ""


def _file_header(account: Account, message: Outbound) -> Json | None:
    """An uploaded file as the header of a template or an interactive message."""
    if message.file is None:
        return None
    file: Json = {"id": given(account, message.file)}
    if message.file.kind == "document":
        file["filename"] = message.file.filename
    return {"type": message.file.kind, message.file.kind: file}


def _with_ids(account: Account, message: Outbound) -> Outbound:
    """The same message; the files its content names as uploads of ours are the provider's by now."""
    ids = {key: given(account, file) for key, file in message.files.items()}
    return replace(message, content=_named_anew(message.content, ids)) if ids else message


def _named_anew(part: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(part, list):
        return [_named_anew(one, ids) for one in part]
    if not isinstance(part, dict):
        return part
    if known := ids.get(str(part.get("attachment_id"))):
        return {"id": known}
    return {name: _named_anew(one, ids) for name, one in part.items()}


def _media(account: Account, message: Outbound) -> Json:
    type_ = MEDIA[message.kind]
    if message.file is None:
        raise SendError("invalid", "The message has no file.", permanent=True)
    if message.text and type_ not in CAPTIONED:
        raise SendError(
            "invalid", f"WhatsApp shows no text beside a file of the kind “{type_}”.", permanent=True
        )
    media: Json = {"id": given(account, message.file)}
    if message.text:
        media["caption"] = message.text
    if type_ == "document":
        media["filename"] = message.file.filename
    if message.kind == "voice":
        media["voice"] = True
    return {"type": type_, type_: media}


def _text(message: Outbound) -> Json:
    preview = message.content.get("preview_url", "://" in message.text)
    return {"type": "text", "text": {"body": message.text, "preview_url": preview}}


def _template(message: Outbound, header: Json | None) -> Json:
    content = message.content
    template: Json = {
        "name": content["name"],
        "language": {"code": content["language"], "policy": "deterministic"},
    }
    parts = list(content.get("components") or ())
    if header:
        parts.insert(0, {"type": "header", "parameters": [header]})
    if parts:
        template["components"] = parts
    return {"type": "template", "template": template}


def _reaction(message: Outbound) -> Json:
    content = message.content
    reaction = {"message_id": content["target"], "emoji": content.get("emoji") or ""}  # "" takes it away.
    return {"type": "reaction", "reaction": reaction}


def _location(message: Outbound) -> Json:
    keys = ("latitude", "longitude", "name", "address")
    place = {key: message.content[key] for key in keys if message.content.get(key) is not None}
    return {"type": "location", "location": place}


def _contacts(message: Outbound) -> Json:
    return {"type": "contacts", "contacts": message.content.get("contacts", [])}


def _interactive(message: Outbound, header: Json | None) -> Json:
    content = message.content
    if content.get("type") == "flow":
        content = {**content, "token": token_of(content, message.ref)}
    return {"type": "interactive", "interactive": interactive(message.text, content, header)}


#: What may carry an uploaded file above its words.
HEADED: dict[MessageKind, Callable[[Outbound, Json | None], Json]] = {
    "template": _template,
    "interactive": _interactive,
}
WRITERS: dict[MessageKind, Callable[[Outbound], Json]] = {
    "text": _text,
    "reaction": _reaction,
    "location": _location,
    "contacts": _contacts,
}


def _result(answer: Json, kept: Kept | None) -> SendResult:
    """Raises SendError when the answer names no message: then nobody can say whether it went out."""
    sent = _first(answer.get("messages"))
    external_id = word(sent, "id")
    if not external_id:
        said = "The provider answered without naming a message."
        raise SendError("unavailable", said, permanent=False, may_have_sent=True)
    contact = {} if "group_id" in sent else _first(answer.get("contacts"))
    learned = (user_claim(word(contact, "user_id")), phone_claim(word(contact, "wa_id")))
    return SendResult(external_id, tuple(claim for claim in learned if claim), kept)


def _first(found: Any) -> Json:
    return record(found[0]) if isinstance(found, list) and found else {}
