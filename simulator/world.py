"""The world as it stands: numbers, phones, chats, messages and files, in memory, saved behind."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from simulator import ids
from simulator.clock import Clock
from simulator.faults import Faults
from simulator.feed import Feed
from simulator.media import Files
from simulator.models import Chat, Group, Login, Media, Message, Number, Phone, Registration
from simulator.settings import NumberSettings, PhoneSettings
from simulator.store import MessageRow, Store, ThingRow
from simulator.wirelog import WireLog

# So many messages stay in memory; older ones are read from the file when somebody asks for them.
_MESSAGES_KEPT = 20_000
# Kinds of rows that come and go.
_PASSING = ("post", "update")


class World:
    """Lookups and the list of what must be saved. The rules live in customer.py and business.py."""

    def __init__(self, store: Store, files: Files) -> None:
        self.store = store
        self.files = files
        self.clock = Clock()
        self.feed = Feed()
        self.log = WireLog(self.feed)
        self.faults = Faults()
        self.numbers: dict[str, Number] = {}
        self.phones: dict[str, Phone] = {}
        self.chats: dict[tuple[str, str], Chat] = {}
        self.media: dict[str, Media] = {}
        # Tokens of embedded signup.
        self.logins: dict[str, Login] = {}
        self._messages: dict[str, Message] = {}
        self._user_ids: dict[str, str] = {}
        self._unsaved: dict[tuple[str, str], Any] = {}
        self._gone: set[tuple[str, str]] = set()
        # Which waiting webhooks stand in the file: most are delivered before they would be written.
        self._stored: set[tuple[str, str]] = set()
        self._last_seq = 0
        self._saving = asyncio.Lock()
        # Told of phones that are new, renamed, or have a new chat.
        self.on_new_phone: Callable[[Phone], None] = lambda phone: None

    def load(self) -> None:
        """Take up where the last run stopped."""
        for row in self.store.things("number"):
            state = Registration(**row.get("registration", {}))
            kept = {"settings": _known(NumberSettings, row["settings"]), "registration": state}
            number = Number(**{**row, **kept})
            self.numbers[number.id] = number
        for row in self.store.things("phone"):
            kept = {"settings": _known(PhoneSettings, row["settings"])}
            kept["group"] = Group(**row["group"]) if row.get("group") else None
            phone = Phone(**{**row, **kept})
            self.phones[phone.number] = phone
        for row in self.store.things("chat"):
            chat = Chat(**{**row, "open": False})  # nobody looks yet: the pages say so when they are back
            self.chats[chat.channel, chat.number] = chat
            self._learn_user_id(chat)
        self.media = {row["id"]: Media(**row) for row in self.store.things("media")}
        self.logins = {row["token"]: Login(**row) for row in self.store.things("login")}
        self._last_seq = self.store.last_seq()

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.now()

    # Lookups

    def phone(self, wa_id: str, name: str | None = None) -> Phone:
        """The phone with this number; made when it does not exist. A name given replaces the old one."""
        phone = self.phones.get(wa_id)
        if phone is None:
            phone = self.phones[wa_id] = Phone(wa_id, name or ids.formatted_number(wa_id))
        elif not name or name == phone.name:
            return phone
        phone.name = name or phone.name
        self.save_phone(phone)
        self.on_new_phone(phone)
        return phone

    def chat(self, channel: str, wa_id: str) -> Chat:
        """The chat of a phone with a business number; made when it does not exist."""
        chat = self.chats.get((channel, wa_id))
        if chat is None:
            chat = self.chats[channel, wa_id] = Chat(channel, wa_id)
            self._learn_user_id(chat)
            self.save_chat(chat)
            self.on_new_phone(self.phone(wa_id))
        return chat

    def message(self, message_id: str | None) -> Message | None:
        """A message by id, from memory or from the file."""
        if message_id is None:
            return None
        message = self._messages.get(message_id)
        if message is None and (row := self.store.message(message_id)):
            message = self._messages[message_id] = Message(**row)
        return message

    async def chat_page(self, channel: str, wa_id: str, before: int | None, limit: int) -> list[Message]:
        """The newest messages the customer sees before a sequence number, newest first."""
        await self.flush()
        return [self._freshest(row) for row in self.store.chat_page(channel, wa_id, before, limit)]

    async def outbox(self, wa_id: str | None, channel: str | None, after: int, limit: int) -> list[Message]:
        """What businesses sent, oldest first, after a sequence number."""
        await self.flush()
        return [self._freshest(row) for row in self.store.outbox(wa_id, channel, after, limit)]

    async def of_channel(self, channel: str, limit: int) -> list[Message]:
        """The newest messages of one channel, both ways; newest first."""
        await self.flush()
        return [self._freshest(row) for row in self.store.of_channel(channel, limit)]

    def user_id(self, number: Number, wa_id: str) -> str:
        """The id under which this business knows this user."""
        return ids.user_id(number.business_id, wa_id)

    def whatsapp_id_of(self, user_id: str) -> str | None:
        """The phone behind a business-scoped user id, if any business has met it."""
        return self._user_ids.get(user_id)

    def next_seq(self) -> int:
        """The number of the next message: messages of a chat are shown in this order."""
        self._last_seq += 1
        return self._last_seq

    # Saving

    def save_number(self, number: Number) -> None:
        """Have a number written."""
        self.numbers[number.id] = number
        self.save("number", number.id, number)

    def remove_number(self, number: Number) -> None:
        """Take a number out of the world; its messages stay in the file."""
        self.numbers.pop(number.id, None)
        self._gone.add(("number", number.id))
        self._unsaved.pop(("number", number.id), None)
        self.feed.publish("reload", dict)

    def save_phone(self, phone: Phone) -> None:
        """Have a phone written."""
        phone.changed_at = self.now()
        self.save("phone", phone.number, phone)

    def save_chat(self, chat: Chat) -> None:
        """Have a chat written."""
        self.save("chat", f"{chat.channel}/{chat.number}", chat)

    def save_media(self, media: Media) -> None:
        """Have a file's row written."""
        self.media[media.id] = media
        self.save("media", media.id, media)

    def save_message(self, message: Message) -> None:
        """Have a message written."""
        self._messages[message.id] = message
        self._unsaved["message", message.id] = message

    def save(self, kind: str, key: str, thing: Any) -> None:
        """Have a thing written with the next batch."""
        self._unsaved[kind, key] = thing

    def waiting(self, kind: str) -> list[dict[str, Any]]:
        """The rows of waiting webhooks (`post` or `update`) that an earlier run left, oldest first."""
        rows = sorted(self.store.things(kind), key=lambda row: str(row["id"]))
        self._stored.update((kind, row["id"]) for row in rows)
        return rows

    def forget(self, kind: str, key: str) -> None:
        """Have a thing removed; one that was never written is simply not written."""
        self._unsaved.pop((kind, key), None)
        if (kind, key) in self._stored:
            self._stored.discard((kind, key))
            self._gone.add((kind, key))

    async def flush(self) -> None:
        """Write everything that has changed since the last time."""
        async with self._saving:
            unsaved, self._unsaved = self._unsaved, {}
            gone, self._gone = self._gone, set()
            if not unsaved and not gone:
                return
            try:
                things, messages = _rows(unsaved)
                self._stored.update((kind, key) for kind, key, _ in things if kind in _PASSING)
                await asyncio.to_thread(self.store.save, things, list(gone), messages)
            except BaseException:
                # Nothing was written: it is all still to be written, unless it has changed again since.
                self._unsaved = unsaved | self._unsaved
                self._gone |= gone
                raise
            self._drop_old_messages()

    async def forget_chats(self) -> None:
        """Remove every chat and message; numbers, phones and files stay."""
        await self.flush()
        async with self._saving:
            for kind, key in [entry for entry in self._unsaved if entry[0] in ("message", "chat", *_PASSING)]:
                del self._unsaved[kind, key]
            self.chats.clear()
            self._messages.clear()
            await asyncio.to_thread(self.store.forget_chats)

    def _freshest(self, row: dict[str, Any]) -> Message:
        """The message in memory if there is one: it may have moved on since it was written."""
        return self._messages.get(row["id"]) or Message(**row)

    def _drop_old_messages(self) -> None:
        """Keep memory small: what is written can be read again."""
        surplus = len(self._messages) - _MESSAGES_KEPT
        for message_id in _first(self._messages, surplus):
            if ("message", message_id) not in self._unsaved:
                del self._messages[message_id]

    def learn_user_ids(self, number: Number) -> None:
        """Know every phone that has a chat with this number by the id its business uses."""
        for chat in self.chats.values():
            if chat.channel == number.id:
                self._learn_user_id(chat)

    def _learn_user_id(self, chat: Chat) -> None:
        number = self.numbers.get(chat.channel)
        if number:
            self._user_ids[self.user_id(number, chat.number)] = chat.number


def _known(kind: type[Any], row: dict[str, Any]) -> Any:
    """Saved settings, without those that a newer version no longer has."""
    return kind().changed({name: value for name, value in row.items() if name in kind.names()})


def _first(keys: dict[str, Any], count: int) -> list[str]:
    walk: Iterator[str] = iter(keys)
    return [next(walk) for _ in range(count)] if count > 0 else []


def _rows(unsaved: dict[tuple[str, str], Any]) -> tuple[list[ThingRow], list[MessageRow]]:
    """What has changed, as rows for the store; made on the loop's thread, so that nothing moves meanwhile."""
    things: list[ThingRow] = []
    messages: list[MessageRow] = []
    for (kind, key), thing in unsaved.items():
        data = orjson.dumps(thing)
        if kind == "message":
            m: Message = thing
            messages.append((key, m.seq, m.channel, m.number, m.from_me, m.kind, m.status, data))
        else:
            things.append((kind, key, data))
    return things, messages
