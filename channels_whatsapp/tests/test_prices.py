"""What WhatsApp messages are charged as, by what statuses and notifications say."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from inbox.ports import ChargesMessages, Use

REGULAR: dict[str, Any] = {"billable": True, "pricing_model": "PMP", "type": "regular"}
MARKETING = {**REGULAR, "category": "marketing"}
ABROAD = {**REGULAR, "category": "authentication-international"}
ABROAD_AS = ("authentication_international", "authentication")
FROM_AD = {"billable": False, "type": "free_entry_point", "category": "referral_conversion"}
FREE_SERVICE = {"type": "free_customer_service", "category": "service"}


def test_the_adapter_says_that_messages_cost_money() -> None:
    assert isinstance(Adapter(), ChargesMessages)


def use(category: str = "", status: str = "delivered", kind: str = "template", **pricing: Any) -> Use:
    return Use(kind, "Hi", category, status, {}, pricing)


@pytest.mark.parametrize(
    ("said", "categories", "is_free"),
    [
        (use("utility", ""), ("utility",), False),  # planned
        (use("utility"), ("utility",), False),
        (use(), (), False),
        (use(kind="text"), ("service", "utility"), False),
        (use("utility", "read", **REGULAR), ("utility",), False),
        (Use("template", "Hi", "utility", "read", {}, MARKETING), ("marketing",), False),
        (Use("template", "4417", "authentication", "read", {}, ABROAD), ABROAD_AS, False),
        (Use("template", "Hi", "utility", "delivered", {}, FROM_AD), ("referral_conversion",), True),
        (Use("text", "Hi", "", "delivered", {}, FREE_SERVICE), ("service", "utility"), True),
    ],
)
def test_each_delivered_message_is_charged_by_its_category(
    said: Use, categories: tuple[str, ...], is_free: bool
) -> None:
    charge = Adapter().charge(said)

    assert charge is not None
    assert (charge.units, charge.categories, charge.is_free, charge.told) == (1, categories, is_free, None)


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "failed", "uncertain", "held", "cancelled"])
def test_what_did_not_arrive_costs_nothing(status: str) -> None:
    pricing: dict[str, Any] = {**REGULAR, "category": "utility"}

    assert Adapter().charge(Use("template", "Hi", "utility", status, {}, pricing)) is None
