"""The entries of a conversation in words for people, as a text file keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from common.wire import Json
from inbox import wire

#: What happened to the conversation.
EVENTS = {
    "thread.opened": lambda: _("opened"), "thread.closed": lambda: _("closed"),
    "thread.reopened": lambda: _("reopened"), "thread.snoozed": lambda: _("snoozed"),
    "thread.woken": lambda: _("woken"), "thread.assigned": lambda: _("assigned"),
    "thread.labeled": lambda: _("labels changed"), "thread.prioritized": lambda: _("priority changed"),
    "thread.split": lambda: _("split"), "thread.joined": lambda: _("joined with another conversation"),
    "thread.breached": lambda: _("the answer is late"),
    "thread.consent_changed": lambda: _("decided anew about marketing"),
    "thread.identity_changed": lambda: _("security code changed"),
    "thread.identity_confirmed": lambda: _("confirmed that it is the same person"),
    "thread.message_scheduled": lambda: _("wrote a message that leaves later"),
    "thread.message_rescheduled": lambda: _("changed a message that leaves later"),
    "thread.message_unscheduled": lambda: _("cancelled a message that was to leave later"),
    "thread.message_unsent": lambda: _("a message that was to leave later was not sent"),
}  # fmt: skip

#: How far a message of ours got that the customer has not got, or perhaps not.
UNSENT = {
    "queued": lambda: _("Waiting to be sent"), "held": lambda: _("Held back"),
    "failed": lambda: _("Not sent"), "cancelled": lambda: _("Cancelled"),
    "uncertain": lambda: _("Unknown whether it arrived"),
}  # fmt: skip

#: What a message is that may have no words.
KINDS = {
    "location": lambda: _("Location"), "contacts": lambda: _("Contact card"), "order": lambda: _("Order"),
    "template": lambda: _("Template"), "interactive": lambda: _("Choice"), "call": lambda: _("Call"),
    "flow_reply": lambda: _("Form answer"), "unknown": lambda: _("Unsupported message"),
}  # fmt: skip

#: Control characters, and those that turn in which direction the rest of a line is read.
_TURNS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\u202a-\u202e\u2066-\u2069]")
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

#: The copy of the template that a message names, if there is one.
FindTemplate = Callable[[wire.Message], Json | None]


def entry_words(entry: wire.Entry, *, customer: str, find_template: FindTemplate) -> str:
    """Who, and below it what, each line of it indented: so that no word of anybody looks like an entry."""
    if entry["type"] == "note":
        note = entry["note"]
        return f"{one_line(note['author']['name'])} ({_('internal note')})\n{_indented(note['text'])}"
    if entry["type"] == "event":
        event = entry["event"]
        return f"{one_line(event['actor']['name'])}: {EVENTS.get(event['type'], lambda: event['type'])()}"
    message = entry["message"]
    marks = ", ".join(_marks(message))
    who = f"{_who(message, customer)} ({marks})" if marks else _who(message, customer)
    return f"{who}\n{_indented(chr(10).join(filter(None, _said(message, find_template))))}"


def one_line(text: str) -> str:
    """Words of others in a line of ours: a name with a break in it would begin a line of its own."""
    return " ".join(_TURNS.sub("", text).split())


def whole_address(url: str | None) -> str | None:
    """An address of ours that leads here from anywhere."""
    return settings.PUBLIC_URL.rstrip("/") + url if url else None


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


# ---------------------------------------------------------------- messages


def _who(message: wire.Message, customer: str) -> str:
    """In a group each one who wrote; else the customer is called what they are called now."""
    author = message["author"]
    if author and (message["direction"] == "outbound" or author["kind"] == "customer"):
        return one_line(author["name"])
    return (customer or _("Customer")) if message["direction"] == "inbound" else _("We")


def _marks(message: wire.Message) -> Iterator[str]:
    if message["edited_at"] and not message["revoked_at"]:
        yield _("edited")
    if message["direction"] == "outbound" and message["status"] in UNSENT:
        yield UNSENT[message["status"]]()


def _said(message: wire.Message, find_template: FindTemplate) -> list[str]:
    """Line by line; what was taken back is not said any more."""
    if message["revoked_at"]:
        return [f"[{_taken_back(message)}]"]
    kind, content, text = message["kind"], message["content"], message["text"]
    if kind == "template" and not text:
        text = _filled(find_template(message), content)
    inside = _CONTENTS[kind](content) if kind in _CONTENTS else ()
    lines = [text, *(f"[{KINDS[kind]()}] {one_line(one)}" for one in inside)]
    lines += [_file(one) for one in message["attachments"]]
    return lines if any(lines) else [f"[{KINDS[kind]() if kind in KINDS else kind}]"]


def _taken_back(message: wire.Message) -> str:
    if message["direction"] == "outbound":
        return _("This message was taken back.")
    return _("The customer took this message back.")


def _file(attachment: wire.Attachment) -> str:
    name, address = one_line(attachment["filename"] or attachment["kind"]), whole_address(attachment["url"])
    return f"[{name}] {address}" if address else f"[{name}]"


# ---------------------------------------------------------------- what providers and phones put beside words


def _records(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _word(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def _joined(*values: Any) -> str:
    return ", ".join(filter(None, map(_word, values)))


def _place(content: Json) -> Iterator[str]:
    yield _joined(*(content.get(key) for key in ("name", "address", "latitude", "longitude")))


def _cards(content: Json) -> Iterator[str]:
    for card in _records(content.get("contacts")):
        name = card.get("name")
        phones = [one.get("phone") or one.get("wa_id") for one in _records(card.get("phones"))]
        mails = [one.get("email") for one in _records(card.get("emails"))]
        yield _joined(name.get("formatted_name") if isinstance(name, dict) else name, *phones, *mails)


def _items(content: Json) -> Iterator[str]:
    for item in _records(content.get("items")):
        price = f"{_word(item.get('item_price'))} {_word(item.get('currency'))}"
        yield f"{_word(item.get('quantity')) or 1} × {_word(item.get('product_retailer_id'))} · {price}"


def _answers(content: Json) -> Iterator[str]:
    form = content.get("form")
    given = form.get("values", form) if isinstance(form, dict) else form
    if isinstance(given, dict):
        yield from (f"{key}: {_flat(value)}" for key, value in given.items() if key != "flow_token")
    elif given:
        yield _flat(given)


def _flat(value: Any) -> str:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return _word(value) if inner is None else ", ".join(filter(None, map(_flat, inner)))


def _spoken(content: Json) -> Iterator[str]:
    if transcript := _word(content.get("transcript")):
        yield transcript


_CONTENTS: dict[str, Callable[[Json], Iterator[str]]] = {
    "location": _place, "contacts": _cards, "order": _items, "flow_reply": _answers, "call": _spoken,
}  # fmt: skip


def _filled(template: Json | None, content: Json) -> str:
    """The words of a template as the customer read them; without a copy of it its name and its values."""
    parameters = [
        parameter
        for component in _records(content.get("components"))
        if str(component.get("type")).lower() == "body"
        for parameter in _records(component.get("parameters"))
    ]
    values = {
        str(one.get("parameter_name") or place): _word(one.get("text"))
        for place, one in enumerate(parameters, start=1)
    }
    parts = _records((template or {}).get("components"))
    body = next((one.get("text") for one in parts if str(one.get("type")).upper() == "BODY"), None)
    if isinstance(body, str):
        return _PLACE.sub(lambda found: values.get(found[1]) or found[0], body)
    return one_line(f"[{KINDS['template']()} {_word(content.get('name'))}] {_joined(*values.values())}")
