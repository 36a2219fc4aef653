"""What a customer does with the phone: writes, reacts, presses, edits, deletes, looks, goes offline."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from simulator.business import Business, reaction_shape, status_shape
from simulator.ids import new_message_id, new_sid
from simulator.jsonio import BadRequest
from simulator.models import Chat, Media, Message, Number, Phone
from simulator.shapes import message_shape, phone_shape, window_shape
from simulator.webhooks import payloads
from simulator.webhooks.sender import Outcome, Webhooks
from simulator.world import World

_WINDOW_S = 86_400.0
# Kinds that change another message instead of standing in the chat themselves.
SILENT = ("reaction", "edit", "revoke")
_NO_WINDOW = ("edit", "revoke", "system")
_UNREAD_KEPT = 100
_STATUS_OF = {"ok": "delivered", "failing": "waiting", "given_up": "failed"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be written. `content` stands beside `type` on the wire: {"text": {"body": …}}."""

    kind: str
    content: dict[str, Any]
    text: str = ""
    reply_to: str | None = None
    media: Media | None = None
    hidden: bool = False
    at: float | None = None
    client_ref: str | None = None
    group: str | None = None
    # In a group: who writes.
    author: str = ""


class Customers:
    """Carries what customers do to the businesses."""

    def __init__(self, world: World, business: Business, webhooks: Webhooks, base_url: str) -> None:
        self._world = world
        self._business = business
        self._webhooks = webhooks
        self._base_url = base_url
        webhooks.on_outcome = self._heard
        # Carries texts to telephone lines: their webhooks are others.
        self.on_text: Callable[[Number, Phone, Message], None] = lambda number, phone, message: None
        # Hears whether the business may call.
        self.on_call_reply: Callable[[Chat, dict[str, Any]], None] = lambda chat, reply: None
        world.on_new_phone = self.show_phone

    def write(self, number: Number, phone: Phone, draft: Draft) -> Message:
        """Send a message from a phone to a business. An offline phone keeps it until it is online again.

        Raises BadRequest for somebody who is not in the group.
        """
        if phone.group and draft.author not in phone.group.members:
            raise BadRequest("Only its members write in a group; say who does.")
        chat = self._world.chat(number.id, phone.number)
        message = Message(
            id=_new_id(number, draft),
            seq=self._world.next_seq(),
            channel=number.id,
            number=phone.number,
            from_me=True,
            kind=draft.kind,
            content=draft.content,
            at=draft.at or self._world.now(),
            text=draft.text,
            status="waiting",
            media_id=draft.media.id if draft.media else None,
            reply_to=draft.reply_to,
            hidden=draft.hidden or phone.settings.hide_number,
            client_ref=draft.client_ref,
            author=draft.author if phone.group else "",
        )
        chat.hidden = message.hidden
        self._world.save_message(message)
        self._show(chat, message)
        if phone.settings.offline:
            chat.to_send.append(message.id)
        else:
            self._post(number, phone, chat, message, draft.group)
        self._world.save_chat(chat)
        return message

    def change_settings(self, phone: Phone, values: dict[str, Any]) -> None:
        """Change how a phone behaves; coming online sends and receives what waited. Raises BadRequest."""
        phone.settings = phone.settings.changed(values)
        self._world.save_phone(phone)
        if not phone.settings.offline:
            self._send_waiting(phone)
            self._business.deliver_waiting()
        self.show_phone(phone)

    def rename(self, phone: Phone, name: str | None, username: str | None) -> None:
        """Change the name or the username."""
        phone.name = name or phone.name
        phone.username = username if username is not None else phone.username
        self._world.save_phone(phone)
        self.show_phone(phone)

    def set_up_anew(self, phone: Phone) -> None:
        """The same number on another phone: WhatsApp knows it by another key from now on."""
        phone.set_up += 1
        self._world.save_phone(phone)
        self.show_phone(phone)

    def look(self, chat: Chat, is_open: bool) -> None:
        """Open or leave a chat; what is in an open chat is read."""
        chat.open = is_open
        if is_open:
            self._business.read_waiting(chat)
        self._world.save_chat(chat)

    def seen_by_business(self, number: Number, message_id: str) -> Message | None:
        """The business marks a message as read, and all before it. None for an unknown one."""
        message = self._world.message(message_id)
        if message is None or not message.from_me or message.channel != number.id:
            return None
        chat = self._world.chat(number.id, message.number)
        unread = [found for key in chat.unread_by_business if (found := self._world.message(key))]
        chat.unread_by_business = [found.id for found in unread if found.seq > message.seq]
        for found in [*(one for one in unread if one.seq < message.seq), message]:
            self._set_status(found, "read")
        self._world.save_chat(chat)
        return message

    def show_phone(self, phone: Phone) -> None:
        """Tell the open pages what a phone looks like now."""
        self._world.feed.publish("phone", lambda: phone_shape(self._world, phone))

    # The way

    def _show(self, chat: Chat, message: Message) -> None:
        """The phone shows at once what its owner did."""
        world = self._world
        if message.kind not in SILENT:
            chat.last_id, chat.last_at = message.id, world.now()
            world.feed.publish("message", lambda: message_shape(world, message))
        elif message.kind == "reaction":
            self._react(message)
        else:
            self._amend(message)

    def _react(self, message: Message) -> None:
        target = self._world.message(message.target_id)
        if target is None:
            return
        target.reactions.pop("me", None)
        if message.text:
            target.reactions["me"] = message.text
        self._world.save_message(target)
        self._world.feed.publish("reaction", lambda: reaction_shape(target))

    def _amend(self, message: Message) -> None:
        """Edit or delete a message of one's own."""
        target = self._world.message(message.target_id)
        if target is None:
            return
        if message.kind == "edit":
            target.text, target.edited_at = message.text, message.at
        else:
            target.text, target.revoked_at = "", message.at
        self._world.save_message(target)
        self._world.feed.publish("message", lambda: message_shape(self._world, target))

    def _post(
        self, number: Number, phone: Phone, chat: Chat, message: Message, group: str | None = None
    ) -> None:
        """Reach the provider: the reply window opens and the business is told."""
        self._set_status(message, "sent")
        if chat.blocked:
            return
        if number.is_line:
            self.on_text(number, phone, message)
            return
        if message.kind not in _NO_WINDOW:
            chat.window_until = max(chat.window_until, message.at + _WINDOW_S)
            self._world.feed.publish("chat", lambda: window_shape(chat))
        if message.kind not in SILENT:
            chat.unread_by_business = [*chat.unread_by_business[-_UNREAD_KEPT:], message.id]
        if reply := (message.content.get("interactive") or {}).get("call_permission_reply"):
            self.on_call_reply(chat, reply)
        if "referral" in message.content:
            chat.from_ad_at = message.at
        writer = self._world.phone(message.author) if message.author else phone
        user_id = self._world.user_id(number, writer.number)
        item = payloads.inbound(number, self._with_address(number, message), user_id, self._quoted(message))
        contact = None
        if message.kind != "system":
            contact = payloads.contact(number, writer, user_id, hidden=message.hidden)
        self._webhooks.tell(
            number.id,
            "messages",
            item,
            contact=contact,
            number=phone.number,
            message_id=message.id,
            group=group,
        )

    def _with_address(self, number: Number, message: Message) -> Message:
        """The message with its file as the webhook shows it: id, checksum, an address for five minutes."""
        media = self._world.media.get(message.media_id or "")
        if media is None:
            return message
        lives_s = number.settings.media_url_lives_s
        url = self._world.files.address(self._base_url, media, now=self._world.now(), lives_s=lives_s)
        said = message.content[message.kind]
        shown = {
            **{k: v for k, v in said.items() if k == "caption"},
            **payloads.media_object(number, media, url),
        }
        shown |= {key: value for key, value in said.items() if key != "caption"}
        return replace(message, content={**message.content, message.kind: shown})

    def _quoted(self, message: Message) -> Message | None:
        return self._world.message(message.reply_to)

    def _send_waiting(self, phone: Phone) -> None:
        """Everything written while offline goes out, in order."""
        for chat in [chat for chat in self._world.chats.values() if chat.number == phone.number]:
            waiting, chat.to_send = chat.to_send, []
            number = self._world.numbers.get(chat.channel)
            for message_id in waiting:
                message = self._world.message(message_id)
                if message and number:
                    self._post(number, phone, chat, message)
            self._world.save_chat(chat)

    def heard_by_line(self, message: Message, outcome: Outcome) -> None:
        """A line's business took a text, or did not."""
        self._set_status(message, _STATUS_OF[outcome])

    def _heard(self, message_id: str, outcome: Outcome) -> None:
        """A webhook with this message was answered, or was not."""
        message = self._world.message(message_id)
        if message and message.status != "read":
            self._set_status(message, _STATUS_OF[outcome])

    def _set_status(self, message: Message, status: str) -> None:
        if message.status == status or (message.status == "read" and status != "read"):
            return
        message.status = status
        self._world.save_message(message)
        self._world.feed.publish("status", lambda: status_shape(message))


def _new_id(number: Number, draft: Draft) -> str:
    if number.is_line:
        return new_sid("MM" if draft.media else "SM")
    return new_message_id(from_customer=True)


def own_message(world: World, chat: Chat, message_id: object, *, from_me: bool | None = None) -> Message:
    """A message of this chat, to react to, press, edit or delete. Raises BadRequest when there is none."""
    message = world.message(str(message_id))
    if message is None or (message.channel, message.number) != (chat.channel, chat.number):
        raise BadRequest(f"There is no message {message_id} in this chat.")
    if from_me is not None and message.from_me != from_me:
        raise BadRequest("Only the customer's own messages can be edited or deleted.")
    return message
