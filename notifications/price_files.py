"""The list of prices as CSV: what is kept, and what a new workspace still has to find out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from django.utils.translation import gettext as _

from common.spreadsheets import csv_line
from inbox.models import Channel
from notifications.campaigns.files import FileRefused, read_table
from notifications.operations.prices import FIELDS, named
from notifications.queries.prices import gaps, price_lines, tariffs

COLUMNS = ("channel", "category", "unit", "country", "currency", "price", "valid_from")


def written_prices(today: date) -> Iterator[str]:
    """Every price, then a line without one for each thing that channels in use charge for and nobody
    priced."""
    channels = {str(row.id): row for row in Channel.objects.filter(is_active=True)}
    lines, units = price_lines(), {kind: tariff.unit for kind, tariff in tariffs().items()}
    yield csv_line(COLUMNS)
    for line in lines:
        channel = channels.get(line.channel)
        unit = units.get(channel.kind if channel else line.channel, "")
        # A calling code is no formula: safe_cell would quote its plus, so it goes out without.
        place = line.country.lstrip("+")
        name = named(channel) if channel else line.channel
        price = f"{line.price.normalize():f}"
        yield csv_line((name, line.category, unit, place, line.currency, price, line.valid_from))
    for gap in gaps(lines, channels.values()):
        yield csv_line((gap.kind, gap.category, gap.unit, "", "", "", today.isoformat()))


def read_prices(file: BinaryIO) -> tuple[list[dict[str, str]], list[int]]:
    """The lines that have a price, and the numbers of their lines. Raises FileRefused."""
    table = read_table(file)
    places = {name.strip().lower(): place for place, name in enumerate(table.header)}
    missing = [one for one in FIELDS if one not in places and one not in {"category", "country"}]
    if missing:
        raise FileRefused(_("The file has no column “%s”.") % missing[0])
    given, numbers = [], []
    for line in table.lines:
        row = {name: line.cells[place].lstrip("'") for name, place in places.items() if name in COLUMNS}
        if row["price"]:
            row["country"] = _code(row.get("country", ""))
            given.append(row)
            numbers.append(line.number)
    if not given:
        raise FileRefused(_("No line of the file has a price."))
    return given, numbers


def _code(country: str) -> str:
    """44 is the calling code +44."""
    return f"+{country}" if country.isdecimal() else country
