"""The variables of a notification: their JSON Schema, the check of data, and how values are written.

Pure: no database. Money is {"amount": minor units, "currency": "EUR"}; dates are ISO 8601; phones are E.164.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import orjson
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

Json = dict[str, Any]

SLOT = re.compile(r"\{\{\s*(\w+)\s*\}\}")
TEXT_MAX = 1024

_SCHEMAS: dict[str, Json] = {
    "text": {"type": "string", "minLength": 1, "maxLength": TEXT_MAX, "pattern": r"\S"},
    "money": {
        "type": "object",
        "properties": {
            "amount": {"type": "integer", "minimum": -(10**15), "maximum": 10**15},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        "required": ["amount", "currency"],
        "additionalProperties": False,
    },
    "phone": {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"},
    "date": {"type": "string", "format": "moment", "maxLength": 40},
    "number": {"type": "number", "minimum": -(10**15), "maximum": 10**15},
    "url": {"type": "string", "format": "web-address", "maxLength": 2000},
    "code": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,20}$"},
}
TYPES = tuple(_SCHEMAS)

_WRONG = {
    "text": "This takes a text.",
    "money": 'This takes money like 12.40 EUR; in a program {"amount": 1240, "currency": "EUR"}.',
    "phone": "This takes a phone number with its country code, like +447700900123.",
    "date": "This takes a date or a time in ISO 8601, like 2026-11-29 or 2026-11-29T18:40:00Z.",
    "number": "This takes a number.",
    "url": "This takes an address that begins with https://.",
    "code": "This takes a code of 1 to 20 letters, digits and hyphens.",
}

_formats = FormatChecker(formats=())


@_formats.checks("moment")
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or _moment(value) is not None


@_formats.checks("web-address")
def _is_web_address(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"\s", value)


def data_schema(variables: Sequence[Json]) -> Json:
    """The JSON Schema (2020-12) that the data of a notification must satisfy."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {one["name"]: _one(one) for one in variables},
        "required": [one["name"] for one in variables if one.get("required", True)],
        "additionalProperties": False,
    }


def _one(variable: Json) -> Json:
    schema = {**_SCHEMAS[variable["type"]], "examples": [variable.get("example")]}
    if most := variable.get("max"):
        schema["maximum" if variable["type"] == "number" else "maxLength"] = most
    return schema


@lru_cache(maxsize=256)
def _validator(variables: bytes) -> Draft202012Validator:
    return Draft202012Validator(data_schema(orjson.loads(variables)), format_checker=_formats)


def data_faults(variables: Sequence[Json], data: Any) -> list[tuple[str, str]]:
    """What is wrong with the data, as (JSON pointer, sentence) in the order of the pointers."""
    found = _validator(orjson.dumps(list(variables))).iter_errors(data)
    types = {one["name"]: one["type"] for one in variables}
    return sorted({fault for error in found for fault in _faults(error, types)})


def _faults(error: ValidationError, types: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    path: list[str] = [str(part) for part in error.absolute_path]
    given: Any = error.instance
    wanted: Any = error.validator_value
    if not path and error.validator == "required":
        missing = [name for name in wanted if name not in given]
        yield from ((f"/{name}", "This variable is missing.") for name in missing)
    elif not path and error.validator == "additionalProperties":
        unknown = [name for name in given if name not in types]
        yield from ((f"/{_escape(name)}", "This type has no such variable.") for name in unknown)
    elif not path:
        yield "", "The data is an object of variables."
    elif error.validator in {"maxLength", "maximum"}:
        yield f"/{path[0]}", f"This is more than the {wanted} allowed."
    else:
        yield f"/{path[0]}", _WRONG[types[path[0]]]


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:80]


def slots_in(value: Any) -> set[str]:
    """The names of variables used anywhere in a text, list or object."""
    if isinstance(value, str):
        return set(SLOT.findall(value))
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return {name for one in inner for name in slots_in(one)}


def examples_of(variables: Sequence[Json]) -> Json:
    """Data made of the examples."""
    return {one["name"]: one["example"] for one in variables}


# ---------------------------------------------------------------- how values are written


def written(variables: Sequence[Json], data: Mapping[str, Any], language: str) -> dict[str, str]:
    """Every variable as a person of this language reads it; what is not given is empty."""
    return {one["name"]: _written(one["type"], data.get(one["name"]), language) for one in variables}


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its {{variables}} replaced."""
    return SLOT.sub(lambda match: values.get(match[1], ""), text)


def _written(kind: str, value: Any, language: str) -> str:
    if value is None:
        return ""
    if kind == "money":
        return _money(value["amount"], value["currency"], language)
    if kind == "number":
        return _number(Decimal(str(value)), language)
    if kind == "date":
        return _date(str(value), language)
    return str(value)


#: Currencies whose minor unit is not a hundredth (ISO 4217).
PLACES = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "XAF": 0, "XOF": 0, "BHD": 3, "KWD": 3, "JOD": 3}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "BRL": "R$", "JPY": "¥", "INR": "₹"}
#: Languages that write 1.234,50.
_COMMA = {"pt", "es", "de", "fr", "it", "nl", "pl", "tr", "id", "ru"}
#: Languages that write 29.11.2026.
_DOTTED = {"de", "pl", "tr", "ru", "uk", "cs", "da", "fi", "no", "nb", "ro"}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _money(amount: int, currency: str, language: str) -> str:
    places = PLACES.get(currency, 2)
    number = _grouped(f"{Decimal(amount).scaleb(-places):,.{places}f}", language)
    return f"{_SIGNS.get(currency, currency)} {number}"


def _number(value: Decimal, language: str) -> str:
    return _grouped(f"{value:,f}", language)


def _grouped(text: str, language: str) -> str:
    if language.partition("-")[0] not in _COMMA:
        return text
    return text.translate(str.maketrans(",.", ".,"))


def _moment(text: str) -> date | datetime | None:
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def _date(text: str, language: str) -> str:
    at = _moment(text)
    if at is None:
        return text
    plain = language.partition("-")[0]
    if plain == "en":
        day = f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    else:
        sign = "." if plain in _DOTTED else "/"
        day = f"{at.day:02}{sign}{at.month:02}{sign}{at.year}"
    return f"{day} {at:%H:%M}" if isinstance(at, datetime) else day
