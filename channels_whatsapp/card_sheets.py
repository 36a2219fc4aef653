"""The editor's cards: from a template, from what a person typed, and back into parts. Nothing is saved.

All cards share their build: what they begin with, and the types of their one or two buttons.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.datastructures import MultiValueDict

from channels_whatsapp.fields import OFFERED, Row, button_of, row_of, typed
from channels_whatsapp.template_parts import (
    CARD_FORMATS,
    VARIABLE,
    buttons_of,
    cards_of,
    example_for,
    part_of,
    records,
    samples,
    text_of,
    variables,
)
from channels_whatsapp.values import word
from inbox.ports import Json

CARDS_MOST, BUTTONS_MOST, NEW_CARDS = 10, 2, 2
#: Types of buttons a card takes.
CARD_BUTTONS = ("QUICK_REPLY", "URL", "PHONE_NUMBER")
_KEY = re.compile("[0-9]{1,2}")
#: What the editor shows of a file: {"mime", "size_bytes", "name", "url", "id"}, None for a card without one.
Files = Sequence[Json | None]


@dataclass
class Card:
    """One card. key: its name in the form; given: samples by variable; file: the sample it has."""

    key: int
    body: str = ""
    given: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    file: Json | None = None

    @property
    def name(self) -> str:
        """What its fields begin with."""
        return f"card_{self.key}"

    @property
    def both(self) -> list[Row]:
        """The fields of two buttons, whether there is a second or not."""
        return [self.rows[n] if n < len(self.rows) else Row(n) for n in range(BUTTONS_MOST)]

    def sample_fields(self) -> list[dict[str, str]]:
        """One for each variable, in reading order."""
        return [
            {"name": f"{self.name}_sample_{one}", "words": f"{{{{{one}}}}}", "value": self.given.get(one, "")}
            for one in variables(self.body)
        ]

    def shown(self) -> Json:
        """As the preview draws it."""
        return {"body": pieces(self.body, self.given), "buttons": self.rows, "file": self.file}


@dataclass
class Cards:
    """All of them. media: IMAGE or VIDEO; kinds: types of their buttons."""

    media: str = "IMAGE"
    kinds: list[str] = field(default_factory=lambda: ["QUICK_REPLY"])
    cards: list[Card] = field(default_factory=list)

    @classmethod
    def blank(cls) -> Cards:
        """What stands in the form before there are cards."""
        return cls(cards=[Card(n, rows=[Row(0, "QUICK_REPLY")]) for n in range(NEW_CARDS)])

    @classmethod
    def of(cls, components: list[Json], files: Files) -> Cards:
        """From a template as it is kept; built as its first card is."""
        found = cards_of(components)
        if not found:
            return cls.blank()
        first = records(found[0].get("components"))
        kinds = [word(button, "type").upper() for button in buttons_of(first)][:BUTTONS_MOST]
        media = word(part_of(first, "HEADER"), "format").upper()
        cards = [_card(n, card, files[n] if n < len(files) else None) for n, card in enumerate(found)]
        return cls(media if media in CARD_FORMATS else "IMAGE", kinds or ["QUICK_REPLY"], cards)

    @classmethod
    def typed(cls, data: Mapping[str, Any], files: Files) -> Cards:
        """From a form that was sent; the cards stand in its order. files: those there were, by key."""
        kinds = [kind for n in range(BUTTONS_MOST) if (kind := typed(data, f"cards_button_{n}"))]
        kinds = [kind for kind in kinds if kind in CARD_BUTTONS] or ["QUICK_REPLY"]
        media = typed(data, "cards_media")
        keys = [int(key) for key in _listed(data, "card") if _KEY.fullmatch(key)]
        cards = [_typed_card(data, key, kinds, files) for key in dict.fromkeys(keys[: CARDS_MOST + 1])]
        return cls(media if media in CARD_FORMATS else "IMAGE", kinds, cards)

    @property
    def second(self) -> str:
        """The type of the other button, "" for none."""
        return self.kinds[1] if len(self.kinds) > 1 else ""

    def component(self) -> Json:
        """The part as the provider takes it. A text is on all cards or on none."""
        has_text = any(card.body.strip() for card in self.cards)
        return {"type": "CAROUSEL", "cards": [self._made(card, has_text) for card in self.cards]}

    def _made(self, card: Card, has_text: bool) -> Json:
        parts: list[Json] = [{"type": "HEADER", "format": self.media}]
        if has_text:
            text = card.body.strip()
            example = example_for("BODY", text, card.given)
            parts.append({"type": "BODY", "text": text, **({"example": example} if example else {})})
        parts.append({"type": "BUTTONS", "buttons": [button_of(row) for row in card.rows]})
        return {"components": parts}

    def files(self) -> list[Json | None]:
        """The samples, by place."""
        return [card.file for card in self.cards]

    def field_of(self, rest: str) -> str:
        """The field beside which a finding stands. rest: what follows "cards." in its place."""
        place, _, part = rest.partition(".")
        if not place.isdecimal() or int(place) >= len(self.cards):
            return "cards"
        names = {"header": "file", "body": "body", "buttons": "buttons"}
        return f"{self.cards[int(place)].name}_{names.get(part.partition('.')[0], 'body')}"

    def error_names(self) -> list[str]:
        """Every place where findings about cards stand."""
        return [f"{card.name}_{part}" for card in self.cards for part in ("file", "body", "buttons")]


def pieces(text: str, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """A text in pieces, each with whether it is a sample, a gap or plain words."""
    found, at = [], 0
    for match in VARIABLE.finditer(text):
        found.append(("plain", text[at : match.start()]))
        sample = given.get(match[1], "").strip()
        found.append(("value", sample) if sample else ("gap", match[0]))
        at = match.end()
    return [*found, ("plain", text[at:])]


def _card(n: int, card: Json, file: Json | None) -> Card:
    parts = records(card.get("components"))
    body = part_of(parts, "BODY")
    rows = [row_of(place, button) for place, button in enumerate(buttons_of(parts)[:BUTTONS_MOST])]
    return Card(n, text_of(body), samples(body), rows, file)


def _typed_card(data: Mapping[str, Any], key: int, kinds: list[str], files: Files) -> Card:
    name = f"card_{key}"
    body = typed(data, f"{name}_body").replace("\r\n", "\n")
    given = {one: typed(data, f"{name}_sample_{one}") for one in variables(body)}
    rows = [_typed_row(data, f"{name}_button_{n}", n, kind) for n, kind in enumerate(kinds)]
    return Card(key, body, given, rows, files[key] if key < len(files) else None)


def _typed_row(data: Mapping[str, Any], name: str, n: int, kind: str) -> Row:
    text, value, example = (typed(data, f"{name}_{part}").strip() for part in ("text", "value", "example"))
    return Row(n, kind, text, value if OFFERED.get(kind) else "", example if kind == "URL" else "")


def _listed(data: Mapping[str, Any], name: str) -> list[str]:
    """Every value of a field that stands several times."""
    if isinstance(data, MultiValueDict):
        return [str(value) for value in data.getlist(name)]
    value = data.get(name, [])
    return [str(one) for one in (value if isinstance(value, list) else [value])]
