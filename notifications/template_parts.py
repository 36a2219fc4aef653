"""The parts of a template with their values: from a content's plain words to what the inbox takes. Pure.

A content may have, beside header, body and buttons:
  media   {image | video | document: address, filename?}      the file above the words; instead of an address
          {attachment_id} names an uploaded file, which is given to the provider once
  offer   "{{variable}}"                                       a date or time: when a limited offer ends
  cards   [{media, body?, buttons?}]                           a carousel, each card as a small template
Buttons are {action}, {value} (the end of an address), {coupon} (a code to copy), or {} for one that takes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from notifications.variables import SLOT, Json, filled

FILES = ("image", "video", "document")
#: What a card's file may be.
CARD_FILES = ("image", "video")
CARDS = (2, 10)
BUTTONS = frozenset({"action", "value", "coupon"})
#: What names an uploaded file in the place of an address.
STORED = "attachment_id"
#: Parts that only some templates have.
RICH = ("media", "offer", "cards")
#: A day's offer ends with the day.
_LAST_MOMENT = time(23, 59, 59)

Fault = tuple[str, str]


def components_of(
    content: Mapping[str, Any], *, values: Mapping[str, str], data: Mapping[str, Any], ref: str
) -> list[Json]:
    """The parts as a template message carries them. data: what `values` were written from; ref: what a
    pressed button names beside its action."""
    found = _plain_parts(content, values, ref)
    if ends := _end_of(content.get("offer"), data):
        offer = {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": ends}}
        found.append({"type": "limited_time_offer", "parameters": [offer]})
    if cards := content.get("cards"):
        parts = [
            {"card_index": n, "components": _plain_parts(card, values, ref)} for n, card in enumerate(cards)
        ]
        found.append({"type": "carousel", "cards": parts})
    return found


def _plain_parts(content: Mapping[str, Any], values: Mapping[str, str], ref: str) -> list[Json]:
    """Header, body and buttons, of a template or a card."""
    media = _file(content.get("media"), values)
    header = [media] if media else _parameters(content.get("header"), values)
    found: list[Json] = [
        {"type": part, "parameters": parameters}
        for part, parameters in (("header", header), ("body", _parameters(content.get("body"), values)))
        if parameters
    ]
    return found + [
        _button(place, one, values, ref) for place, one in enumerate(content.get("buttons") or ()) if one
    ]


def stored_file(content: Mapping[str, Any]) -> tuple[str, str]:
    """(kind, id) of the uploaded file above a template's words; two empty texts without one."""
    media = content.get("media")
    if not isinstance(media, Mapping):
        return "", ""
    for kind in FILES:
        if isinstance(media.get(kind), Mapping):
            return kind, str(media[kind].get(STORED) or "")
    return "", ""


def _file(media: Mapping[str, Any] | None, values: Mapping[str, str]) -> Json | None:
    kind = next((one for one in FILES if one in (media or {})), "")
    if not media or not kind or isinstance(media[kind], Mapping):
        return None
    file = {"link": filled(media[kind], values).strip()}
    if filename := _one_line(media.get("filename", ""), values):
        file["filename"] = filename
    return {"type": kind, kind: file}


def _parameters(part: Any, values: Mapping[str, str]) -> list[Json]:
    """Templates allow no line breaks and no long gaps inside a value."""
    if isinstance(part, Mapping):
        return [
            {"type": "text", "parameter_name": slot, "text": _one_line(text, values)}
            for slot, text in part.items()
        ]
    return [{"type": "text", "text": _one_line(text, values)} for text in part or ()]


def _one_line(text: str, values: Mapping[str, str]) -> str:
    return " ".join(filled(text, values).split())


def _button(place: int, button: Json, values: Mapping[str, str], ref: str) -> Json:
    shown: Json = {"type": "button", "index": str(place)}
    if "action" in button:
        payload = {"type": "payload", "payload": f"{ref}:{button['action']}"}
        return shown | {"sub_type": "quick_reply", "parameters": [payload]}
    if "coupon" in button:
        code = {"type": "coupon_code", "coupon_code": _one_line(button["coupon"], values)}
        return shown | {"sub_type": "copy_code", "parameters": [code]}
    text = {"type": "text", "text": _one_line(button["value"], values)}
    return shown | {"sub_type": "url", "parameters": [text]}


