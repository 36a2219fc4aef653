"""What calls are charged as."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from channels_voice.adapter import Adapter
from inbox.ports import ChargesMessages, StatusReport, Use


def test_the_adapter_says_that_calls_cost_money() -> None:
    assert isinstance(Adapter(), ChargesMessages)


@pytest.mark.parametrize(
    ("status", "content", "pricing", "units"),
    [
        ("queued", {}, {}, None),
        ("sent", {}, {}, None),
        ("failed", {"duration_s": 0, "outcome": "busy"}, {}, None),
        ("failed", {"duration_s": 9, "outcome": "voicemail"}, {}, 1),
        ("delivered", {"duration_s": 60}, {}, 1),
        ("delivered", {"duration_s": 61}, {}, 2),
        ("read", {"duration_s": 999_999}, {}, 240),
        ("delivered", {"duration_s": 0}, {"price": "-0.01400", "currency": "USD"}, 1),
    ],
)
def test_calls_are_charged_by_the_begun_minute(
    status: str, content: dict[str, Any], pricing: dict[str, Any], units: int | None
) -> None:
    charge = Adapter().charge(Use("call", "Hello", status=status, content=content, pricing=pricing))

    assert (charge and charge.units) == units
    assert (charge.told if charge else None) == (Decimal("0.014") if pricing else None)


@pytest.mark.parametrize(("text", "units"), [("Hello", 1), ("word " * 200, 2), ("Hello [pause 70 s]", 2)])
def test_a_planned_call_is_as_long_as_its_words(text: str, units: int) -> None:
    charge = Adapter().charge(Use("call", text))

    assert charge is not None
    assert charge.units == units


def test_the_list_of_calls_names_the_price() -> None:
    call = {
        "sid": "CA1", "status": "completed", "direction": "outbound-api", "from": "+442079460123",
        "to": "+447700900123", "answered_by": "human", "duration": "12", "price": "-0.014", "price_unit":
        "USD",
    }  # fmt: skip

    [report] = Adapter().parse(json.dumps({"calls": [call]}).encode())

    assert isinstance(report, StatusReport)
    assert report.pricing == {"price": "-0.014", "currency": "USD"}
    assert report.learned["duration_s"] == 12
