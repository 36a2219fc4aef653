"""What a version says in one language as the flat fields of a form, and back. Pure but for ``forms_for``.

A field of a content is called `<channel kind or id>__<part>`, one of a variable `var<row>__<part>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbox.channels import UnknownChannel, adapters
from notifications.contents import form_of, forms_for, is_channel_id
from notifications.rich_sheets import FIELD_OF, flat_rich, rich_from
from notifications.variables import PLACES, Json

BUTTONS = 3
SPARE_ROWS = 2
VARIABLE_PARTS = ("name", "type", "example", "max", "required", "personal")
#: Form of a content → its parts that are plain texts; faults of the whole go to `text`, else to the first.
TEXTS = {
    "template": ("name", "language", "body", "header", "text"),
    "text": ("text",),
    "call": ("script", "voicemail", "repeat_key"),
}
_LISTS = ("header", "body")
_NAMED = re.compile(r"^([a-z0-9_]+) = (.*)$")
#: Digits, not NaN, Infinity or 1e999999999, which Decimal would take too.
_NUMBER = re.compile(r"^[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})$")
_MONEY = re.compile(r"^(-?[0-9]+(?:\.[0-9]+)?) ?([A-Z]{3})$|^([A-Z]{3}) ?(-?[0-9]+(?:\.[0-9]+)?)$")


@dataclass(frozen=True, slots=True)
class Block:
    """One channel's content in one language. name: the kind or id that the version's contents go by."""

    name: str
    form: str
    content: Json


def blocks_of(contents: Mapping[str, Any], ladder: Sequence[Json], language: str) -> list[Block]:
    """What can be said in a language: every rung's channel in its order, then others that have content."""
    names = [rung["channel"] for rung in ladder if not is_channel_id(rung["channel"])]
    names += [name for name in contents if name not in names]
    found = []
    for name in dict.fromkeys(names or sorted(adapters())):
        content = dict(contents.get(name, {}).get(language) or {})
        if form := _form(name, content, contents):
            found.append(Block(name, form, content))
    return found


def _form(name: str, content: Json, contents: Mapping[str, Any]) -> str:
    if content:
        return form_of(content)
    if is_channel_id(name):
        return next((form_of(one) for one in contents.get(name, {}).values()), "")
    try:
        return forms_for(name)[0]
    except UnknownChannel:
        return ""


def flat_contents(blocks: Sequence[Block]) -> dict[str, Any]:
    """{field: text} of the blocks."""
    found: dict[str, Any] = {}
    for block in blocks:
        for part in TEXTS[block.form]:
            found[f"{block.name}__{part}"] = _as_lines(block.content.get(part, ""))
        if block.form == "template":
            found |= flat_rich(block.name, block.content)
            buttons = [*map(_as_choice, block.content.get("buttons") or ())]
            for place in range(max(BUTTONS, len(buttons))):
                found[f"{block.name}__button{place}"] = buttons[place] if place < len(buttons) else ""
    return found


