"""What the columns of a file mean, and a row read by them: whom it is for, with which data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rest_framework.exceptions import ValidationError

from common.api.fields import PhoneField
from common.zones import NO_ZONE, is_zone
from notifications.sheets import example_value
from notifications.variables import SLOT, Json, data_faults

#: Field of a row → what people call its column, in small letters without signs.
PERSON = {
    "phone": "phone phonenumber mobile mobilenumber mobilephone tel telephone number msisdn whatsapp cell",
    "external_id": "externalid customerid crmid clientid id reference ref accountid",
    "name": "name fullname customername customer recipient",
    "language": "language lang locale",
    "timezone": "timezone zone tz",
}
DATA = "data."
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")
#: A number as spreadsheets of any country write it, with its groups.
_AMOUNT = re.compile(r"-?[0-9][0-9.,' \u00a0\u202f]*[0-9]|-?[0-9]")
_LONGEST = {"external_id": 200, "name": 200, "language": 16, "timezone": 64}

Problem = dict[str, str]


@dataclass(slots=True)
class Reading:
    """A row as it was understood; problems: [{column, reason}] that keep it from being sent."""

    to: Json = field(default_factory=dict)
    data: Json = field(default_factory=dict)
    language: str = ""
    problems: list[Problem] = field(default_factory=list)

    def fault(self, column: str, reason: str) -> None:
        """Add a reason, with the column it is about."""
        self.problems.append({"column": column, "reason": reason})


def guess_columns(header: Sequence[str], variables: Sequence[Json]) -> dict[str, int]:
    """{field: place} for every field whose column is named like it; a column is taken once."""
    plain = [_plain(name) for name in header]
    wanted = {f"{DATA}{one['name']}": [_plain(one["name"])] for one in variables}
    wanted |= {name: words.split() for name, words in PERSON.items()}
    found: dict[str, int] = {}
    for name, words in wanted.items():
        place = next((plain.index(word) for word in words if word in plain), None)
        if place is not None and place not in found.values():
            found[name] = place
    return found


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


def column_faults(
    columns: Mapping[str, int], header: Sequence[str], variables: Sequence[Json]
) -> list[tuple[str, str]]:
    """Why these columns cannot be used: (field, sentence)."""
    known = {*PERSON, *(f"{DATA}{one['name']}" for one in variables)}
    found = [(name, "There is no such field.") for name in columns if name not in known]
    found += [
        (name, "The file has no such column.")
        for name, place in columns.items()
        if not 0 <= place < len(header)
    ]
    if "phone" not in columns and "external_id" not in columns:
        found.append(("phone", "Choose the column of the phone number, or the one of your own id."))
    for one in variables:
        name = f"{DATA}{one['name']}"
        if one.get("required", True) and name not in columns:
            found.append((name, "This variable is required; choose its column."))
    return found


def read_cells(
    cells: Sequence[str], columns: Mapping[str, int], header: Sequence[str], variables: Sequence[Json]
) -> Reading:
    """A row of a file."""
    found = Reading()
    if len(cells) > len(header):
        found.fault("", f"This row has {len(cells)} cells and the first line names {len(header)} columns.")
    texts = {name: cells[place] for name, place in columns.items() if place < len(cells)}
    names = {name: header[place] for name, place in columns.items() if place < len(header)}
    _person({name: texts[name] for name in PERSON if texts.get(name)}, names, found)
    data = {
        one["name"]: value_of(one["type"], texts[f"{DATA}{one['name']}"])
        for one in variables
        if texts.get(f"{DATA}{one['name']}")
    }
    return _with_data(found, data, names, variables)


def read_item(item: Any, variables: Sequence[Json]) -> Reading:
    """A row of a program: {to: phone or object, data, language?}."""
    found = Reading()
    if not isinstance(item, Mapping):
        found.fault("", "This row is not an object.")
        return found
    for name in sorted(set(item) - {"to", "data", "language"})[:5]:
        found.fault(str(name)[:100], "There is no such field here.")
    to = item.get("to")
    texts = {"phone": to} if isinstance(to, str) else dict(to) if isinstance(to, Mapping) else {}
    for name in sorted(set(texts) - {*PERSON, "customer_id"} | (set(texts) & {"language"}))[:5]:
        found.fault(f"to.{name}"[:100], "There is no such field here.")
        texts.pop(name)
    _person(texts | ({"language": item["language"]} if item.get("language") else {}), {}, found)
    return _with_data(found, item.get("data") or {}, {}, variables)


def read_person(
    customer_id: UUID, texts: Mapping[str, str], known: Mapping[str, str], variables: Sequence[Json]
) -> Reading:
    """A row of a segment. texts: variable → text with slots; known: what is known of the customer."""
    found = Reading(to={"customer_id": str(customer_id)})
    data = {}
    for one in variables:
        text = SLOT.sub(lambda match: known.get(match[1], ""), texts.get(one["name"], "")).strip()
        if text:
            data[one["name"]] = value_of(one["type"], text)
    return _with_data(found, data, {}, variables)


def value_of(kind: str, text: str) -> Any:
    """A cell as a value of this type. 12,40 and 1.234,50 are read like 12.40 and 1,234.50; what cannot be
    read stays text, for the check to tell."""
    if kind in {"money", "number"}:
        text = _AMOUNT.sub(lambda match: _western(match[0], is_money=kind == "money"), text, count=1)
    return example_value(kind, text)


def _western(amount: str, *, is_money: bool) -> str:
    """With a point before decimals and nothing between thousands. A sign that stands last is the decimal one,
    unless it stands twice or three digits follow: 1,234 is a thousand, as money 1.234 is too; 0,123 is
    not."""
    digits = re.sub("[' \u00a0\u202f]", "", amount)
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return digits
    sign, other = digits[last], "," if digits[last] == "." else "."
    is_thousand = len(digits) - last == 4 and not digits.lstrip("-").startswith("0")
    is_group = digits.count(sign) > 1 or (other not in digits and is_thousand and (sign == "," or is_money))
    whole, decimals = (digits, "") if is_group else (digits[:last], digits[last + 1 :])
    whole = whole.replace(",", "").replace(".", "")
    return f"{whole}.{decimals}" if decimals else whole


def _person(texts: Mapping[str, Any], names: Mapping[str, str], found: Reading) -> None:
    for name, most in _LONGEST.items():
        if len(str(texts.get(name) or "")) > most:
            found.fault(names.get(name, name), f"This has more than {most} characters.")
    if language := str(texts.get("language") or ""):
        found.language = language[:16]
        if not _LANGUAGE.match(language):
            found.fault(names.get("language", "language"), "Write a language like en, pt or pt-BR.")
    kept = ("customer_id", "external_id", "name", "timezone")
    found.to = {name: str(texts[name]) for name in kept if texts.get(name)}
    if (place := found.to.get("timezone")) and not is_zone(place):
        found.fault(names.get("timezone", "timezone"), NO_ZONE)
    if texts.get("phone"):
        _phone(texts["phone"], names, found)
    ways = {"customer_id", "external_id", "phone"} & set(found.to)
    if not ways and not any(one["column"] == names.get("phone", "phone") for one in found.problems):
        found.fault(names.get("phone", "phone"), "Nobody is named: there is no phone number and no id.")
    if "customer_id" in ways:
        _customer_id(ways, found)


def _phone(text: Any, names: Mapping[str, str], found: Reading) -> None:
    try:
        found.to["phone"] = PhoneField(max_length=40).run_validation(text)
    except ValidationError as error:
        detail: Any = error.detail
        found.fault(names.get("phone", "phone"), str(detail[0]))


def _customer_id(ways: set[str], found: Reading) -> None:
    try:
        UUID(found.to["customer_id"])
    except ValueError:
        found.fault("customer_id", "This is not the id of a customer.")
    if len(ways) > 1:
        found.fault("customer_id", "Give customer_id alone, or a phone number and your own id.")


def _with_data(found: Reading, data: Any, names: Mapping[str, str], variables: Sequence[Json]) -> Reading:
    for pointer, sentence in data_faults(variables, data):
        name = pointer.strip("/").split("/")[0]
        found.fault(names.get(f"{DATA}{name}", name), sentence)
    found.data = data if isinstance(data, dict) else {}
    return found
