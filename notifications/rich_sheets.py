"""A template's file, offer and cards as fields of the editor's form, and back. Pure.

Cards are typed as paragraphs with an empty line between, one thing on each line, its word before a colon:

    image: {{photo}}
    text: {{first_name}}
    answer: it_was_me
    link: {{reference}}
    coupon: {{code}}
    nothing:

`text name: …` fills the place that a template names so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from notifications.template_parts import FILES, STORED, stored_file
from notifications.variables import Json

#: Fields of a template's content on the page, in their order, behind its plain texts.
FIELDS = ("media", "media_file", "media_stored", "media_link", "media_filename", "offer", "cards")
#: Part of a content → the field a sentence about it stands beside.
FIELD_OF = {"media": "media_link", "offer": "offer", "cards": "cards"}
_BUTTONS = {"answer": "action", "link": "value", "coupon": "coupon"}
_WORDS = {button: word for word, button in _BUTTONS.items()}
_LINE = re.compile(r"^(image|video|text|answer|link|coupon|nothing)(?: +([a-z0-9_]+))? *: *(.*)$")


def flat_rich(name: str, content: Mapping[str, Any]) -> dict[str, str]:
    """{field: text} of a content."""
    media = content.get("media") or {}
    kind = next((one for one in FILES if one in media), "")
    stored = stored_file(content)[1]
    texts = {
        "media": kind,
        "media_stored": stored,
        "media_link": "" if stored else str(media.get(kind, "")),
        "media_filename": str(media.get("filename", "")),
        "offer": str(content.get("offer") or ""),
        "cards": "\n\n".join(_paragraph(card) for card in content.get("cards") or ()),
    }
    return {f"{name}__{part}": text for part, text in texts.items()}


def rich_from(typed: Mapping[str, Any], name: str) -> Json:
    """The parts of a content that were filled in."""
    said = {part: str(typed.get(f"{name}__{part}") or "").replace("\r\n", "\n").strip() for part in FIELDS}
    found: Json = {}
    if said["media"] or said["media_link"]:
        stored = {STORED: said["media_stored"]} if said["media_stored"] and not said["media_link"] else ""
        found["media"] = {said["media"] or "image": stored or said["media_link"]}
        if said["media_filename"]:
            found["media"]["filename"] = said["media_filename"]
    if said["offer"]:
        found["offer"] = said["offer"]
    if said["cards"]:
        found["cards"] = [_card(text) for text in re.split(r"\n\s*\n", said["cards"])]
    return found


def _paragraph(card: Mapping[str, Any]) -> str:
    lines = [f"{kind}: {address}" for kind, address in (card.get("media") or {}).items()]
    body = card.get("body") or []
    named = body.items() if isinstance(body, Mapping) else [("", text) for text in body]
    lines += [f"text {slot}: {text}" if slot else f"text: {text}" for slot, text in named]
    for button in card.get("buttons") or ():
        part = next(iter(button), "")
        lines.append(f"{_WORDS.get(part, 'nothing')}: {button.get(part, '')}".rstrip())
    return "\n".join(lines)


def _card(text: str) -> Json:
    """A card; a line that cannot be read stands under its own words, for the check to refuse."""
    card: Json = {}
    for line in filter(None, (one.strip() for one in text.split("\n"))):
        match = _LINE.match(line)
        if match is None:
            card[line] = ""
            continue
        word, slot, said = match[1], match[2] or "", match[3].strip()
        if word in FILES:
            card.setdefault("media", {})[word] = said
        elif word == "text":
            _add_text(card, slot, said)
        else:
            button = {_BUTTONS[word]: said} if word in _BUTTONS else {}
            card.setdefault("buttons", []).append(button)
    return card


def _add_text(card: Json, slot: str, said: str) -> None:
    body = card.setdefault("body", {} if slot else [])
    if isinstance(body, dict):
        body[slot] = said
    else:
        body.append(said)
