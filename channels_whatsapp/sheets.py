"""The editor's fields: from a template, from what a person typed, and back into parts. Nothing is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels_whatsapp.card_sheets import Cards, Files, pieces
from channels_whatsapp.fields import Row, button_of, code_button, row_of, typed
from channels_whatsapp.findings import Draft, Finding
from channels_whatsapp.send_time_rules import CHOICES, as_sent, is_allowed, ttl_words
from channels_whatsapp.template_parts import (
    ASKS_TO_CALL,
    MEDIA_FORMATS,
    buttons_of,
    cards_of,
    example_for,
    part_of,
    samples,
    text_of,
    variables,
)
from channels_whatsapp.template_rules import check
from channels_whatsapp.values import record, word
from inbox.ports import Json

ROWS_MAX = 10
SIMPLE = (
    "name", "language", "category", "layout", "header", "header_text", "body", "footer", "code_minutes",
    "send_ttl_s", "offer_text",
)  # fmt: skip
OFFER = "LIMITED_TIME_OFFER"
CARDS = "cards"


@dataclass
class Sheet:
    """What stands in the editor. values: plain fields by name; given: samples by "header 1", "body name"; a
    layout of cards has them in place of header, footer and buttons. before: the buttons as they were."""

    values: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    warns: bool = True
    asks_to_call: bool = False
    offer_ends: bool = True
    file: Json | None = None
    cards: Cards = field(default_factory=Cards.blank)
    before: list[Json] = field(default_factory=list)

    # ------------------------------------------------------------ where it comes from

    @classmethod
    def typed(
        cls,
        data: Mapping[str, Any],
        file: Json | None,
        card_files: Files = (),
        before: Sequence[Json] = (),
    ) -> Sheet:
        """From a form that was sent. card_files: the samples the cards had, by key."""
        values = {name: typed(data, name).replace("\r\n", "\n") for name in SIMPLE}
        rows = [
            Row(n, *(typed(data, f"button_{n}_{part}").strip() for part in _PARTS)) for n in range(ROWS_MAX)
        ]
        given = {
            f"{part} {name}": typed(data, f"sample_{part}_{name}")
            for part, text in (("header", values["header_text"]), ("body", values["body"]))
            for name in variables(text)
        }
        filled = [row for row in rows if not row.is_empty]
        cards = Cards.typed(data, card_files) if values["layout"] == CARDS else Cards.blank()
        asks = "asks_to_call" in data
        # The form of another category has no such boxes: then nobody has taken these out.
        warns = "warns" in data or "code_minutes" not in data
        ends = "offer_ends" in data or "offer_text" not in data
        return cls(values, filled, given, warns, asks, ends, file, cards, list(before))

    @classmethod
    def of(
        cls, name: str, language: str, content: Json, file: Json | None = None, card_files: Files = ()
    ) -> Sheet:
        """From a template as it is kept."""
        parts = content["components"]
        header, body, footer = (part_of(parts, kind) for kind in ("HEADER", "BODY", "FOOTER"))
        offer = record(part_of(parts, OFFER).get("limited_time_offer"))
        values = {
            "name": name,
            "language": language,
            "category": content["category"],
            "layout": CARDS if cards_of(parts) else "",
            "header": (word(header, "format").upper() or "TEXT") if header else "",
            "header_text": text_of(header),
            "body": text_of(body),
            "footer": text_of(footer),
            "code_minutes": word(footer, "code_expiration_minutes"),
            "send_ttl_s": word(content, "send_ttl_s"),
            "offer_text": text_of(offer),
        }
        given = {f"header {key}": value for key, value in samples(header).items()}
        given |= {f"body {key}": value for key, value in samples(body).items()}
        rows = [row_of(n, button) for n, button in enumerate(buttons_of(parts))]
        warns = body.get("add_security_recommendation") is not False
        asks, ends = bool(part_of(parts, ASKS_TO_CALL)), not offer or bool(offer.get("has_expiration"))
        cards = Cards.of(parts, card_files)
        return cls(values, rows, given, warns, asks, ends, file, cards, buttons_of(parts))

    # ------------------------------------------------------------ what it makes

    @property
    def is_code(self) -> bool:
        return self.values.get("category") == "AUTHENTICATION"

    @property
    def has_cards(self) -> bool:
        return self.values.get("layout") == CARDS and not self.is_code

    @property
    def other_header(self) -> str:
        """A format the editor does not offer, but has to keep; else ""."""
        form = self.values.get("header", "")
        return "" if form in {"", "TEXT", "LOCATION", *MEDIA_FORMATS} else form

    @property
    def send_ttl_s(self) -> int | None:
        """How long WhatsApp tries to deliver, in seconds."""
        text = self.values.get("send_ttl_s", "")
        is_whole = text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 9
        return int(text) if is_whole else None

    def ttl_choices(self) -> list[tuple[str, str]]:
        """Every time the category takes, and the one there is."""
        category = self.values["category"]
        found = [one for one in CHOICES if is_allowed(category, as_sent(category, one))]
        rows = [(as_sent(category, one), str(CHOICES[one])) for one in found]
        now = self.send_ttl_s
        if now is not None and now not in dict(rows):
            rows.append((now, ttl_words(now)))
        return [(str(seconds), words) for seconds, words in rows]

    def components(self) -> list[Json]:
        """The parts as the provider takes them."""
        if self.is_code:
            return self._code()
        if self.has_cards:
            parts = [self._text("BODY", "body"), self._offer(), self.cards.component()]
            return [part for part in parts if part]
        parts = [self._header(), self._text("BODY", "body"), self._offer()]
        if footer := self.values["footer"].strip():
            parts.append({"type": "FOOTER", "text": footer})
        if self.rows:
            parts.append({"type": "BUTTONS", "buttons": [button_of(row, self.before) for row in self.rows]})
        if self.asks_to_call:
            parts.append({"type": ASKS_TO_CALL})
        return [part for part in parts if part]

    def _header(self) -> Json:
        form = self.values["header"]
        if not form:
            return {}
        if form != "TEXT":
            return {"type": "HEADER", "format": form}
        return {"format": "TEXT", **self._text("HEADER", "header")}

    def _offer(self) -> Json:
        text = self.values["offer_text"].strip()
        about = {"text": text, "has_expiration": self.offer_ends}
        return {"type": OFFER, "limited_time_offer": about} if text else {}

    def _text(self, kind: str, part: str) -> Json:
        text = self.values["header_text" if part == "header" else "body"].strip()
        given = {key.split(" ", 1)[1]: value for key, value in self.given.items() if key.startswith(part)}
        example = example_for(kind, text, given)
        return {"type": kind, "text": text, **({"example": example} if example else {})}

    def _code(self) -> list[Json]:
        """A one-time code: its words are WhatsApp's."""
        button = code_button(self.before)
        if self.rows and self.rows[0].text:
            button["text"] = self.rows[0].text
        parts: list[Json] = [{"type": "BODY", "add_security_recommendation": self.warns}]
        if minutes := self.values["code_minutes"].strip():
            is_whole = minutes.isascii() and minutes.isdecimal() and len(minutes) < 5
            parts.append({"type": "FOOTER", "code_expiration_minutes": int(minutes) if is_whole else minutes})
        return [*parts, {"type": "BUTTONS", "buttons": [button]}]

    def draft(self) -> Draft:
        """For the rules."""
        said = self.values
        about = (said["name"], said["language"], said["category"], self.components())
        return Draft(*about, self.file, self.cards.files() if self.has_cards else [], self.send_ttl_s)

    def findings(self) -> list[Finding]:
        return check(self.draft())

    def errors(self) -> dict[str, list[Finding]]:
        """Findings by the name of the field they stand beside."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings():
            found.setdefault(self._field(finding.where), []).append(finding)
        return found

    def _field(self, where: str) -> str:
        first, _, rest = where.partition(".")
        if first == "cards":
            return self.cards.field_of(rest)
        if first == "buttons" and rest:
            place, _, part = rest.partition(".")
            row = self.rows[int(place)].n if int(place) < len(self.rows) else 0
            return f"button_{row}_{part if part in {'text', 'type', 'example'} else 'value'}"
        if rest.startswith("sample."):
            return f"sample_{first}_{rest.removeprefix('sample.')}"
        return _FIELDS.get(where, first)

    # ------------------------------------------------------------ what is shown

    def sample_fields(self) -> list[dict[str, str]]:
        """One for each variable, in reading order."""
        has_head = self.values["header"] == "TEXT" and not self.has_cards
        texts = (("header", self.values["header_text"] if has_head else ""),)
        return [
            {"name": f"sample_{part}_{name}", "words": f"{{{{{name}}}}}", "part": part,
             "value": self.given.get(f"{part} {name}", "")}
            for part, text in (*texts, ("body", "" if self.is_code else self.values["body"]))
            for name in variables(text)
        ]  # fmt: skip

    def shown_rows(self) -> list[Row]:
        """The buttons, and one empty row more."""
        rows = [Row(n, one.type, one.text, one.value, one.example) for n, one in enumerate(self.rows)]
        return rows if len(rows) >= ROWS_MAX else [*rows, Row(len(rows))]

    def preview(self) -> Json:
        """The bubble: pieces of each text, each with whether it is a sample, a gap or plain words."""
        if self.is_code:
            return {
                "body": [("plain", "123456 is your verification code.")]
                + ([("plain", " For your security, do not share this code.")] if self.warns else []),
                "footer": f"This code expires in {self.values['code_minutes']} minutes."
                if self.values["code_minutes"]
                else "",
                "buttons": [Row(0, "OTP", self.rows[0].text if self.rows else "Copy code")],
            }
        if self.has_cards:
            shown = [card.shown() for card in self.cards.cards]
            return {"body": self._pieces("body", self.values["body"]), "cards": shown,
                    "cards_media": self.cards.media, "offer": self.values["offer_text"],
                    "offer_ends": self.offer_ends}  # fmt: skip
        return {
            "media": self.values["header"] if self.values["header"] not in {"", "TEXT"} else "",
            "header": self._pieces("header", self.values["header_text"])
            if self.values["header"] == "TEXT"
            else [],
            "body": self._pieces("body", self.values["body"]),
            "offer": self.values["offer_text"],
            "offer_ends": self.offer_ends,
            "footer": self.values["footer"],
            "buttons": self.rows,
            "asks_to_call": self.asks_to_call,
        }

    def _pieces(self, part: str, text: str) -> list[tuple[str, str]]:
        given = {key.split(" ", 1)[1]: value for key, value in self.given.items() if key.startswith(part)}
        return pieces(text, given)


_PARTS = ("type", "text", "value", "example")
_FIELDS = {
    "header.text": "header_text", "header.format": "header", "header.file": "header_file",
    "body.text": "body", "footer.text": "footer", "footer.minutes": "code_minutes",
    "offer.text": "offer_text",
}  # fmt: skip
