"""Prices and costs as the JSON of the API."""

from __future__ import annotations

from common.wire import ident, stamp
from notifications import cost_wire as wire
from notifications.models import Cost, PriceLine
from notifications.queries.costs import CostLine
from notifications.queries.prices import Amounts
from notifications.words_of_money import digits


def amounts_shape(amounts: Amounts) -> list[wire.Amount]:
    """Amounts, each in its currency."""
    return [{"currency": one, "amount": digits(amount, one)} for one, amount in sorted(amounts.items())]


def price_shape(line: PriceLine) -> wire.PriceLine:
    """A PriceLine."""
    return {
        "id": ident(line.id),
        "channel": line.channel,
        "category": line.category,
        "country": line.country,
        "currency": line.currency,
        "price": f"{line.price.normalize():f}",
        "valid_from": line.valid_from.isoformat(),
    }


def total_shape(line: CostLine) -> wire.CostTotal:
    """What several messages came to."""
    return {
        "amounts": amounts_shape(line.amounts),
        "messages": line.messages,
        "free": line.free,
        "unknown": line.unknown,
    }


def line_shape(line: CostLine) -> wire.CostLine:
    """One line of a report."""
    return {"name": line.name, **total_shape(line)}


def cost_shape(row: Cost) -> wire.Cost:
    """What one message came to."""
    known = row.amount is not None and row.currency
    return {
        "message_id": ident(row.message_id),
        "channel_id": ident(row.channel_id),
        "source": row.source,
        "amount": {"currency": row.currency, "amount": digits(row.amount, row.currency)} if known else None,
        "category": row.category,
        "country": row.country,
        "unit": row.unit,
        "units": row.units,
        "at": stamp(row.at),
    }
