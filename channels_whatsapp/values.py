"""Reading values whose type nobody promised: these functions take anything and never fail by surprise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from inbox.ports import Json

ID_CHARS = 512
LINE_CHARS = 1_000
#: WhatsApp's own years, with room: what lies outside is not a time of a message.
FIRST_SECOND = int(datetime(2009, 1, 1, tzinfo=UTC).timestamp())
LAST_SECOND = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


class Malformed(Exception):
    """This item cannot be read; the message is a plain sentence for admins."""


def record(value: Any) -> Json:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def part(source: Json, key: str) -> Json:
    """The object under this key. Raises Malformed."""
    value = source.get(key)
    if not isinstance(value, dict):
        raise Malformed(f"“{key}” is missing or not an object.")
    return value


def word(source: Json, key: str, most: int = ID_CHARS) -> str:
    """An id or a name of theirs; a whole number as its digits; "" for anything else or longer than `most`."""
    value = source.get(key)
    if isinstance(value, str):
        return value if len(value) <= most else ""
    return str(value) if type(value) is int else ""


def line(source: Json, key: str) -> str:
    """Words for people, cut at LINE_CHARS; "" when it is no text."""
    value = source.get(key)
    return value[:LINE_CHARS] if isinstance(value, str) else ""


def body_text(source: Json, key: str) -> str:
    """The text under this key, "" when absent. Raises Malformed when it is something else."""
    value = source.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    raise Malformed(f"“{key}” is not a text.")


def identifier(source: Json, key: str) -> str:
    """A provider's id. Raises Malformed when it is missing, empty or too long."""
    value = word(source, key)
    if not value:
        raise Malformed(f"“{key}” is missing, empty or no id.")
    return value


def moment(source: Json, key: str = "timestamp") -> datetime:
    """Unix seconds, as text or number. Raises Malformed."""
    text = word(source, key)
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise Malformed(f"“{key}” is not a time in seconds.")
    if not FIRST_SECOND <= int(text) < LAST_SECOND:
        raise Malformed(f"“{key}” lies outside the years 2009 to 2099.")
    return datetime.fromtimestamp(int(text), UTC)
