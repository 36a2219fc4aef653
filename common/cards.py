"""Card numbers in what people write: only the first six and last four digits are kept (reliability rule 41).

A checksum alone hits one in ten numbers, so a brand's prefix and length must fit as well.
"""

from __future__ import annotations

import re
import unicodedata

#: (prefixes, lengths) of the large brands.
BRANDS: tuple[tuple[str, frozenset[int]], ...] = (
    (r"4", frozenset({13, 16, 19})),
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", frozenset({16})),
    (r"3[47]", frozenset({15})),
    (r"30[0-5]|36|38", frozenset({14})),
    (r"35(?:2[89]|[3-8])", frozenset(range(16, 20))),
    (r"6011|64[4-9]|65|62", frozenset(range(16, 20))),
)
_KNOWN = [(re.compile(prefix), lengths) for prefix, lengths in BRANDS]
#: A digit of any script, then up to 18 more, each behind at most two separators.
_SPACE = r"[\s\-.\u00ad\u200b-\u200d\u2010-\u2015\u2060\ufeff]{0,2}"
_RUN = re.compile(rf"(?<!\d)\d(?:{_SPACE}\d){{12,18}}(?!\d)")
SHOWN_FIRST, SHOWN_LAST = 6, 4


def mask_cards(text: str) -> str:
    """The text with the middle digits of card numbers replaced by "•"; everything else stays as it is."""
    return _RUN.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    run = found.group()
    digits = "".join(str(unicodedata.digit(char)) for char in run if char.isdecimal())
    return _hidden(run, len(digits)) if is_card(digits) else run


def is_card(digits: str) -> bool:
    """Do prefix, length and checksum fit one of the brands?"""
    fits = any(prefix.match(digits) and len(digits) in lengths for prefix, lengths in _KNOWN)
    return fits and _checksum(digits) % 10 == 0


def _checksum(digits: str) -> int:
    doubled = [int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled)


def _hidden(run: str, count: int) -> str:
    shown, n = [], 0
    for char in run:
        if char.isdecimal():
            n += 1
        is_hidden = char.isdecimal() and SHOWN_FIRST < n <= count - SHOWN_LAST
        shown.append("•" if is_hidden else char)
    return "".join(shown)
