"""POST /{number}/messages: send to a customer, mark as read, show as typing."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from simulator.errors import GraphError
from simulator.graph import calling, templates, validate
from simulator.graph.call import Call, misshapen, required
from simulator.graph.direct import check_direct
from simulator.graph.links import fetch_then_send
from simulator.ids import identity_key, new_message_id
from simulator.jsonio import reading
from simulator.media import is_alive
from simulator.models import Media, Message

Json = dict[str, Any]
_CALLBACK_DATA_MAX = 512
# How long a message is tried to be delivered when nothing else is said.
_LIVES_S, _CODE_LIVES_S = 2_592_000, 600
_FOR_GROUPS = {"text", "template", *validate.MEDIA_KINDS}
# Which types of file may travel as which kind; `document` takes anything.
_KIND_OF_MIME = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/",),
    "gif": ("video/mp4",),
    "audio": ("audio/",),
    "sticker": ("image/webp",),
}


@dataclass(slots=True)
class _Parcel:
    """A checked message body, with the files it carries or the addresses to fetch them from.

    links: (place of the card, None for the message's own file) and address; cards: files of the cards.
    """

    kind: str
    content: Json
    text: str
    category: str = "service"
    template: Json | None = None
    ttl_s: int | None = None
    media: Media | None = None
    links: list[tuple[int | None, str]] = field(default_factory=list)
    cards: dict[int, Media] = field(default_factory=dict)
    flaw: str | None = None


async def messages(call: Call) -> Json:
    """Send a message, or mark one as read. Raises GraphError."""
    if call.params.get("messaging_product") != "whatsapp":
        required({}, "messaging_product")
    if call.params.get("status"):
        return _mark_read(call)
    return _send(call)


async def marketing_messages(call: Call) -> Json:
    """Send a marketing template by the Marketing Messages API. Raises GraphError."""
    if call.params.get("type") != "template":
        raise GraphError(134100, "Only marketing templates can be sent here.")
    if call.params.get("product_policy", "STRICT") not in ("STRICT", "CLOUD_API_FALLBACK"):
        raise GraphError(100, "Param product_policy must be one of {CLOUD_API_FALLBACK, STRICT}.")
    if not isinstance(call.params.get("message_activity_sharing", False), bool):
        raise GraphError(100, "Param message_activity_sharing must be a boolean.")
    return _send(call, marketing_only=True)


def _mark_read(call: Call) -> Json:
    """The message and all before it become read; with a typing indicator the business shows as typing."""
    if call.params["status"] != "read":
        raise GraphError(100, "Param status must be one of {READ}.")
    message = call.sim.customers.seen_by_business(call.number, str(required(call.params, "message_id")))
    if message is None:
        raise GraphError(131009, "The message_id does not belong to a message received by this number.")
    if call.params.get("typing_indicator"):
        call.sim.business.typing(call.number, message.number)
    return {"success": True}


def _send(call: Call, *, marketing_only: bool = False) -> Json:
    with reading(misshapen):
        wa_id, user_id = _recipient(call)
        parcel = _parcel(call)
    if marketing_only:
        parcel.category = _marketing_category(call, parcel)
    elif ((parcel.template or {}).get("header") or {}).get("kind") == "gif":
        raise GraphError(132012, "A GIF header can only be sent by the Marketing Messages API.")
    _check_may_send(call, wa_id, parcel, user_id)
    message = _message(call, wa_id, parcel, to_user_id=user_id is not None)
    _hand_over(call, message, parcel)
    return _accepted(call, message, user_id)


def _marketing_category(call: Call, parcel: _Parcel) -> str:
    """As what a marketing template goes here: its own product, or the usual one if need be and allowed."""
    if parcel.category != "marketing":
        raise GraphError(134100, "Only marketing templates can be sent here.")
    if call.number.settings.marketing_api == "on":
        return "marketing_lite"
    if call.params.get("product_policy") != "CLOUD_API_FALLBACK":
        raise GraphError(134102, "Marketing messages cannot be sent here now.")
    return "marketing"


def _recipient(call: Call) -> tuple[str, str | None]:
    """(WhatsApp id, user id if that was used). Raises GraphError."""
    if call.params.get("recipient_type", "individual") != "individual":
        return _group(call), None
    wa_id, user_id = call.recipient()
    if wa_id is None and user_id is None:
        required({}, "to")
    if wa_id is None:
        raise GraphError(131009, "The recipient is not a user this business has met.")
    if not 7 <= len(wa_id) <= 15:
        raise GraphError(131009, "Param to is not a valid WhatsApp phone number.")
    if wa_id == call.number.display_phone_number:
        raise GraphError(131021)
    return wa_id, user_id


def _group(call: Call) -> str:
    """The id of the group this message is for. Raises GraphError."""
    group = call.sim.groups.find(str(call.params.get("to")), call.number)
    if group is None:
        raise GraphError(131041, "There is no such group.", http=400)
    if group.group and group.group.suspended:
        raise GraphError(131207)
    if str(call.params.get("type") or "text").lower() not in _FOR_GROUPS:
        raise GraphError(100, "Groups take text, media and templates only.")
    return group.number


def _parcel(call: Call) -> _Parcel:
    """The body, checked. Raises GraphError."""
    kind = str(call.params.get("type") or "text").lower()
    data = call.params.get("biz_opaque_callback_data")
    if data is not None and (not isinstance(data, str) or len(data) > _CALLBACK_DATA_MAX):
        raise GraphError(
            100,
            f"Param biz_opaque_callback_data must be a string of at most {_CALLBACK_DATA_MAX} characters.",
        )
    if kind == "template":
        check_direct(call, kind, {}, "")
        return _template_parcel(call)
    content = validate.content_of(kind, call.params)
    parcel = _Parcel(kind, {kind: content}, validate.text_of(kind, content))
    parcel.category, parcel.ttl_s = check_direct(call, kind, parcel.content, parcel.text)
    if kind in validate.MEDIA_KINDS:
        _attach(call, parcel, kind, content)
    elif kind == "interactive":
        header = content.get("header") or {}
        if header.get("type") in validate.MEDIA_KINDS:
            _attach(call, parcel, header["type"], header[header["type"]])
        for place, card in enumerate(_cards_in(content)):
            kind = str((card.get("header") or {}).get("type"))
            _attach(call, parcel, kind, validate.object_of(card["header"], kind), place)
    return parcel


def _cards_in(interactive: Json) -> list[Json]:
    """The cards of a session message."""
    cards = interactive["action"].get("cards") if interactive.get("type") == "carousel" else None
    return [card for card in cards or [] if isinstance(card, dict) and card.get("header")]


def _template_parcel(call: Call) -> _Parcel:
    body = validate.object_of(call.params, "template")
    template = templates.find(call.number, body)
    if template["category"] == "AUTHENTICATION" and call.recipient()[1]:
        raise GraphError(131062)
    rendered = templates.render(template, body)
    parcel = _Parcel(
        "template",
        {"template": body},
        rendered["body"],
        category=template["category"].lower(),
        template=rendered,
        ttl_s=template.get("message_send_ttl_seconds"),
    )
    header = rendered["header"] or {}
    if header.get("file"):
        _attach(call, parcel, header["kind"], header.pop("file"))
    for place, card in enumerate(rendered["cards"]):
        _attach(call, parcel, card["header"]["kind"], card["header"].pop("file"), place)
    return parcel


def _attach(call: Call, parcel: _Parcel, kind: str, said: Json, place: int | None = None) -> None:
    """Find the file a body names, by id or by link. place: of its card. Raises GraphError for a wrong id."""
    if link := said.get("link"):
        parcel.links.append((place, link))
        return
    media = call.sim.world.media.get(str(said.get("id")))
    if media is None or media.channel != call.number.id or not is_alive(media, call.now):
        raise GraphError(131009, f"Param {kind}['id'] is not a media id of this number, or has expired.")
    if place is None:
        parcel.media = media
    else:
        parcel.cards[place] = media
    fits = media.mime.startswith(_KIND_OF_MIME.get(kind, ("",)))
    wrong = media.flaw or (None if fits else f"A file of type {media.mime} cannot be sent as {kind}.")
    parcel.flaw = parcel.flaw or wrong


def _check_may_send(call: Call, wa_id: str, parcel: _Parcel, user_id: str | None) -> None:
    """Blocks, rates and, if so set, the window. Raises GraphError."""
    chat = call.sim.world.chat(call.number.id, wa_id)
    if chat.blocked:
        raise GraphError(130403)
    _check_identity(call, wa_id)
    in_window = chat.window_until > call.now
    is_answer = parcel.category == "service"
    if call.number.settings.window_check == "sync" and is_answer and not in_window:
        raise GraphError(131047)
    _check_number(call, wa_id, is_started=not in_window)
    calling.check_request(call, chat, parcel.content)
    call.sim.limits.check_throughput(call.number, call.now)
    call.sim.limits.check_pair(call.number, wa_id, call.now)


def _check_identity(call: Call, wa_id: str) -> None:
    """Whoever names a key writes only to the phone that has it. Raises GraphError 137000."""
    named = call.params.get("recipient_identity_key_hash")
    if named and named != identity_key(wa_id, call.sim.world.phone(wa_id).set_up):
        raise GraphError(137000)


def _check_number(call: Call, wa_id: str, *, is_started: bool) -> None:
    """A banned number says nothing, a restricted one only answers, and its tier limits new people."""
    if not call.number.registration.registered:
        raise GraphError(133010)
    state = call.number.settings.number_status
    if state == "BANNED":
        raise GraphError(131031)
    if is_started and state == "RESTRICTED":
        raise GraphError(131048)
    if is_started and not call.sim.limits.within_tier(call.number, wa_id, call.now):
        raise GraphError(131048, "The messaging limit of this business is reached.")


def _message(call: Call, wa_id: str, parcel: _Parcel, *, to_user_id: bool) -> Message:
    context = call.params.get("context")
    reply_to = context.get("message_id") if isinstance(context, dict) else None
    return Message(
        id=new_message_id(from_customer=False),
        seq=call.sim.world.next_seq(),
        channel=call.number.id,
        number=wa_id,
        from_me=False,
        kind=parcel.kind,
        content=parcel.content,
        at=call.now,
        text=parcel.text,
        media_id=parcel.media.id if parcel.media else None,
        card_media={str(place): media.id for place, media in parcel.cards.items()},
        template=parcel.template,
        reply_to=reply_to,
        callback_data=call.params.get("biz_opaque_callback_data"),
        to_user_id=to_user_id,
        category=parcel.category,
        expires_at=call.now + _lives_s(parcel),
    )


def _lives_s(parcel: _Parcel) -> float:
    """How long it is tried to be delivered; a marketing template's own time counts at its API only."""
    counts = parcel.ttl_s not in (None, -1) and parcel.category != "marketing"
    if counts and parcel.ttl_s:
        return parcel.ttl_s
    is_code = parcel.category == "authentication" and parcel.ttl_s is None
    return _CODE_LIVES_S if is_code else _LIVES_S


def _hand_over(call: Call, message: Message, parcel: _Parcel) -> None:
    """The message is accepted; a file at an address is fetched first, a file that does not do fails later."""
    if parcel.links:
        call.sim.business.keep(message)
        call.sim.run(fetch_then_send(call.sim, message, parcel.links))
    elif parcel.flaw:
        call.sim.business.keep(message)
        asyncio.get_running_loop().call_soon(call.sim.business.fail, message, 131053, parcel.flaw)
    else:
        call.sim.business.accept(message)


def _accepted(call: Call, message: Message, user_id: str | None) -> Json:
    """The answer: accepted, which is not yet sent."""
    contact = {"input": str(call.params.get("to") or user_id)}
    contact |= {"user_id": user_id} if user_id else {"wa_id": message.number}
    sent: Json = {"id": message.id}
    if call.params.get("recipient_type") == "group":
        sent["group_id"] = message.number
    if message.template is not None and call.number.settings.template_message_status:
        sent["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}
