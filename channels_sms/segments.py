"""What a text costs: the parts it is cut into, by the alphabet it needs (3GPP TS 23.038).

One character outside the small alphabet makes the whole text wide: 70 units to a part instead of 160. Most of
those come from word processors, so a straightened text is offered.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from inbox.ports import Alphabet, Segments

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
ALPHABET = Alphabet(BASIC, EXTENSION, 160, 153, 70, 67)

_ONE, _TWO = frozenset(BASIC), frozenset(EXTENSION)
#: What word processors and telephones put in the place of plain characters.
PLAIN = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "′": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "•": "*", "·": ".",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\t": " ",
    "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\u00ad": "",
}  # fmt: skip


def count_segments(text: str) -> Segments:
    """Encoding ("GSM-7" or "UCS-2"), parts, units, what forces the wide alphabet, and a cheaper text."""
    offending = "".join(dict.fromkeys(char for char in text if char not in _ONE and char not in _TWO))
    if offending:
        widths = [len(char.encode("utf-16-le")) // 2 for char in text]
        parts = _parts(widths, ALPHABET.wide_single, ALPHABET.wide_joined)
        return Segments("UCS-2", parts, sum(widths), offending, _cheaper(text, parts))
    widths = [2 if char in _TWO else 1 for char in text]
    return Segments("GSM-7", _parts(widths, ALPHABET.single, ALPHABET.joined), sum(widths))


def straighten(text: str) -> str:
    """The text with plain characters in the place of typographic ones and of accents the alphabet lacks."""
    return "".join(char if char in _ONE or char in _TWO else _plain(char) for char in text)


def _plain(char: str) -> str:
    if char in PLAIN:
        return PLAIN[char]
    bare = unicodedata.normalize("NFKD", char)[:1]
    return bare if bare in _ONE else char


def _cheaper(text: str, parts: int) -> str:
    """Only a text that then fits the small alphabet whole and still says something is worth offering."""
    better = straighten(text)
    if not better or any(char not in _ONE and char not in _TWO for char in better):
        return ""
    return better if count_segments(better).segments <= parts else ""


def _parts(widths: Sequence[int], single: int, joined: int) -> int:
    """A character of two units is never cut: it begins the next part."""
    if sum(widths) <= single:
        return 1 if widths else 0
    parts, used = 1, 0
    for width in widths:
        if used + width > joined:
            parts, used = parts + 1, 0
        used += width
    return parts
