"""What a customer is asked to write, from JSON to a Draft: `{"text": "Hi"}`, `{"image": "photo"}`, …"""

import asyncio
import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from simulator import ids, samples
from simulator.answers import answer_draft
from simulator.customer import Draft, own_message
from simulator.jsonio import BadRequest, as_object, reading
from simulator.models import Chat, Media
from simulator.world import World

Json = dict[str, Any]
MEDIA_KINDS = ("image", "video", "audio", "voice", "document", "sticker")
_SAMPLE_FOR = {"image": "photo", "audio": "voice"}
_OWN_KEYS = ("from", "from_user_id", "id", "timestamp", "type")


async def draft_from(world: World, chat: Chat, body: Json) -> Draft:
    """The one message a JSON body describes. Raises BadRequest."""
    body = _media_alias(body)
    kinds = [kind for kind in (*MEDIA_KINDS, *_READERS) if body.get(kind) is not None]
    if len(kinds) != 1:
        known = ", ".join((*MEDIA_KINDS, *_READERS))
        raise BadRequest(f"Say one of: {known}." if not kinds else f"Say only one of: {', '.join(kinds)}.")
    kind = kinds[0]
    with reading(BadRequest):
        if kind in MEDIA_KINDS:
            draft = await _media(world, chat, kind, body[kind])
        else:
            draft = _READERS[kind](world, chat, body[kind])
    return _with_common(draft, body)


async def media_draft(world: World, chat: Chat, kind: str, content: bytes, mime: str,
                      filename: str | None, caption: str) -> Draft:  # fmt: skip
    """A message with a file. A voice note is made mono Opus in Ogg, whatever was recorded."""
    voice = kind == "voice"
    media = await asyncio.to_thread(
        world.files.write, content, channel=chat.channel, mime=mime, source="customer", at=world.now(),
        filename=filename if kind == "document" else None, voice=voice,
    )  # fmt: skip
    world.save_media(media)
    wire_kind = "audio" if voice else kind
    return Draft("audio" if voice else kind, {wire_kind: _said(kind, media, caption)}, caption, media=media)


def _said(kind: str, media: Media, caption: str) -> Json:
    """What stands in the message about the file besides its id."""
    said: Json = {"caption": caption} if caption and kind in ("image", "video", "document") else {}
    if kind == "document":
        said["filename"] = media.filename or "document"
    if kind in ("voice", "audio"):
        said["voice"] = kind == "voice"
    if kind == "sticker":
        said["animated"] = False
    return said


def _media_alias(body: Json) -> Json:
    """`{"media": {"kind": "image", …}}` is another way to say `{"image": {…}}`."""
    if body.get("media") is None:
        return body
    media = as_object(body["media"], "“media”")
    kind = media.pop("kind", None)
    if kind not in MEDIA_KINDS:
        raise BadRequest(f"“media.kind” must be one of: {', '.join(MEDIA_KINDS)}.")
    return {**{name: value for name, value in body.items() if name != "media"}, kind: media}


async def _media(world: World, chat: Chat, kind: str, said: Any) -> Draft:
    """A message with a built-in file (`"photo"`, or `{"sample": "photo"}`) or one given as base64."""
    said = {"sample": said} if isinstance(said, str) else as_object(said, f"“{kind}”")
    if said.get("base64"):
        content, mime, filename = _decoded(said["base64"]), said.get("mime"), said.get("filename")
    else:
        found = await asyncio.to_thread(
            _sample, said.get("sample") or said.get("path") or _SAMPLE_FOR.get(kind, kind)
        )
        content, mime, filename = found.content, found.mime, found.filename
    mime = str(said.get("mime") or mime or "application/octet-stream")
    filename = said.get("filename") or filename
    return await media_draft(world, chat, kind, content, mime, filename, str(said.get("caption") or ""))


def _sample(name: str) -> samples.Sample:
    try:
        return samples.sample(name)
    except KeyError as error:
        raise BadRequest(
            f"There is no built-in file “{name}”. There are: {', '.join(samples.NAMES)}."
        ) from error


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadRequest("“base64” is not base64.") from error


def _text(world: World, chat: Chat, said: Any) -> Draft:
    return Draft("text", {"text": {"body": str(said)}}, str(said))


def _location(world: World, chat: Chat, said: Any) -> Draft:
    place = as_object(said, "“location”")
    return Draft("location", {"location": place}, str(place.get("name") or place.get("address") or ""))


