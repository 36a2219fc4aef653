"""The editor's fields: from a template, from what a person typed, and back into parts. Nothing is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels_whatsapp.button_rules import BUTTONS
from channels_whatsapp.findings import Draft, Finding
from channels_whatsapp.template_parts import (
    VARIABLE,
    buttons_of,
    example_for,
    kind_of,
    part_of,
    sample_of,
    samples,
    text_of,
    variables,
)
from channels_whatsapp.template_rules import check
from channels_whatsapp.values import word
from inbox.ports import Json

#: Types of buttons the editor offers, and the key under which each keeps its value.
OFFERED = {
    "QUICK_REPLY": "", "URL": "url", "PHONE_NUMBER": "phone_number", "COPY_CODE": "", "FLOW": "flow_id",
    "CATALOG": "",
}  # fmt: skip
ROWS_MAX = 10
SIMPLE = ("name", "language", "category", "header", "header_text", "body", "footer", "code_minutes")
#: Parts the editor does not show and must not lose.
KEPT = {"CAROUSEL", "LIMITED_TIME_OFFER"}


@dataclass
class Row:
    """One button. errors: by field."""

    n: int
    type: str = ""
    text: str = ""
    value: str = ""
    example: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.value or self.example) and self.type in {"", "QUICK_REPLY"}


def _typed(data: Mapping[str, Any], name: str) -> str:
    """What stands in a field; NUL, which no person types, cannot be stored (rule 36)."""
    return str(data.get(name, "")).replace("\0", "")


@dataclass
class Sheet:
    """What stands in the editor. values: plain fields by name; given: samples by "header 1", "body name"."""

    values: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    warns: bool = True
    kept: list[Json] = field(default_factory=list)
    file: Json | None = None

    # ------------------------------------------------------------ where it comes from

    @classmethod
    def typed(cls, data: Mapping[str, Any], kept: list[Json], file: Json | None) -> Sheet:
        """From a form that was sent."""
        values = {name: _typed(data, name).replace("\r\n", "\n") for name in SIMPLE}
        rows = [
            Row(n, *(_typed(data, f"button_{n}_{part}").strip() for part in _PARTS)) for n in range(ROWS_MAX)
        ]
        given = {
            f"{part} {name}": _typed(data, f"sample_{part}_{name}")
            for part, text in (("header", values["header_text"]), ("body", values["body"]))
            for name in variables(text)
        }
        filled = [row for row in rows if not row.is_empty]
        return cls(values, filled, given, "warns" in data, kept, file)

    @classmethod
    def of(cls, name: str, language: str, content: Json, file: Json | None = None) -> Sheet:
        """From a template as it is kept."""
        parts = content["components"]
        header, body, footer = (part_of(parts, kind) for kind in ("HEADER", "BODY", "FOOTER"))
        values = {
            "name": name,
            "language": language,
            "category": content["category"],
            "header": (word(header, "format").upper() or "TEXT") if header else "",
            "header_text": text_of(header),
            "body": text_of(body),
            "footer": text_of(footer),
            "code_minutes": word(footer, "code_expiration_minutes"),
        }
        given = {f"header {key}": value for key, value in samples(header).items()}
        given |= {f"body {key}": value for key, value in samples(body).items()}
        rows = [_row(n, button) for n, button in enumerate(buttons_of(parts))]
        warns = body.get("add_security_recommendation") is not False
        return cls(values, rows, given, warns, [one for one in parts if kind_of(one) in KEPT], file)

    # ------------------------------------------------------------ what it makes

    @property
    def is_code(self) -> bool:
        return self.values.get("category") == "AUTHENTICATION"

    def components(self) -> list[Json]:
        """The parts as the provider takes them."""
        if self.is_code:
            return self._code()
        parts = [self._header(), self._text("BODY", "body"), *self.kept]
        if footer := self.values["footer"].strip():
            parts.append({"type": "FOOTER", "text": footer})
        if self.rows:
            parts.append({"type": "BUTTONS", "buttons": [_button(row) for row in self.rows]})
        return [part for part in parts if part]

    def _header(self) -> Json:
        form = self.values["header"]
        if not form:
            return {}
        if form != "TEXT":
            return {"type": "HEADER", "format": form}
        return {"format": "TEXT", **self._text("HEADER", "header")}

    def _text(self, kind: str, part: str) -> Json:
        text = self.values["header_text" if part == "header" else "body"].strip()
        given = {key.split(" ", 1)[1]: value for key, value in self.given.items() if key.startswith(part)}
        example = example_for(kind, text, given)
        return {"type": kind, "text": text, **({"example": example} if example else {})}

    def _code(self) -> list[Json]:
        """A one-time code: its words are WhatsApp's."""
        button = {"type": "OTP", "otp_type": "COPY_CODE"}
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
        return Draft(said["name"], said["language"], said["category"], self.components(), self.file)

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
        texts = (("header", self.values["header_text"] if self.values["header"] == "TEXT" else ""),)
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
        return {
            "media": self.values["header"] if self.values["header"] not in {"", "TEXT"} else "",
            "header": self._pieces("header", self.values["header_text"])
            if self.values["header"] == "TEXT"
            else [],
            "body": self._pieces("body", self.values["body"]),
            "footer": self.values["footer"],
            "buttons": self.rows,
        }

    def _pieces(self, part: str, text: str) -> list[tuple[str, str]]:
        pieces, at = [], 0
        for match in VARIABLE.finditer(text):
            pieces.append(("plain", text[at : match.start()]))
            sample = self.given.get(f"{part} {match[1]}", "").strip()
            pieces.append(("value", sample) if sample else ("gap", match[0]))
            at = match.end()
        return [*pieces, ("plain", text[at:])]


_PARTS = ("type", "text", "value", "example")
_FIELDS = {
    "header.text": "header_text", "header.format": "header", "header.file": "header_file",
    "body.text": "body", "footer.text": "footer", "footer.minutes": "code_minutes",
}  # fmt: skip


def _row(n: int, button: Json) -> Row:
    kind = kind_of(button)
    return Row(n, kind, text_of(button), text_of(button, OFFERED.get(kind) or "url"), sample_of(button))


def _button(row: Row) -> Json:
    kind = row.type or "QUICK_REPLY"
    made: Json = {"type": kind}
    if BUTTONS[kind].needs_text if kind in BUTTONS else True:
        made["text"] = row.text
    if key := OFFERED.get(kind):
        made[key] = row.value
    if kind == "URL" and row.example:
        made["example"] = [row.example]
    if kind == "COPY_CODE":
        made["example"] = row.example
    return made
