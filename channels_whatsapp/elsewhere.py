"""Chats another app of the same number answers: we look on, and hear when they change hands.

https://developers.facebook.com/documentation/business-messaging/whatsapp/conversation-routing
(September 2026; the shapes of both webhooks as public client libraries read them)
"""

from __future__ import annotations

import json
from hashlib import sha256

from channels_whatsapp.messages import SPECIAL, Content, Update, people_of, read_content, read_message
from channels_whatsapp.people import is_user_id
from channels_whatsapp.values import Malformed, identifier, line, moment, record, word
from inbox.ports import CopiedMessage, Inbound, InboundMessage, Json, Notice

#: What marks a message that another app took care of.
MARK = {"elsewhere": True}
AUTHOR = "Another app"
#: What an echo can be that says nothing by itself.
NO_COPY = {"reaction", "pin"}
#: Their word for who owns a chat → ours.
ROLES = {"ai_agent": "the AI agent", "escalation": "the team", "primary": "the first app"}


def read_heard(update: Update) -> Inbound:
    """What a customer wrote to the app that answers: kept to be read, nobody here is asked.

    Raises Malformed."""
    if word(update.raw, "type") in SPECIAL:
        return read_message(update)
    person, _ = people_of(update)
    found = read_content(update.raw)
    context = record(update.raw.get("context"))
    return CopiedMessage(
        **update.place,
        external_id=identifier(update.raw, "id"),
        person=person,
        direction="inbound",
        kind=found.kind,
        occurred_at=moment(update.raw),
        text=found.text,
        content={**found.content, **MARK},
        reply_to=word(context, "id"),
        files=found.files,
        is_new=True,
    )


def read_answer(update: Update) -> Inbound:
    """What that app answered, as it gave it to WhatsApp. Raises Malformed."""
    sent = record(update.raw.get("message"))
    if (type_ := word(sent, "type") or "text") in NO_COPY:
        detail = f"Another app did this in the chat: {type_}."
        return Notice(**update.place, topic="standby", known=True, detail=detail)
    to, user_id = word(sent, "to").lstrip("+"), word(sent, "recipient")
    person = update.contacts.person(user_id, "", to)
    if not person.claims:
        raise Malformed("The message does not say to whom it was sent.")
    found = _sent(sent, type_)
    return CopiedMessage(
        **update.place,
        external_id=identifier(update.raw, "id"),
        person=person,
        direction="outbound",
        kind=found.kind,
        occurred_at=moment(update.raw),
        text=found.text,
        content={**found.content, **MARK},
        reply_to=word(record(sent.get("context")), "message_id"),
        is_new=True,
        author=AUTHOR,
    )


def _sent(sent: Json, type_: str) -> Content:
    """What a body for sending says. Its files belong to the other app, so they are not fetched."""
    if type_ == "template":
        template = record(sent.get("template"))
        language = word(record(template.get("language")), "code")
        return Content("template", "", {"name": word(template, "name"), "language": language})
    if type_ == "interactive":
        body = record(record(sent.get("interactive")).get("body"))
        return Content("text", line(body, "text"))
    if isinstance(file := sent.get(type_), dict) and ("id" in file or "link" in file):
        return Content("unknown", line(file, "caption"), {"type": type_})
    return read_content({**sent, "type": type_})


def read_handover(update: Update) -> list[Inbound]:
    """The chat went from one app to another; a line of the system says so. Raises Malformed."""
    raw = update.raw
    type_ = word(raw, "type")
    change = record(raw.get(type_))
    number = word(record(raw.get("sender")), "phone_number").lstrip("+")
    user_id = word(record(raw.get("sender")), "user_id")
    person = update.contacts.person(user_id, "", number if not is_user_id(number) else "")
    if not person.claims:
        raise Malformed("The handover does not say whose chat it is.")
    old, new = (_role(change, key) for key in ("previous_owner_role", "new_owner_role"))
    digest = sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:40]
    told = InboundMessage(
        **update.place,
        external_id=f"{type_}:{digest}",
        sender=person,
        kind="system",
        occurred_at=moment(raw),
        text=" ".join(filter(None, (_moved(type_, old, new), summary_of(change)))),
        content={"type": type_, "handover": change},
        opens_window=False,
    )
    return [told]


def _moved(type_: str, old: str, new: str) -> str:
    if type_ == PASSED:
        return f"The chat went from {old} to {new}."
    return f"The chat was taken over by {new}."


def summary_of(around: Json) -> str:
    """What was said before, in a sentence, where WhatsApp's own agent tells it beside something else."""
    said = line(record(record(around.get("conversation_context")).get("summary")), "text").strip()
    return f"Summary: {said}" if said else ""


def read_summary(update: Update, around: Json) -> list[Inbound]:
    """A line of the system above a message that came with a summary of the chat. Raises Malformed."""
    if not (said := summary_of(around)) or word(update.raw, "type") in SPECIAL:
        return []
    person, _ = people_of(update)
    return [
        InboundMessage(
            **update.place,
            external_id=f"summary:{identifier(update.raw, 'id')}",
            sender=person,
            kind="system",
            occurred_at=moment(update.raw),
            text=said,
            content={"type": "conversation_context"},
            opens_window=False,
        )
    ]


PASSED = "control_passed"
HANDOVERS = {PASSED, "control_taken"}


def _role(change: Json, key: str) -> str:
    role = word(change, key)
    return ROLES.get(role, role.replace("_", " ")) or "another app"