def _contacts(world: World, chat: Chat, said: Any) -> Draft:
    if not isinstance(said, list) or not said:
        raise BadRequest("“contacts” must be a list of contact cards.")
    return Draft("contacts", {"contacts": said}, str(said[0].get("name", {}).get("formatted_name", "")))


def _reaction(world: World, chat: Chat, said: Any) -> Draft:
    """A removed reaction has no `emoji` key at all."""
    reaction = as_object(said, "“reaction”")
    content = {"message_id": str(reaction.get("target") or reaction.get("message_id"))}
    emoji = reaction.get("emoji") or ""
    return Draft("reaction", {"reaction": content | ({"emoji": emoji} if emoji else {})}, emoji)


def _button(world: World, chat: Chat, said: Any) -> Draft:
    """A pressed button: a template's quick reply, or a reply button of a session message."""
    pressed = as_object(said, "“button”")
    target, text = str(pressed.get("target")), str(pressed.get("text") or pressed.get("title") or "")
    payload = str(pressed.get("payload") or pressed.get("id") or text)
    message = world.message(target)
    if message and message.kind == "interactive":
        reply = {"type": "button_reply", "button_reply": {"id": payload, "title": text}}
        return Draft("interactive", {"interactive": reply}, text, reply_to=target)
    return Draft("button", {"button": {"payload": payload, "text": text}}, text, reply_to=target)


def _list(world: World, chat: Chat, said: Any) -> Draft:
    """A chosen row of a list message."""
    row = as_object(said, "“list”")
    reply = {key: str(row[key]) for key in ("id", "title", "description") if row.get(key)}
    content = {"interactive": {"type": "list_reply", "list_reply": reply}}
    return Draft("interactive", content, reply.get("title", ""), reply_to=str(row.get("target")))


def _edit(world: World, chat: Chat, said: Any) -> Draft:
    edit = as_object(said, "“edit”")
    target, text = own_message(world, chat, edit.get("target"), from_me=True), str(edit.get("text", ""))
    changed = {"context": {"id": "M0"}, "type": "text", "text": {"body": text}}
    return Draft("edit", {"edit": {"original_message_id": target.id, "message": changed}}, text)


def _revoke(world: World, chat: Chat, said: Any) -> Draft:
    revoke = as_object(said, "“revoke”") if not isinstance(said, str) else {"target": said}
    target = own_message(world, chat, revoke.get("target"), from_me=True)
    return Draft("revoke", {"revoke": {"original_message_id": target.id}})


def _raw(world: World, chat: Chat, said: Any) -> Draft:
    """A message object as it shall stand on the wire; id, sender and time are filled in."""
    raw = as_object(said, "“raw”")
    kind = str(raw.get("type") or "text")
    content = {name: value for name, value in raw.items() if name not in _OWN_KEYS}
    return Draft(kind, content, _text_in(content.get(kind)))


def _text_in(said: Any) -> str:
    """What a person reads of a raw body: its text or emoji, or that of the message inside an edit."""
    if not isinstance(said, dict):
        return ""
    inner = said.get("message")
    text = said.get("body") or said.get("emoji") or said.get("caption")
    return _text_in(inner.get("text")) if isinstance(inner, dict) else str(text or "")


def _with_common(draft: Draft, body: Json) -> Draft:
    """What may stand beside any message: a quote, a hidden number, a time, the ad it came from."""
    content = dict(draft.content)
    if body.get("referral"):
        content["referral"] = as_object(body["referral"], "“referral”")
    try:
        at = float(body["timestamp"]) if body.get("timestamp") is not None else None
    except (TypeError, ValueError) as error:
        raise BadRequest("“timestamp” must be Unix seconds.") from error
    return Draft(
        draft.kind, content, draft.text, media=draft.media, hidden=bool(body.get("hidden")), at=at,
        reply_to=str(body["reply_to"]) if body.get("reply_to") else draft.reply_to,
        client_ref=str(body["client_ref"]) if body.get("client_ref") else None,
        author=ids.whatsapp_id(str(body["author"])) if body.get("author") else "",
    )  # fmt: skip


_READERS: dict[str, Callable[[World, Chat, Any], Draft]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "button": _button,
    "list": _list,
    "answer": answer_draft,
    "edit": _edit,
    "revoke": _revoke,
    "raw": _raw,
}


def quoting(draft: Draft, message_id: str | None) -> Draft:
    """The draft as an answer to a message."""
    return replace(draft, reply_to=message_id)
