"""Groups: what happens to one stands in its conversation as a line of the system.

https://developers.facebook.com/documentation/business-messaging/whatsapp/groups (read in September 2026)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from channels_whatsapp.errors import detail_of
from channels_whatsapp.messages import Update
from channels_whatsapp.people import group_person
from channels_whatsapp.values import identifier, line, moment, record, word
from inbox.ports import Inbound, InboundMessage, InboundName, Json, Notice

#: What of an update a program may want to read.
KEPT = (
    "type",
    "group_id",
    "request_id",
    "subject",
    "invite_link",
    "join_approval_mode",
    "reason",
    "initiated_by",
)
NAMED_AT_MOST = 20


def read_group(update: Update) -> list[Inbound]:
    """One update of a group, and its name where that was told. Raises Malformed."""
    raw = update.raw
    type_, errors = word(raw, "type"), raw.get("errors")
    if isinstance(errors, list) and errors:
        said = f"WhatsApp could not do this to a group: {type_}. {detail_of(record(errors[0]))}"
        return [Notice(**update.place, topic="groups", known=True, detail=said[:300])]
    if type_ not in SENTENCES:
        said = f"We do not know this update of a group: {type_}."
        return [Notice(**update.place, topic="groups", known=False, detail=said)]
    group, at = identifier(raw, "group_id"), moment(raw)
    told = InboundMessage(
        **update.place,
        external_id=f"{type_}:{_digest(raw)}",
        sender=group_person(group),
        kind="system",
        occurred_at=at,
        text=SENTENCES[type_](raw),
        content={key: raw[key] for key in KEPT if isinstance(raw.get(key), str)},
        opens_window=False,
    )
    subject = _subject(raw)
    name = InboundName(**update.place, person=group_person(group, subject), occurred_at=at)
    return [told, name] if subject else [told]


def _digest(raw: Json) -> str:
    """Updates have no ids; the same one told twice is the same text."""
    return sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:40]


def _subject(raw: Json) -> str:
    changed = record(raw.get("group_subject"))
    return line(changed, "text") if changed.get("update_successful") is True else line(raw, "subject")


def _created(raw: Json) -> str:
    link = line(raw, "invite_link")
    made = f"The group “{line(raw, 'subject')}” was made."
    return f"{made} People join it by {link}" if link else made


def _joined(raw: Json) -> str:
    by = " by the invite link" if word(raw, "reason") == "invite_link" else ""
    return f"{_people(raw.get('added_participants'))} joined{by}."


def _left(raw: Json) -> str:
    gone = _people(raw.get("removed_participants"))
    said = f"{gone} left." if word(raw, "initiated_by") == "participant" else f"{gone} was taken out."
    failed = raw.get("failed_participants")
    return f"{said} WhatsApp could not take out {_people(failed)}." if failed else said


def _people(found: Any) -> str:
    """Their numbers or ids, as many as one reads."""
    rows = [record(one) for one in found] if isinstance(found, list) else []
    names = [name for row in rows if (name := _called(row))]
    more = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
    return ", ".join(names[:NAMED_AT_MOST]) + more or "Somebody"


def _called(row: Json) -> str:
    number = word(row, "wa_id") or word(row, "input")
    return f"+{number}" if number.isdecimal() else number or word(row, "user_id")


def _asks(raw: Json) -> str:
    return f"{_called(raw) or 'Somebody'} asks to join."


def _asks_no_more(raw: Json) -> str:
    return f"{_called(raw) or 'Somebody'} no longer asks to join."


#: Their key → what it is to people.
SETTINGS = {"group_subject": "name", "group_description": "description", "profile_picture": "picture"}


def _settings(raw: Json) -> str:
    said = []
    for key, name in SETTINGS.items():
        if changed := record(raw.get(key)):
            to = line(changed, "text")
            is_done = changed.get("update_successful") is not False
            told = f"The group's {name} is now “{to}”." if to else f"The group's {name} was changed."
            said.append(told if is_done else f"The group's {name} could not be changed.")
    return " ".join(said) or "The group's settings were changed."


SENTENCES: dict[str, Callable[[Json], str]] = {
    "group_create": _created,
    "group_delete": lambda _: "The group was deleted.",
    "group_participants_add": _joined,
    "group_participants_remove": _left,
    "group_join_request_created": _asks,
    "group_join_request_revoked": _asks_no_more,
    "group_settings_update": _settings,
    "group_suspend": lambda _: "WhatsApp suspended the group; nothing can be sent to it.",
    "group_suspend_cleared": lambda _: "The group is no longer suspended.",
}
