"""Phone numbers as people and spreadsheets write them: read right, or refused, and never somebody else's."""

from __future__ import annotations

import pytest

from common.phones import NotAPhone, read_phone


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+44 7700 900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("447700900123", "+447700900123"),
        ("(+44) 7700 900-123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("4915123456789.0", "+4915123456789"),  # as pandas writes it: not a number with a 0 more
        ("4915123456789,00", "+4915123456789"),
    ],
)
def test_a_number_is_read_in_any_spelling(text: str, number: str) -> None:
    assert read_phone(text) == number


@pytest.mark.parametrize("text", ["4.47701E+11", "4,91512E+12", "+4.9E12", "4E+11"])
def test_one_that_a_spreadsheet_rounded_is_told_so(text: str) -> None:
    with pytest.raises(NotAPhone, match="rounded this number"):
        read_phone(text)


@pytest.mark.parametrize(
    "text", ["", "12", "mobile", "+", "07700 900123", "+44 7700 900123 / +44 7700 900124"]
)
def test_anything_else_says_how_it_is_written(text: str) -> None:
    with pytest.raises(NotAPhone, match="with its country code"):
        read_phone(text)