def _end_of(offer: Any, data: Mapping[str, Any]) -> int | None:
    """When an offer ends, in milliseconds since 1970; None while that is not known."""
    found = SLOT.fullmatch(str(offer or "").strip())
    text = str(data.get(found[1]) or "") if found else ""
    try:
        at = (
            datetime.combine(date.fromisoformat(text), _LAST_MOMENT)
            if len(text) <= 10
            else datetime.fromisoformat(text)
        )
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(at.timestamp() * 1000)


def buttons_of(content: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """(pointer below the content, button) of the template and of its cards."""
    for place, one in enumerate(content.get("buttons") or ()):
        yield f"/buttons/{place}", one
    for n, card in enumerate(content.get("cards") or ()):
        for place, one in enumerate(card.get("buttons") or ()):
            yield f"/cards/{n}/buttons/{place}", one


def is_rich(content: Mapping[str, Any]) -> bool:
    """Has it parts whose values its provider looks at closely?"""
    return any(content.get(part) for part in RICH) or any("coupon" in one for _, one in buttons_of(content))


# ---------------------------------------------------------------- is it well formed?


def rich_faults(content: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    """What is wrong with the shape of a template's file, offer and cards."""
    if "media" in content:
        yield from _media_faults(content["media"], f"{pointer}/media", FILES)
        if content.get("header"):
            yield f"{pointer}/header", "A template has either a file or words above its text."
    if "offer" in content and not SLOT.fullmatch(str(content["offer"]).strip()):
        yield f"{pointer}/offer", "This names one variable, like {{ends_at}}: when the offer ends."
    if "cards" in content:
        yield from _cards_faults(content["cards"], f"{pointer}/cards")


def _media_faults(media: Any, pointer: str, kinds: Sequence[str]) -> Iterator[Fault]:
    may_be_stored = kinds == FILES
    if not isinstance(media, Mapping) or not all(
        isinstance(one, str) or (may_be_stored and name in kinds and _is_stored(one))
        for name, one in media.items()
    ):
        yield pointer, f"This takes the address of a file: {_alternatives(kinds)}."
        return
    named = [kind for kind in kinds if media.get(kind) and str(media[kind]).strip()]
    if len(named) != 1 or set(media) - {*kinds, "filename"}:
        yield pointer, f"This takes the address of one file: {_alternatives(kinds)}."
    if "filename" in media and "document" not in media:
        yield f"{pointer}/filename", "Only a document has a name."


def _is_stored(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {STORED} and isinstance(value[STORED], str)


def _alternatives(kinds: Sequence[str]) -> str:
    return " or ".join(f'{{"{kind}": address}}' for kind in kinds)


def _cards_faults(cards: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(cards, list) or not CARDS[0] <= len(cards) <= CARDS[1]:
        yield pointer, f"This takes {CARDS[0]} to {CARDS[1]} cards."
        return
    for n, card in enumerate(cards):
        here = f"{pointer}/{n}"
        if not isinstance(card, Mapping) or set(card) - {"media", "body", "buttons"}:
            yield here, 'A card is {"media", "body"?, "buttons"?}.'
            continue
        yield from _media_faults(card.get("media"), f"{here}/media", CARD_FILES)
        yield from part_faults(card, here)


def part_faults(content: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    """What is wrong with the shape of header, body and buttons."""
    for name in ("header", "body"):
        part = content.get(name, [])
        texts = list(part.values()) if isinstance(part, Mapping) else part
        if not isinstance(texts, list) or not all(isinstance(one, str) and one.strip() for one in texts):
            yield f"{pointer}/{name}", "This takes a list of texts, or an object of slots and texts."
    buttons = content.get("buttons", [])
    if not isinstance(buttons, list) or not all(_is_button(one) for one in buttons):
        said = (
            'Each button is {"action": key}, {"value": text}, {"coupon": text} or {} for one that takes none.'
        )
        yield f"{pointer}/buttons", said


def _is_button(button: Any) -> bool:
    if not isinstance(button, Mapping) or set(button) - BUTTONS or len(button) > 1:
        return False
    return all(isinstance(value, str) and value for value in button.values())
