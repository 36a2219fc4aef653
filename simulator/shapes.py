"""The world as JSON for the phone page and the control addresses."""

from typing import Any

from simulator import ids
from simulator.clock import iso
from simulator.models import Chat, Group, Message, Number, Phone
from simulator.world import World

Json = dict[str, Any]


def number_shape(number: Number) -> Json:
    """A business number as the phone page shows it."""
    shown: Json = {
        "phone_number_id": number.id,
        "verified_name": number.verified_name,
        "display_phone_number": ids.formatted_number(number.display_phone_number),
        "kind": number.kind,
    }
    if number.openers:
        shown["openers"] = number.openers
    if number.username:
        shown["username"] = number.username
    return shown | ({"colour": number.colour} if number.colour else {})


def phone_shape(world: World, phone: Phone) -> Json:
    """A phone with all its chats."""
    chats = [chat for key in world.numbers if (chat := world.chats.get((key, phone.number)))]
    first = next(iter(world.numbers.values()), None)
    return {
        "number": phone.number,
        "name": phone.name,
        "display_number": "Group" if phone.group else ids.formatted_number(phone.number),
        "user_id": world.user_id(first, phone.number) if first and not phone.group else None,
        "group": group_shape(world, phone) if phone.group else None,
        "username": phone.username,
        "settings": phone.settings.as_dict(),
        "chats": [chat_shape(world, chat) for chat in chats],
    }


def group_shape(world: World, phone: Phone) -> Json:
    """Who is in a group, and how one gets in."""
    group = phone.as_group
    names = {one: world.phone(one).name for one in [*group.members, *group.asking.values()]}
    return {
        "id": phone.number,
        "channel": group.channel,
        "subject": phone.name,
        "description": group.description,
        "invite_link": invite_link(group),
        "needs_approval": group.needs_approval,
        "suspended": group.suspended,
        "picture": f"/phone/media/{group.picture}" if group.picture else None,
        "members": [{"number": one, "name": names[one]} for one in group.members],
        "asking": [{"id": key, "number": one, "name": names[one]} for key, one in group.asking.items()],
    }


def invite_link(group: Group) -> str:
    """The address by which people join."""
    return f"https://chat.whatsapp.com/{group.invite}"


def chat_shape(world: World, chat: Chat) -> Json:
    """A chat as a row of the list."""
    last = world.message(chat.last_id)
    number = world.numbers[chat.channel]
    return {
        "channel": chat.channel,
        "user_id": world.user_id(number, chat.number),
        "last": message_shape(world, last) if last else None,
        "unread": chat.unread,
        "window_until": iso(chat.window_until or None),
        "typing_until": iso(chat.typing_until or None),
        "blocked": chat.blocked,
        "open": chat.open,
    }


def window_shape(chat: Chat) -> Json:
    """Until when the business may answer freely."""
    return {"channel": chat.channel, "number": chat.number, "window_until": iso(chat.window_until or None)}


def message_shape(world: World, message: Message) -> Json:
    """A message as the customer sees it."""
    return {
        "id": message.id,
        "seq": message.seq,
        "channel": message.channel,
        "number": message.number,
        "from_me": message.from_me,
        "author": _author(world, message),
        "kind": _kind(message),
        "text": message.text,
        "content": message.content,
        "media": _media_shape(world, message.media_id),
        "card_media": {place: _media_shape(world, one) for place, one in message.card_media.items()},
        "template": message.template,
        "reply_to": message.reply_to,
        "quote": _quote(world.message(message.reply_to)),
        "reactions": message.reactions,
        "status": message.status,
        "error": message.error,
        "client_ref": message.client_ref,
        "at": iso(message.at),
        "edited_at": iso(message.edited_at),
        "revoked_at": iso(message.revoked_at),
    }


def outbox_shape(world: World, message: Message) -> Json:
    """A business message for GET /control/outbox: `content` is the body as it was sent."""
    shown: Json = {
        "provider_id": message.id,
        "seq": message.seq,
        "channel": message.channel,
        "to": message.number,
        "kind": _kind(message),
        "text": message.text,
        "content": message.content,
        "status": message.status,
        "accepted_at": iso(message.at),
        "received_at": iso(message.delivered_at or message.read_at),
        "read_at": iso(message.read_at),
        "reactions": message.reactions,
        "reply_to": message.reply_to,
        "biz_opaque_callback_data": message.callback_data,
        "error": message.error,
        "media": _media_shape(world, message.media_id),
        "card_media": {place: _media_shape(world, one) for place, one in message.card_media.items()},
    }
    return {name: value for name, value in shown.items() if value not in (None, {})}


def _author(world: World, message: Message) -> Json | None:
    """Who wrote in a group."""
    if not message.author:
        return None
    return {"number": message.author, "name": world.phone(message.author).name}


def _kind(message: Message) -> str:
    """The kind of a message; a voice note is audio on the wire."""
    return "voice" if message.is_voice else message.kind


def _media_shape(world: World, media_id: str | None) -> Json | None:
    media = world.media.get(media_id or "")
    if media is None:
        return None
    return {
        "id": media.id,
        "url": f"/phone/media/{media.id}",
        "mime": media.mime,
        "filename": media.filename,
        "size": media.size,
        "width": media.width,
        "height": media.height,
        "duration_s": media.duration_s,
        "waveform": media.waveform,
    }


def _quote(message: Message | None) -> Json | None:
    """The quoted message in a line."""
    if message is None:
        return None
    return {"id": message.id, "from_me": message.from_me, "kind": _kind(message), "text": message.text[:160]}