def _as_lines(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{slot} = {text}" for slot, text in value.items())
    return "\n".join(value) if isinstance(value, list) else str(value)


def _as_choice(button: Json) -> str:
    name = next(iter(button), "")
    return f"{name}:{button[name]}" if name else "nothing"


def contents_from(typed: Mapping[str, Any], blocks: Sequence[Block]) -> dict[str, Json | None]:
    """{channel kind or id: content}, None where every field is empty."""
    return {block.name: _content(typed, block) for block in blocks}


def _content(typed: Mapping[str, Any], block: Block) -> Json | None:
    found: Json = {}
    for part in TEXTS[block.form]:
        text = str(typed.get(f"{block.name}__{part}") or "").replace("\r\n", "\n")
        if text.strip():
            found[part] = _from_lines(text) if part in _LISTS and block.form == "template" else text
    if block.form == "template":
        found |= rich_from(typed, block.name)
    if not found:
        return None
    if block.form == "template":
        found.setdefault("name", "")
        if buttons := _buttons(typed, block.name):
            found["buttons"] = buttons
    else:
        found.setdefault(_main(block.form), "")
    return found


def _from_lines(text: str) -> list[str] | dict[str, str]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    pairs = [_NAMED.match(line) for line in lines]
    if lines and all(pairs):
        return {pair[1]: pair[2] for pair in pairs if pair}
    return lines


def _buttons(typed: Mapping[str, Any], name: str) -> list[Json]:
    found: list[Json] = []
    place = 0
    while (chosen := typed.get(f"{name}__button{place}")) is not None:
        if chosen:
            kind, _, value = str(chosen).partition(":")
            found.append({kind: value} if value else {})
        place += 1
    return found


# ---------------------------------------------------------------- variables


def flat_variables(variables: Sequence[Json]) -> dict[str, Any]:
    """{field: value} of a row for each variable, and of some empty ones."""
    found: dict[str, Any] = {}
    for place in range(len(variables) + SPARE_ROWS):
        one: Json = variables[place] if place < len(variables) else {"name": "", "type": "text"}
        found |= {
            f"var{place}__name": one["name"],
            f"var{place}__type": one["type"],
            f"var{place}__example": example_text(one["type"], one.get("example")),
            f"var{place}__max": str(one.get("max") or ""),
            f"var{place}__required": bool(one.get("required", True)),
            f"var{place}__personal": bool(one.get("personal", False)),
        }
    return found


def variables_from(typed: Mapping[str, Any]) -> tuple[list[Json], list[int]]:
    """The variables of the rows that have a name, and the rows they stand in."""
    found, rows, row = [], [], 0
    while f"var{row}__name" in typed:
        part = {name: typed.get(f"var{row}__{name}") for name in VARIABLE_PARTS}
        if part["name"]:
            found.append(_variable(part))
            rows.append(row)
        row += 1
    return found, rows


def _variable(part: Json) -> Json:
    one = {
        "name": part["name"],
        "type": part["type"],
        "required": bool(part["required"]),
        "personal": bool(part["personal"]),
        "example": example_value(part["type"], part["example"] or ""),
    }
    most = str(part["max"] or "")
    return one | ({"max": int(most) if most.isdecimal() else most} if most else {})


def same_or(one: Json, stored: Sequence[Json]) -> Json:
    """The stored variable where nothing differs but what it leaves to defaults, so that no change shows."""
    before = next((row for row in stored if row["name"] == one["name"]), None)
    return before if before and {"required": True, "personal": False, **before} == one else one


def example_text(kind: str, value: Any) -> str:
    """An example as people type it: money is 12.40 EUR."""
    if value is None:
        return ""
    if kind == "money" and isinstance(value, Mapping):
        places = PLACES.get(value["currency"], 2)
        return f"{Decimal(value['amount']).scaleb(-places):.{places}f} {value['currency']}"
    return str(value)


def example_value(kind: str, text: str) -> Any:
    """What was typed as a value of this type; what cannot be read stays text, for the check to refuse."""
    text = text.strip()
    if kind == "money" and (match := _MONEY.match(text.replace(",", ""))):
        currency = match[2] or match[3]
        amount = _whole(Decimal(match[1] or match[4]).scaleb(PLACES.get(currency, 2)))
        return text if amount is None else {"amount": amount, "currency": currency}
    if kind == "number" and _NUMBER.match(plain := text.replace(",", "")):
        number = Decimal(plain)
        whole = _whole(number)
        return float(number) if whole is None else whole
    return text


def _whole(number: Decimal) -> int | None:
    """Without decimals, where it has none: nothing of an amount is cut off in silence."""
    return int(number) if number == number.to_integral_value() else None


# ---------------------------------------------------------------- faults → fields


def _main(form: str) -> str:
    return "script" if form == "call" else "text"


def field_of(pointer: str, language: str, blocks: Sequence[Block], rows: Sequence[int]) -> str:
    """The field a fault is about, "" when it is about none of this page. rows: see ``variables_from``."""
    parts = pointer.strip("/").split("/")
    if parts[0] == "variables" and len(parts) > 1 and parts[1].isdecimal():
        place = int(parts[1])
        row = rows[place] if place < len(rows) else place
        return f"var{row}__{parts[2] if len(parts) > 2 else 'name'}"
    if parts[0] == "contents" and len(parts) > 2 and parts[2] == language:
        form = next((block.form for block in blocks if block.name == parts[1]), "")
        if not form:
            return ""
        part = parts[3] if len(parts) > 3 else _main(form)
        part = FIELD_OF.get(part, part)
        return (
            f"{parts[1]}__{'button' + (parts[4] if len(parts) > 4 else '0') if part == 'buttons' else part}"
        )
    return ""
