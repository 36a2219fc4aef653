"""A webhook body of the WhatsApp Cloud API into our words: every entry, every change, each item on its own.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview (September 2026)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from channels_whatsapp.address_book import read_entry
from channels_whatsapp.calls import read_call, read_call_status
from channels_whatsapp.consents import read_preference
from channels_whatsapp.copies import read_echo, read_history
from channels_whatsapp.elsewhere import HANDOVERS, read_answer, read_handover, read_heard, read_summary
from channels_whatsapp.errors import detail_of
from channels_whatsapp.groups import read_group
from channels_whatsapp.messages import Update, address_change, read_message
from channels_whatsapp.people import Contacts, claims, user_claim
from channels_whatsapp.statuses import read_status
from channels_whatsapp.values import Malformed, line, moment, record, word
from common.untrusted import BadJson, read_json
from inbox.ports import AddressChange, Inbound, Json, Notice, Unparsable

Reader = Callable[[Update], Inbound | list[Inbound]]

#: Fields whose meaning is known and not used yet; one Notice for the whole change.
FIELDS = {
    "message_template_status_update", "message_template_quality_update", "message_template_components_update",
    "template_category_update", "phone_number_quality_update", "phone_number_name_update",
    "business_capability_update", "account_update", "account_review_update", "account_alerts",
    "account_settings_update", "security", "business_username_updates", "flows", "messaging_handovers",
    "automatic_events", "tracking_events", "payment_configuration_update", "partner_solutions",
    "message_echoes",
}  # fmt: skip

#: What is read and used: field → the reader of each of its lists.
READERS: dict[str, dict[str, Reader]] = {
    "messages": {"messages": read_message, "statuses": read_status},
    "calls": {"calls": read_call, "statuses": read_call_status},
    "user_preferences": {"user_preferences": read_preference},
    "smb_message_echoes": {"message_echoes": read_echo},
    "history": {"history": read_history, "messages": read_message},
    "smb_app_state_sync": {"state_sync": read_entry},
    "standby": {"messages": read_heard, "message_echoes": read_answer, "statuses": read_status},
    "group_lifecycle_update": {"groups": read_group},
    "group_participants_update": {"groups": read_group},
    "group_settings_update": {"groups": read_group},
    "group_status_update": {"groups": read_group},
}

#: What a Notice tells of an account's or template's change, if it is there.
TOLD = (
    "event", "message_template_name", "message_template_language", "reason", "decision", "rejection_reason",
    "previous_quality_score", "new_quality_score", "previous_category", "new_category", "correct_category",
    "current_limit", "requested_verified_name", "username", "status", "old_status", "new_status", "message",
    "type", "action", "value", "detail",
)  # fmt: skip
TOLD_CHARS = 300


class Change(NamedTuple):
    """One change of one entry. value: where its lists stand; account: the phone_number_id, or ""."""

    field: str
    value: Json
    account: str
    path: str
    raw: Json


#: A list of what people wrote or did, or how a call goes; one in a text of theirs has its quotes escaped.
_NEWS = re.compile(rb'"(?:messages|message_echoes|history|calls)"\s*:\s*\[|"field"\s*:\s*"calls"')


def only_reports(body: bytes) -> bool:
    """Is there nothing but statuses of our messages in this body?"""
    return b'"statuses"' in body and not _NEWS.search(body)


def parse(body: bytes) -> list[Inbound]:
    """Everything in the body, in the order it stood. Raises Unparsable when it is no JSON object."""
    try:
        envelope = read_json(body)
    except BadJson as error:
        raise Unparsable(str(error)) from None
    if not isinstance(envelope, dict):
        raise Unparsable("The body is JSON, but not an object.")
    return [item for change in _changes(envelope) for item in _items(change)]


def _changes(envelope: Json) -> Iterator[Change | Notice]:
    """Every change of every entry; a Notice in the place of what cannot be opened."""
    for place, entry in _elements(envelope, "entry", ""):
        if isinstance(entry, Notice):
            yield entry
            continue
        for path, change in _elements(entry, "changes", f"{place}."):
            yield change if isinstance(change, Notice) else _change(entry, change, path)


def _elements(parent: Json, key: str, before: str) -> Iterator[tuple[str, Json | Notice]]:
    """The objects of a list with their paths; a Notice for the list or an element that is none."""
    found = parent.get(key)
    if not isinstance(found, list):
        yield before + key, _unreadable("", before + key, parent, f"“{key}” is missing or not a list.")
        return
    for index, element in enumerate(found):
        path = f"{before}{key}[{index}]"
        yield (
            path,
            element
            if isinstance(element, dict)
            else _unreadable("", path, element, "This is not an object."),
        )


def _change(entry: Json, change: Json, path: str) -> Change:
    field, value = word(change, "field"), record(change.get("value"))
    ours = record(value.get("metadata")) or record(value.get("recipient"))  # the latter of a handover
    account = word(ours, "phone_number_id")
    if field == "account_alerts" and word(value, "entity_type") == "PHONE_NUMBER":
        account = word(value, "entity_id")
    return Change(
        field, value, account, path, {**change, "entry_id": word(entry, "id"), "time": entry.get("time")}
    )


def _items(change: Change | Notice) -> Iterator[Inbound]:
    if isinstance(change, Notice):
        yield change
        return
    readers = _readers(change.field)
    value, path = change.value, f"{change.path}.value"
    if change.field == "standby":
        value, path = record(value.get("standby")), f"{path}.standby"
    contacts = Contacts(value.get("contacts"))
    if change.field == "messaging_handovers" and word(value, "type") in HANDOVERS:
        yield from _read(change, f"{change.path}.value", value, contacts, read_handover)
        return
    found = [key for key in readers if value.get(key)]
    yield from _summary(change, value, path, contacts)
    for key in found:
        yield from _list_items(change, value[key], f"{path}.{key}", contacts, readers[key])
    if not found:
        yield _whole(change)


def _summary(change: Change, value: Json, path: str, contacts: Contacts) -> Iterator[Inbound]:
    """What rides along with a chat that changed hands, above its first message."""
    messages = value.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    if change.field == "messages" and isinstance(first, dict) and value.get("conversation_context"):
        place = f"{path}.conversation_context"
        yield from _read(change, place, first, contacts, lambda update: read_summary(update, value))


def _readers(field: str) -> dict[str, Reader]:
    """What reads each list of a field; value-level errors may stand in all of them."""
    return {**READERS.get(field, {}), "errors": _error}


def _list_items(
    change: Change, elements: Any, path: str, contacts: Contacts, read: Reader
) -> Iterator[Inbound]:
    """One Inbound per element; one that cannot be read becomes a Notice and harms no neighbour."""
    if not isinstance(elements, list):
        yield _unreadable(change.account, path, change.raw, "This is not a list.")
        return
    for index, element in enumerate(elements):
        place = f"{path}[{index}]"
        if isinstance(element, dict):
            yield from _read(change, place, element, contacts, read)
        else:
            yield _unreadable(change.account, place, element, "This is not an object.")


def _read(change: Change, place: str, element: Json, contacts: Contacts, read: Reader) -> Iterator[Inbound]:
    try:
        found = read(Update(change.account, place, element, contacts))
    except Malformed as error:
        yield _unreadable(change.account, place, element, str(error))
    else:
        yield from found if isinstance(found, list) else [found]


# ---------------------------------------------------------------- what is not a message


def _unreadable(account: str, path: str, raw: Any, detail: str) -> Notice:
    topic = path.rpartition(".")[2].partition("[")[0]
    kept = raw if isinstance(raw, dict) else {"value": raw}
    return Notice(account=account, path=path, raw=kept, topic=topic, known=False, detail=detail)


def _whole(change: Change) -> Notice:
    """A change without a list we know: news of the account or a template, or something younger than this."""
    topic, known = change.field, change.field in KNOWN
    detail = _told(change.value) if known else f"We do not know the field “{topic}”, or it is empty."
    if topic == "message_template_status_update" and "new_quality_score" in change.value:
        topic = "message_template_quality_update"  # Meta's own sample carries the wrong field.
    return Notice(
        account=change.account, path=change.path, raw=change.raw, topic=topic, known=known, detail=detail,
        group="" if change.account else word(change.raw, "entry_id"),
    )  # fmt: skip


def _told(raw: Json) -> str:
    """What an admin should see of it in one line."""
    words = [f"{key.replace('_', ' ')}: {value}" for key in TOLD if (value := line(raw, key))]
    return ", ".join(words)[:TOLD_CHARS]


def _error(update: Update) -> Notice:
    """An error of the number or the app, with no message to hang it on."""
    detail = f"{word(update.raw, 'code')} {line(update.raw, 'title')}: {detail_of(update.raw)}"
    return Notice(**update.place, topic="errors", known=True, detail=detail[:TOLD_CHARS])


def _user_id_update(update: Update) -> AddressChange:
    """A person's user id was replaced; there is no id of the event itself, so its content makes one."""
    ids, parents = record(update.raw.get("user_id")), record(update.raw.get("parent_user_id"))
    previous, current = word(ids, "previous"), word(ids, "current")
    external_id = f"user_id_update:{previous}:{current}:{int(moment(update.raw).timestamp())}"
    shown = claims("", word(parents, "current"), word(update.raw, "wa_id"))
    return address_change(update, external_id, user_claim(previous), user_claim(current), shown)


READERS["user_id_update"] = {"user_id_update": _user_id_update}
#: Fields that may come without any list we know; "messages" may not.
KNOWN = FIELDS | READERS.keys() - {"messages"}
