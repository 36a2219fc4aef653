"""Card numbers are cut, and nothing else is."""

from __future__ import annotations

import pytest

from common.cards import mask_cards


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("My card is 4111 1111 1111 1111, thanks", "My card is 4111 11•• •••• 1111, thanks"),
        ("4111111111111111", "411111••••••1111"),
        ("5555-5555-5555-4444", "5555-55••-••••-4444"),
        ("amex 378282246310005!", "amex 378282•••••0005!"),
        ("٤١١١١١١١١١١١١١١١", "٤١١١١١••••••١١١١"),
        ("4111\u200b1111\u200b1111\u200b1111", "4111\u200b11••\u200b••••\u200b1111"),
    ],
)
def test_card_numbers_keep_their_first_six_and_last_four(text: str, kept: str) -> None:
    assert mask_cards(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "+44 7700 900123",
        "4111 1111 1111 1112",
        "Order 1234567890123",
        "DE89 3704 0044 0532 0130 00",
        "",
        "2026-11-29",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_cards(text) == text
