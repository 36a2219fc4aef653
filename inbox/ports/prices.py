"""What a provider charges for, told by its adapter; amounts are the business of whoever has the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal, Protocol, runtime_checkable

from django.utils.functional import Promise

from inbox.ports.words import Json

Unit = Literal["message", "segment", "minute"]


@dataclass(frozen=True, slots=True)
class Tariff:
    """How a provider charges. unit: what is counted; categories: which messages cost differently, none if
    all cost the same; about: a sentence for people."""

    unit: Unit
    about: Promise
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """One message of ours. category: what its notification is ("utility"), "" for what an agent writes;
    status: our word, "" while it is only planned; pricing: what the provider said of its price so far."""

    kind: str
    text: str
    category: str = ""
    status: str = ""
    content: Json = field(default_factory=dict)
    pricing: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one message is charged as. categories: of the tariff, the best first, whose price holds; units:
    how many of the tariff's; told: the amount the provider named, in `currency`; is_free: it said that it
    costs nothing."""

    units: int
    categories: tuple[str, ...] = ()
    told: Decimal | None = None
    currency: str = ""
    is_free: bool = False


@runtime_checkable
class ChargesMessages(Protocol):
    """Its provider takes money for messages."""

    tariff: Tariff

    def charge(self, use: Use) -> Charge | None:
        """What a message is charged as; None while nothing is charged for it. Pure."""
        ...


def told_price(pricing: Json) -> tuple[Decimal | None, str]:
    """The amount and currency in a report's {"price", "currency"}; providers write what we owe with a
    minus."""
    try:
        amount = abs(Decimal(str(pricing["price"])))
    except (KeyError, InvalidOperation):
        return None, ""
    currency = str(pricing.get("currency") or "").upper()
    known = amount.is_finite() and len(currency) == 3 and currency.isalpha()
    return (amount, currency) if known else (None, "")
