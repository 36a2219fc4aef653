"""What sending costs, as far as the tenant's list of prices knows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from inbox.channels import UnknownChannel, adapter_for, adapters
from inbox.models import Channel
from inbox.ports import ChargesMessages, Tariff
from notifications.models import PriceLine
from notifications.places import Place

#: {currency: amount}; amounts of different currencies are never added.
Amounts = dict[str, Decimal]


@dataclass(slots=True)
class PriceList:
    """The prices that hold on one day. lines: {(channel, category, country): line}."""

    lines: Mapping[tuple[str, str, str], PriceLine] = field(default_factory=dict)

    def find(self, channel: Channel, categories: Sequence[str], place: Place) -> PriceLine | None:
        """The price of one unit: of this very channel before that of its kind, of the category before that of
        all, of the country before that of its calling code before that of everywhere."""
        keys = (
            (name, category, country)
            for name in (str(channel.id), channel.kind)
            for category in (*categories, "")
            for country in dict.fromkeys((place.region, place.code, ""))
        )
        return next((self.lines[key] for key in keys if key in self.lines), None)


def prices_on(day: date) -> PriceList:
    """The prices that hold on a day. One statement."""
    rows = PriceLine.objects.filter(valid_from__lte=day).order_by("valid_from")
    return PriceList({(row.channel, row.category, row.country): row for row in rows})


def charging(kind: str) -> ChargesMessages | None:
    """The adapter of a kind whose provider takes money for messages."""
    try:
        adapter = adapter_for(kind)
    except UnknownChannel:
        return None
    return adapter if isinstance(adapter, ChargesMessages) else None


def tariffs() -> dict[str, Tariff]:
    """{kind: how it is charged} of the installed channels that are."""
    return {kind: one.tariff for kind, one in adapters().items() if isinstance(one, ChargesMessages)}


def add_to(amounts: Amounts, currency: str, amount: Decimal) -> None:
    """Add within one currency."""
    amounts[currency] = amounts.get(currency, Decimal(0)) + amount


def price_lines() -> list[PriceLine]:
    """The whole list, the newest price of a thing first."""
    return list(PriceLine.objects.order_by("channel", "category", "country", "-valid_from"))


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a channel in use charges for and nobody has named a price of."""

    kind: str
    label: str
    category: str
    unit: str


def gaps(lines: Iterable[PriceLine], channels: Iterable[Channel]) -> list[Gap]:
    """What is charged by the channels in use and has no price anywhere."""
    known = {(line.channel, line.category) for line in lines}
    kinds = {channel.kind: {channel.kind} for channel in channels}
    for channel in channels:
        kinds[channel.kind].add(str(channel.id))
    return [
        Gap(kind, adapter_for(kind).label, category, tariff.unit)
        for kind, tariff in tariffs().items()
        if kind in kinds
        for category in tariff.categories or ("",)
        if not any((name, one) in known for name in kinds[kind] for one in (category, ""))
    ]
