"""The tenant's list of prices: set, and taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from common import queues
from common.sql import insert_rows
from common.times import database_now
from events import audit, bus
from inbox.models import Channel
from inbox.operations.authors import Author
from notifications.models import PriceLine
from notifications.models.prices import PLACES
from notifications.operations.notify import QUEUE
from notifications.places import is_country
from notifications.queries.prices import tariffs

LINES_MAX = 5_000
#: More than this for one message is a slip of the keyboard.
PRICE_MAX = Decimal(1_000)
FIELDS = ("channel", "category", "country", "currency", "price", "valid_from")

#: (place in the list, field, sentence)
Fault = tuple[int, str, str]


class PricesRefused(Exception):
    """Some lines are wrong, and none was taken. faults: which, and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0][2])
        self.faults = list(faults)


def set_prices(*, given: Sequence[Mapping[str, Any]], by: Author) -> list[PriceLine]:
    """Write these prices down; one with the same channel, category, country and first day is replaced.

    given: [{channel: a kind, "kind:name" or an id; category; country; currency; price: Decimal or text;
    valid_from: date or text}]. They hold for what is charged from then on. Writes PriceLine, Event
    `prices.changed`. Raises PricesRefused: all or none.
    """
    ours = list(Channel.objects.all())
    channels = {name: str(row.id) for row in ours for name in (str(row.id), named(row))}
    kinds = {str(row.id): row.kind for row in ours}
    said = [_read(one, channels) for one in given]
    faults = [(place, *fault) for place, one in enumerate(said) for fault in _faults(one, kinds)]
    faults += _twice(said)
    if len(given) > LINES_MAX:
        faults = [(0, "", _("A list of prices has at most %d lines.") % LINES_MAX)]
    if faults:
        raise PricesRefused(sorted(faults))
    now = database_now()
    rows = [PriceLine(**{name: one[name] for name in FIELDS}, updated_at=now) for one in said]
    before = {_key(row): row for row in PriceLine.objects.all()}
    changed = [row for row in rows if _said(row) != _said(before.get(_key(row)))]
    insert_rows(changed, on_conflict=_REPLACED)
    if changed:
        olds = {_key(row): before[_key(row)] for row in changed if _key(row) in before}
        _tell(
            {name(row): _words(row) for row in olds.values()}, {name(row): _words(row) for row in changed}, by
        )
        queues.enqueue(QUEUE)  # whoever only answers customers is heard from now on, too
    return rows


_REPLACED = """
(tenant_id, channel, category, country, valid_from) DO UPDATE
SET currency = EXCLUDED.currency, price = EXCLUDED.price, updated_at = EXCLUDED.updated_at
"""


def remove_price(*, line: PriceLine, by: Author) -> None:
    """Take one price away. What was charged by it stays. Writes Event `prices.changed`."""
    before = {name(line): _words(line)}
    PriceLine.objects.filter(id=line.id).delete()
    _tell(before, {}, by)


def _tell(before: Mapping[str, str], after: Mapping[str, str], by: Author) -> None:
    bus.record("prices.changed", {"lines": len(before.keys() | after.keys())}, actor=by.actor)
    audit.note("prices.changed", None, _("Prices"), before=before, after=after, actor=by.actor)


def named(channel: Channel) -> str:
    """A channel as files call it, the same in every workspace."""
    return f"{channel.kind}:{channel.name}"


def name(line: PriceLine) -> str:
    """What a price is of, in one line."""
    return " ".join(filter(None, (line.channel, line.category, line.country, f"{line.valid_from}")))


def _words(line: PriceLine) -> str:
    return f"{line.price.normalize():f} {line.currency}"


def _key(row: PriceLine) -> tuple[str, str, str, date]:
    return row.channel, row.category, row.country, row.valid_from


def _said(row: PriceLine | None) -> tuple[str, Decimal] | None:
    return (row.currency, row.price) if row else None


def _read(given: Mapping[str, Any], channels: Mapping[str, str]) -> dict[str, Any]:
    """What was given as it would be stored; what cannot be read is None."""
    channel = _text(given, "channel")
    return {
        "channel": channels.get(channel, channel),
        "category": _text(given, "category"),
        "country": _text(given, "country").upper(),
        "currency": _text(given, "currency").upper(),
        "price": _decimal(given.get("price")),
        "valid_from": _day(given.get("valid_from")),
        "unit": _text(given, "unit"),
    }


def _text(given: Mapping[str, Any], field: str) -> str:
    return str(given.get(field) or "").strip()


def _decimal(value: Any) -> Decimal | None:
    """A price as people type it, 0.05 or 0,05; never by way of a float."""
    text = str(value if value is not None else "").strip()
    try:
        found = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or "").strip()[:10])
    except ValueError:
        return None


def _faults(said: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from _tariff_faults(said, kinds)
    if not is_country(said["country"]):
        yield "country", _("A country is like GB, a calling code like +44; leave it empty for everywhere.")
    currency, price = said["currency"], said["price"]
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        yield "currency", _("A currency has three letters, like EUR.")
    if price is None or not 0 <= price <= PRICE_MAX or price != round(price, PLACES):
        yield "price", _("A price is a number like 0.0553, at most 1000, with at most six decimals.")
    if said["valid_from"] is None:
        yield "valid_from", _("Write the first day like 2026-10-01.")


def _tariff_faults(said: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    known = tariffs()
    kind = kinds.get(said["channel"], said["channel"])
    if kind not in known:
        words = ", ".join(sorted(known))
        yield "channel", _("This is no channel that is charged for; the kinds are: %s.") % words
    elif said["category"] and said["category"] not in known[kind].categories:
        words = ", ".join(known[kind].categories) or _("none, all cost the same")
        yield "category", _("This channel's categories are: %s.") % words
    elif said["unit"] and said["unit"] != known[kind].unit:
        yield "unit", _("This channel is charged by the %s.") % known[kind].unit


def _twice(said: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    seen = set()
    for place, one in enumerate(said):
        key = tuple(str(one[name]) for name in ("channel", "category", "country", "valid_from"))
        if key in seen:
            yield place, "", _("The same price stands here twice.")
        seen.add(key)
