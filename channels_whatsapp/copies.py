"""Messages that did not pass through us: written in the business app on a phone, or long ago.

https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-providers/app-onboarding
(read in September 2026)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from channels_whatsapp.messages import SPECIAL, Update, read_content
from channels_whatsapp.people import Contacts, is_user_id
from channels_whatsapp.values import Malformed, identifier, moment, record, word
from inbox.ports import CopiedMessage, Inbound, InboundChange, Json, Notice, Person

#: What the phone did to a message that the app alone can do; there is nothing to copy.
NO_COPY = {"reaction"}
CHANGES = {"revoke", "edit"}


def read_echo(update: Update) -> Inbound:
    """A message an agent wrote on the phone: ours, and already sent; or what they changed about one.

    Raises Malformed."""
    echo = update.raw
    person = update.contacts.person(word(echo, "to_user_id"), "", word(echo, "to"))
    if (type_ := word(echo, "type")) in NO_COPY:
        detail = f"The phone app did this to an earlier message: {type_}."
        return Notice(**update.place, topic="smb_message_echoes", known=True, detail=detail)
    if type_ in CHANGES and isinstance(change := SPECIAL[type_](update), InboundChange):
        return replace(change, sender=person, is_ours=True)
    return _copy(update, person, is_ours=True, is_new=True)


def read_history(update: Update) -> list[Inbound]:
    """One chunk of what was said before this number was connected: every message of its threads."""
    if not isinstance(update.raw.get("threads"), list):
        return [_refused(update)]
    return [
        item
        for place, thread in _objects(update.raw, "threads", update.path)
        for item in _thread(update, place, thread)
    ]


def _refused(update: Update) -> Notice:
    """The owner of the phone did not want to share the history."""
    said = "No history comes: the phone's owner did not share it."
    return Notice(**update.place, topic="history", known=True, detail=said)


def _objects(parent: Json, key: str, path: str) -> Iterator[tuple[str, Json]]:
    found = parent.get(key)
    for index, one in enumerate(found if isinstance(found, list) else ()):
        yield f"{path}.{key}[{index}]", record(one)


def _thread(update: Update, path: str, thread: Json) -> Iterator[Inbound]:
    number, context = word(thread, "id"), record(thread.get("context"))
    user_id = word(context, "user_id")
    if is_user_id(number):
        user_id, number = user_id or number, ""
    person = Contacts([{**context, "profile": context, "wa_id": number}]).person(user_id, "", number)
    for place, message in _objects(thread, "messages", path):
        one = Update(update.account, place, message, update.contacts)
        is_theirs = bool(user_id) and word(message, "from_user_id") == user_id
        is_ours = word(message, "from") not in {"", number} and not is_theirs
        try:
            yield _copy(one, person, is_ours=is_ours, is_new=False)
        except Malformed as error:
            yield Notice(**one.place, topic="history", known=False, detail=str(error))


def _copy(update: Update, person: Person, *, is_ours: bool, is_new: bool) -> CopiedMessage:
    """Raises Malformed, also when nobody can be told from it."""
    if not person.claims:
        raise Malformed("The message does not say with whom it was exchanged.")
    found = read_content(update.raw)
    return CopiedMessage(
        **update.place,
        external_id=identifier(update.raw, "id"),
        person=person,
        direction="outbound" if is_ours else "inbound",
        kind=found.kind,
        occurred_at=moment(update.raw),
        text=found.text,
        content=found.content,
        reply_to=word(record(update.raw.get("context")), "id"),
        files=found.files,
        is_new=is_new,
    )
