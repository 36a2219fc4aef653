"""Fields that the editor's plain part and its cards share: what is typed, and the rows of buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels_whatsapp.button_rules import BUTTONS, OTP_TYPES
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

    @property
    def other(self) -> str:
        """What a type is called that the editor does not offer, but has to keep; else ""."""
        rule = BUTTONS.get(self.type)
        return "" if self.type in {"", *OFFERED} else str(rule.label if rule else self.type)


def typed(data: Mapping[str, Any], name: str) -> str:
    """What stands in a field; NUL, which no person types, cannot be stored (rule 36)."""
    return str(data.get(name, "")).replace("\0", "")


def row_of(n: int, button: Json) -> Row:
    """The fields of a button as it is kept."""
    kind = kind_of(button)
    key = OFFERED.get(kind) or "url"
    value = word(button, key) if key == "ttl_minutes" else text_of(button, key)
    return Row(n, kind, text_of(button), value, sample_of(button))


#: What the editor shows of a button.
_SHOWN = {"type", "text", "example", *filter(None, OFFERED.values())}


def button_of(row: Row, before: Sequence[Json] = ()) -> Json:
    """The button as the provider takes it. before: the buttons there were; what the editor does not show of
    the same one, such as the action of a form, stays."""
    made = _button_of(row)
    old = before[row.n] if row.n < len(before) else {}
    key = OFFERED.get(row.type)
    if kind_of(old) != row.type or (row.type == "FLOW" and key and old.get(key) != made.get(key)):
        return made
    return {name: value for name, value in old.items() if name not in _SHOWN} | made


def code_button(before: Sequence[Json]) -> Json:
    """The button of a one-time code: as it was where it hands the code to an app, else one to copy it."""
    old = before[0] if before else {}
    is_for_app = kind_of(old) == "OTP" and word(old, "otp_type").upper() != "COPY_CODE"
    return dict(old) if is_for_app else {"type": "OTP", "otp_type": "COPY_CODE"}


def is_for_apps(buttons: Sequence[Json]) -> bool:
    """Does the provider's copy of a one-time code hand it to an app? What it needs for that is not shown."""
    url = text_of(buttons[0], "url") if buttons else ""
    return any(f"otp_type={kind}".upper() in url.upper() for kind in OTP_TYPES if kind != "COPY_CODE")


def _button_of(row: Row) -> Json:
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
