"""What sending costs, as far as this installation knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Channel


@dataclass(frozen=True, slots=True)
class Price:
    """minor: of the currency's smallest unit."""

    minor: int
    currency: str


def known_price(channel: Channel, category: str, how_many: int) -> Price | None:
    """The price of so many messages of a category on a channel, None where nobody has said it.

    Providers tell what was billed, not what will be; an estimate needs a price list, and none is kept yet.
    """
    return None


def estimate(channels: Sequence[Channel], category: str, how_many: int) -> Price | None:
    """The price of a campaign if its first channel gets through to everybody."""
    return known_price(channels[0], category, how_many) if channels else None
