"""Bodies of webhooks (forms) and of lists (JSON), read so that nothing in them can break us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import phonenumbers

from common.cards import mask_cards
from common.untrusted import BadJson, clean_text, read_json
from inbox.ports import PHONE, UNTOLD, Claim, Hook, Json, Person, Unparsable

FIELDS_MAX = 1_000
VALUE_CHARS = 70_000
ID_CHARS = 80
#: What people write themselves.
WRITTEN = {"Body", "SpeechResult"}
#: Our own words at the end of a stored body: what stood in the query of the signed address.
OURS = {"ref": "_ref", "step": "_step", "n": "_n"}


def kept(hook: Hook) -> bytes:
    """The body to store: the provider's own, and behind it what our own address told (delivery, step)."""
    if hook.query.get("bodySHA256"):
        return hook.body
    told = {OURS[name]: hook.query[name][:ID_CHARS] for name in OURS if hook.query.get(name)}
    body = _without_cards(hook.body)
    return body + b"&" + urlencode(told).encode() if told else body


def _without_cards(body: bytes) -> bytes:
    """The form with the middle of card numbers left out of what a person wrote; ids and numbers stay."""
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        return body
    masked = [(name, mask_cards(value) if name in WRITTEN else value) for name, value in fields]
    return urlencode(masked).encode() if masked != fields else body


def read_body(body: bytes) -> dict[str, str] | Json:
    """A form as {name: last value}, or a JSON object. Raises Unparsable."""
    if body.lstrip()[:1] in {b"{", b"["}:
        return _read_json(body)
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=FIELDS_MAX
        )
    except ValueError:
        raise Unparsable("The body is neither a form nor JSON.") from None
    return {clean_text(name)[:ID_CHARS]: clean_text(value)[:VALUE_CHARS] for name, value in fields}


def _read_json(body: bytes) -> Json:
    try:
        found = read_json(body)
    except BadJson as error:
        raise Unparsable(str(error)) from None
    if not isinstance(found, dict):
        raise Unparsable("The body is JSON, but not an object.")
    return found


def elements(source: Json, key: str) -> Iterator[tuple[str, Any]]:
    """Each element of a list with its path."""
    found = source.get(key)
    if isinstance(found, list):
        yield from ((f"{key}[{n}]", element) for n, element in enumerate(found))


def word(source: Mapping[str, Any], key: str, most: int = ID_CHARS) -> str:
    """An id, a number or a name of theirs; "" for anything else or longer than `most`."""
    value = source.get(key)
    if isinstance(value, str):
        return value if len(value) <= most else ""
    return str(value) if type(value) is int else ""


def moment(text: str) -> datetime:
    """A date of mails ("Mon, 23 Nov 2026 10:15:09 +0000"); UNTOLD when it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return UNTOLD
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 2000 <= found.year < 2100 else UNTOLD


def claim(text: str) -> Claim | None:
    """A phone number in E.164; short codes and names as they are; nothing for a withheld number."""
    if not text or text.lower() in {"anonymous", "restricted", "unavailable", "unknown", "+266696687"}:
        return None
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return Claim("sender", text)
    return Claim(PHONE, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def person(text: str) -> Person:
    """Who is behind a number."""
    found = claim(text)
    return Person((found,)) if found else Person()


def number_of(claims: tuple[Claim, ...]) -> str:
    """The phone number among a person's addresses, or ""."""
    return next((one.value for one in claims if one.kind == PHONE), "")
