"""What text messages are charged as."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from channels_sms.adapter import Adapter
from inbox.ports import ChargesMessages, Use, told_price


def test_the_adapter_says_that_messages_cost_money() -> None:
    assert isinstance(Adapter(), ChargesMessages)


@pytest.mark.parametrize(
    ("status", "text", "pricing", "expected"),
    [
        ("", "a" * 161, {}, (2, None, "")),
        ("queued", "Hello", {}, None),
        ("sending", "Hello", {}, None),
        ("failed", "Hello", {}, None),
        ("sent", "Hello", {}, (1, None, "")),
        ("sent", "", {}, (1, None, "")),
        ("delivered", "ж" * 71, {}, (2, None, "")),
        ("delivered", "Hello", {"price": "-0.00750", "currency": "USD"}, (1, Decimal("0.00750"), "USD")),
        ("failed", "Hello", {"price": "-0.00750", "currency": "usd"}, (1, Decimal("0.00750"), "USD")),
    ],
)
def test_texts_are_charged_by_the_segment(
    status: str, text: str, pricing: dict[str, Any], expected: tuple[int, Decimal | None, str] | None
) -> None:
    charge = Adapter().charge(Use("text", text, status=status, pricing=pricing))

    assert (charge and (charge.units, charge.told, charge.currency)) == expected


@pytest.mark.parametrize(
    "pricing",
    [
        {},
        {"price": None},
        {"price": "NaN", "currency": "USD"},
        {"price": "0.1"},
        {"price": "1", "currency": "$"},
    ],
)
def test_an_amount_that_cannot_be_read_is_none(pricing: dict[str, Any]) -> None:
    assert told_price(pricing) == (None, "")
