"""Fields that the editor's plain part and its cards share: what is typed, and the rows of buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels_whatsapp.button_rules import BUTTONS
from channels_whatsapp.template_parts import kind_of, sample_of, text_of
from channels_whatsapp.values import word
from inbox.ports import Json

#: Types of buttons the editor offers, and the key under which each keeps its value.
OFFERED = {
    "QUICK_REPLY": "", "URL": "url", "PHONE_NUMBER": "phone_number", "COPY_CODE": "", "FLOW": "flow_id",
    "CATALOG": "", "VOICE_CALL": "ttl_minutes", "REQUEST_CONTACT_INFO": "",
}  # fmt: skip


@dataclass
class Row:
    """One button."""

    n: int
    type: str = ""
    text: str = ""
    value: str = ""
    example: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.value or self.example) and self.type in {"", "QUICK_REPLY"}


def typed(data: Mapping[str, Any], name: str) -> str:
    """What stands in a field; NUL, which no person types, cannot be stored (rule 36)."""
    return str(data.get(name, "")).replace("\0", "")


def row_of(n: int, button: Json) -> Row:
    """The fields of a button as it is kept."""
    kind = kind_of(button)
    key = OFFERED.get(kind) or "url"
    value = word(button, key) if key == "ttl_minutes" else text_of(button, key)
    return Row(n, kind, text_of(button), value, sample_of(button))


def button_of(row: Row) -> Json:
    """The button as the provider takes it."""
    kind = row.type or "QUICK_REPLY"
    made: Json = {"type": kind}
    if BUTTONS[kind].needs_text if kind in BUTTONS else True:
        made["text"] = row.text
    if key := OFFERED.get(kind):
        made[key] = row.value
    if kind == "VOICE_CALL":
        made |= _minutes(made.pop("ttl_minutes"))
    if kind == "URL" and row.example:
        made["example"] = [row.example]
    if kind == "COPY_CODE":
        made["example"] = row.example
    return made


def _minutes(said: str) -> Json:
    """How long a button to call may be pressed; what is no number stays, for the rules to find."""
    is_whole = said.isascii() and said.isdecimal() and len(said) < 9
    return {"ttl_minutes": int(said) if is_whole else said} if said else {}
