"""What a text costs, by the vectors of 3GPP TS 23.038 and its edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_sms.segments import ALPHABET, count_segments


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "units"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 1, 160),
        ("a" * 161, "GSM-7", 2, 161),
        ("a" * 306, "GSM-7", 2, 306),
        ("a" * 307, "GSM-7", 3, 307),
        ("€" * 80, "GSM-7", 1, 160),
        ("€" * 81, "GSM-7", 2, 162),
        ("a" * 152 + "€" + "a" * 10, "GSM-7", 2, 164),  # the escape is not torn from its character
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306),
        ("ж" * 70, "UCS-2", 1, 70),
        ("ж" * 71, "UCS-2", 2, 71),
        ("😀" * 35, "UCS-2", 1, 70),
        ("😀" * 36, "UCS-2", 2, 72),
        ("ж" * 66 + "😀" + "ж" * 66, "UCS-2", 3, 134),  # nor one half of an emoji from the other
    ],
)
def test_texts_are_cut_as_the_network_does(text: str, encoding: str, segments: int, units: int) -> None:
    found = count_segments(text)

    assert (found.encoding, found.segments, found.units) == (encoding, segments, units)


def test_what_makes_a_text_expensive_is_named_and_a_cheaper_one_offered() -> None:
    text = "We’re here – “always”… " * 5

    found = count_segments(text)

    assert (found.encoding, found.segments, found.offending) == ("UCS-2", 2, "’–“”…")
    assert found.straightened == 'We\'re here - "always"... ' * 5
    assert count_segments(found.straightened).segments == 1


def test_a_text_that_needs_the_wide_alphabet_gets_no_suggestion() -> None:
    assert count_segments("Заказ готов").straightened == ""
    assert count_segments("Plain").straightened == ""


@given(st.text(max_size=700))
def test_parts_always_hold_the_text(text: str) -> None:
    found = count_segments(text)

    wide = found.encoding == "UCS-2"
    single, joined = (
        (ALPHABET.wide_single, ALPHABET.wide_joined) if wide else (ALPHABET.single, ALPHABET.joined)
    )
    assert found.units <= max(single if found.segments == 1 else 0, found.segments * joined)
    assert found.units > (found.segments - 1) * (joined - 1) or found.segments < 2
    assert wide == bool(found.offending)
