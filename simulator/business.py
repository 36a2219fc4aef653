"""What becomes of a business's message: accepted, sent, delivered, read or failed, told by webhooks."""

import asyncio
from collections.abc import Callable
from typing import Any

from simulator import pricing
from simulator.clock import iso
from simulator.errors import failure
from simulator.ids import identity_key, is_in_the_us
from simulator.models import RANK, Chat, Group, Message, Number
from simulator.shapes import message_shape
from simulator.webhooks import payloads
from simulator.webhooks.sender import Webhooks
from simulator.world import World

_TYPING_S = 25.0
_ANSWERS_AN_AD_S = 86_400.0


class Business:
    """Carries messages from business numbers to phones."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks
        # Told of what becomes of a line's messages: their webhooks are others.
        self.on_line_status: Callable[[Number, Message, str], None] = lambda number, message, state: None

    def keep(self, message: Message) -> None:
        """Take a message whose way does not begin yet."""
        self._world.save_message(message)

    def accept(self, message: Message) -> None:
        """Take a message that passed every check; what follows happens after the caller has answered."""
        self.keep(message)
        asyncio.get_running_loop().call_soon(self._send, message.id)

    def resume(self) -> None:
        """After a restart: carry on with every message that was still on its way."""
        for row in self._world.store.messages_on_their_way():
            message = self._world.message(row["id"])
            if message is None or message.channel not in self._world.numbers or message.kind == "call":
                continue
            chat = self._world.chat(message.channel, message.number)
            if message.status == "accepted":
                self._send(message.id)
            elif message.status == "delivered":
                if message.read_at is None and message.id not in chat.to_read and message.kind != "reaction":
                    self._plan_read(message, chat)
            elif message.id not in chat.to_deliver:
                self._plan_delivery(message, chat)

    def deliver_waiting(self) -> None:
        """Something has changed: whatever waits for a phone that can be reached again arrives, in order."""
        for chat in [chat for chat in self._world.chats.values() if chat.to_deliver]:
            waiting, chat.to_deliver = chat.to_deliver, []
            for message_id in waiting:
                message = self._world.message(message_id)
                if message:
                    self._plan_delivery(message, chat)
            self._world.save_chat(chat)

    def read_waiting(self, chat: Chat) -> None:
        """The customer looks at the chat: everything in it becomes read."""
        waiting, chat.to_read = chat.to_read, []
        for message_id in waiting:
            self._read(message_id)
        chat.unread = 0
        self._world.save_chat(chat)

    def played(self, message: Message) -> None:
        """The customer played a voice message for the first time."""
        if message.from_me or RANK.get(message.status, 9) >= RANK["played"]:
            return
        self._reach(message, "played")

    def typing(self, number: Number, wa_id: str) -> None:
        """The business types: shown until its next message, for 25 seconds at most."""
        chat = self._world.chat(number.id, wa_id)
        chat.typing_until = self._world.now() + _TYPING_S
        self._tell_typing(chat)

    # The way

    def _send(self, message_id: str) -> None:
        """Leave the provider's servers, or fail for a reason that only shows there."""
        message = self._world.message(message_id)
        number = self._world.numbers.get(message.channel) if message else None
        if message is None or number is None:
            return
        chat = self._world.chat(message.channel, message.number)
        code, after_sent = self._why_not(number, chat, message), False
        injected = self._world.faults.failure(message.channel, message.number)
        if injected:
            code, after_sent = injected
        if code and not after_sent:
            self.fail(message, code)
            return
        now = self._world.now()
        if chat.from_ad_at and now - chat.from_ad_at < _ANSWERS_AN_AD_S and chat.free_until < now:
            chat.free_until = now + number.settings.free_entry_point_h * 3600
            chat.from_ad_at = 0.0
        if not number.is_line:
            pricing.price(number, chat, message, now)
        self._world.save_number(number)
        message.sent_at = now
        self._reach(message, "sent")
        if code:
            self.fail(message, code)
        else:
            self._plan_delivery(message, chat)

    def _why_not(self, number: Number, chat: Chat, message: Message) -> int | None:
        """The code with which a message fails after it was accepted."""
        phone = self._world.phone(message.number)
        if number.is_line:
            return None
        if not phone.settings.on_whatsapp:
            return 131026
        closed = chat.window_until <= self._world.now()
        if message.category == "service" and closed and number.settings.window_check == "async":
            return 131047
        if message.category in ("marketing", "marketing_lite") and is_in_the_us(message.number):
            return 131049
        if message.category == "marketing" and phone.settings.stopped_marketing:
            return 131050
        lost = message.kind == "reaction" and self._world.message(message.target_id) is None
        return 131009 if lost else None

    def fail(self, message: Message, code: int, details: str | None = None) -> None:
        """End a message's way with an error, told by a `failed` status."""
        number = self._world.numbers.get(message.channel)
        message.error = {"code": code} if number and number.is_line else failure(code, details)
        self._reach(message, "failed")

    def _plan_delivery(self, message: Message, chat: Chat) -> None:
        """Have the message arrive after the phone's delay, or wait for a phone that cannot be reached."""
        if self._is_dropped(message):
            return
        phone, faults = self._world.phone(message.number), self._world.faults
        delay_s = phone.settings.delivery_delay_s
        delay_s = faults.phone("delivery_delay_s", chat.channel, chat.number, delay_s)
        delivers = faults.phone("deliver", chat.channel, chat.number, True)
        if phone.settings.offline or delay_s is None or not delivers:
            chat.to_deliver.append(message.id)
            self._world.save_chat(chat)
        elif delay_s:
            asyncio.get_running_loop().call_later(delay_s, self._deliver, message.id)
        else:
            self._deliver(message.id)

    def _is_dropped(self, message: Message) -> bool:
        """Its time is over: it never arrives, and nobody is told."""
        if not 0 < message.expires_at <= self._world.now():
            return False
        message.status = "dropped"
        self._world.save_message(message)
        return True

    def _deliver(self, message_id: str) -> None:
        message = self._world.message(message_id)
        if message is None or message.status != "sent" or self._is_dropped(message):
            return
        chat = self._world.chat(message.channel, message.number)
        if self._world.phone(message.number).settings.offline:
            chat.to_deliver.append(message.id)
            self._world.save_chat(chat)
            return
        number = self._world.numbers.get(message.channel)
        skips = number is not None and number.settings.delivered_may_be_skipped
        read_at_once = chat.open and skips
        if message.kind == "reaction":
            self._react(message)
        else:
            self._arrive(chat, message)
        if not read_at_once:
            message.delivered_at = self._world.now()
            self._reach(message, "delivered")
        if message.kind != "reaction":
            self._world.feed.publish("message", lambda: message_shape(self._world, message))
            self._plan_read(message, chat)

    def _arrive(self, chat: Chat, message: Message) -> None:
        """The chat list of the phone shows the message."""
        chat.last_id, chat.last_at = message.id, self._world.now()
        chat.unread += 1
        if chat.typing_until:
            chat.typing_until = 0.0
            self._tell_typing(chat)
        self._world.save_chat(chat)

    def _react(self, message: Message) -> None:
        """A reaction is not a message on the phone: it hangs on its target."""
        target = self._world.message(message.target_id)
        if target is None:
            return
        target.reactions.pop("them", None)
        if message.text:
            target.reactions["them"] = message.text
        self._world.save_message(target)
        self._world.feed.publish("reaction", lambda: reaction_shape(target))

    def _plan_read(self, message: Message, chat: Chat) -> None:
        """Read at once in an open chat, after a second on a phone left alone, else when somebody looks."""
        settings = self._world.phone(message.number).settings
        if chat.open:
            chat.to_read.append(message.id)
            self.read_waiting(chat)
        elif settings.auto_read:
            faults = self._world.faults
            delay_s = faults.phone("read_delay_s", chat.channel, chat.number, settings.read_delay_s)
            asyncio.get_running_loop().call_later(delay_s, self._read_by_itself, message.id)
        else:
            chat.to_read.append(message.id)
            self._world.save_chat(chat)

    def _read_by_itself(self, message_id: str) -> None:
        message = self._world.message(message_id)
        if message is None:
            return
        # The chat stays unread on the page until a person looks; only the business hears that it was read.
        self._read(message_id)

    def _read(self, message_id: str) -> None:
        message = self._world.message(message_id)
        if message is None or message.read_at or RANK.get(message.status, 9) >= RANK["read"]:
            return
        message.read_at = self._world.now()
        default = self._world.phone(message.number).settings.read_receipts
        receipts = self._world.faults.phone("read_receipts", message.channel, message.number, default)
        number = self._world.numbers.get(message.channel)
        if receipts and not (number and number.is_line):
            self._reach(message, "read")
        else:
            self._world.save_message(message)

    def _reach(self, message: Message, state: str) -> None:
        """Write a new status on the message, and tell the business and the open pages."""
        message.status = state
        self._world.save_message(message)
        self._world.feed.publish("status", lambda: status_shape(message))
        number = self._world.numbers.get(message.channel)
        if number:
            self._tell(number, message, state)

    def _tell(self, number: Number, message: Message, state: str) -> None:
        if number.is_line:
            self.on_line_status(number, message, state)
            return
        phone = self._world.phone(message.number)
        if phone.group:
            self._tell_group(number, message, state, phone.group)
            return
        user_id = self._world.user_id(number, message.number)
        hidden = self._world.chat(number.id, message.number).hidden
        item = payloads.status(number, message, state, self._world.now(), user_id, hidden=hidden)
        if number.settings.identity_check and state != "failed":
            item["recipient_identity_key_hash"] = identity_key(phone.number, phone.set_up)
        contact = None
        if state != "failed" and number.settings.contacts_in_statuses:
            out_of_sight = hidden and message.to_user_id
            contact = payloads.contact(number, phone, user_id, hidden=out_of_sight, username=state != "sent")
        self._webhooks.tell(number.id, "statuses", item, contact=contact, number=message.number)

    def _tell_group(self, number: Number, message: Message, state: str, group: Group) -> None:
        """One status for each who is in the group and can be told of, all in one POST."""
        together = f"{message.id}:{state}"
        if state in ("sent", "failed"):
            item = payloads.status(number, message, state, self._world.now(), None, hidden=False)
            item["recipient_type"] = "group"
            self._webhooks.tell(number.id, "statuses", item, number=message.number, group=together)
            return
        for phone in [self._world.phone(one) for one in group.members]:
            if phone.settings.offline or (state == "read" and not phone.settings.read_receipts):
                continue
            user_id = self._world.user_id(number, phone.number)
            member = (phone.number, user_id)
            item = payloads.group_status(number, message, state, self._world.now(), member)
            contact = payloads.contact(number, phone, user_id, hidden=False)
            self._webhooks.tell(
                number.id, "statuses", item, contact=contact, number=message.number, group=together
            )

    def _tell_typing(self, chat: Chat) -> None:
        self._world.save_chat(chat)
        self._world.feed.publish("typing", lambda: typing_shape(chat))


def status_shape(message: Message) -> dict[str, Any]:
    """A status event of the feed."""
    return {
        "id": message.id, "channel": message.channel, "number": message.number, "from_me": message.from_me,
        "status": message.status, "error": message.error,
    }  # fmt: skip


def reaction_shape(target: Message) -> dict[str, Any]:
    """A reaction event of the feed: all reactions on a message."""
    return {
        "id": target.id, "channel": target.channel, "number": target.number, "reactions": target.reactions,
    }  # fmt: skip


def typing_shape(chat: Chat) -> dict[str, Any]:
    """A typing event of the feed: until when the business is shown as typing, null for no longer."""
    return {"channel": chat.channel, "number": chat.number, "until": iso(chat.typing_until or None)}
