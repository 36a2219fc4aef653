"""Types of the JSON of prices and costs. Amounts are text: no float holds money."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Meaning, Time
from notifications.models import CostSource
from notifications.queries.costs import GROUPS

_SOURCES = "told: by the provider; listed: units × your price; free; unknown: nobody has named a price."


class Amount(TypedDict):
    """Money of one currency. Amounts of different currencies are never added."""

    currency: str
    amount: Annotated[str, Meaning(about="A decimal number.")]


class PriceLine(TypedDict):
    """One price of one unit."""

    id: Id
    channel: Annotated[str, Meaning(about="A kind of channel, or the id of one.")]
    category: Annotated[str, Meaning(about="Of the provider's tariff; empty for every one.")]
    country: Annotated[str, Meaning(about="Like GB, or a calling code like +44; empty for everywhere.")]
    currency: str
    price: Annotated[str, Meaning(about="A decimal number.")]
    valid_from: Annotated[str, Meaning(about="The first day, UTC.")]


class PriceLines(TypedDict):
    """The whole list."""

    data: list[PriceLine]


class CostTotal(TypedDict):
    """What several messages came to. `unknown` of them cost something that is in no amount."""

    amounts: list[Amount]
    messages: int
    free: int
    unknown: int


class CostLine(CostTotal):
    """One line of a report."""

    name: Annotated[str, Meaning(about="Empty: what agents wrote, or a country nobody knows.")]


class Costs(TypedDict):
    """What was charged, without tests, by `by`."""

    by: Annotated[str, Meaning(words=tuple(GROUPS))]
    since: Annotated[str, Meaning(about="The first day, UTC.")]
    data: list[CostLine]


class MessageCost(TypedDict):
    """What a message came to by now; null while nothing is charged for it."""

    cost: Cost | None


class Cost(TypedDict):
    """What one message came to."""

    message_id: Id
    channel_id: Id
    source: Annotated[str, Meaning(words=tuple(CostSource.values), about=_SOURCES)]
    amount: Amount | None
    category: str
    country: str
    unit: str
    units: int
    at: Time
