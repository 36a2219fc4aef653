"""What a template's file, limited offer and cards look like, for the pictures of the editor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inbox.files import content_url
from inbox.models import Attachment
from notifications.queries.files import find_file
from notifications.template_parts import FILES, stored_file
from notifications.variables import Json, filled

Part = tuple[str, str]
Cut = Callable[[str], list[Part]]

ICONS = {"image": "image", "video": "video", "document": "file-text"}


@dataclass(frozen=True, slots=True)
class FileShot:
    """The file above the words. words: its name, or its address; picture: the address of what it looks like,
    when we keep it."""

    icon: str
    words: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class CardShot:
    """One card of a carousel."""

    file: FileShot | None
    parts: list[Part]
    buttons: list[str]


def file_of(content: Mapping[str, Any], values: Mapping[str, str]) -> FileShot | None:
    """The file a content names, or None."""
    media = content.get("media")
    kind = next((one for one in FILES if isinstance(media, Mapping) and media.get(one)), "")
    if not kind or not isinstance(media, Mapping):
        return None
    stored = find_file(stored_file(content)[1])
    words = str(media.get("filename") or (stored.filename if stored else media[kind]))
    return FileShot(ICONS[kind], filled(words, values), _picture(stored) if stored else "")


def _picture(file: Attachment) -> str:
    if file.kind != "image" and not file.preview_key:
        return ""
    return content_url(file, variant="preview" if file.preview_key else "full")


def cards_of(
    content: Mapping[str, Any],
    kept: Sequence[Json],
    titles: Mapping[str, str],
    values: Mapping[str, str],
    cut: Cut,
    placed: Callable[[str, Any], str],
) -> list[CardShot]:
    """The cards of a content. kept: those of the template, as its provider has them; cut: a text at its
    variables; placed: a template's text with the content's texts in its places."""
    return [
        _card(one, _own(kept, n), titles, values, cut, placed)
        for n, one in enumerate(content.get("cards") or ())
        if isinstance(one, Mapping)
    ]


def _own(kept: Sequence[Json], n: int) -> dict[str, Json]:
    components = kept[n].get("components", ()) if n < len(kept) else ()
    return {str(one.get("type", "")).upper(): one for one in components}


def _card(
    card: Mapping[str, Any],
    own: Mapping[str, Json],
    titles: Mapping[str, str],
    values: Mapping[str, str],
    cut: Cut,
    placed: Callable[[str, Any], str],
) -> CardShot:
    body = card.get("body") or []
    listed = "\n".join(body.values() if isinstance(body, Mapping) else body)
    text = placed(own.get("BODY", {}).get("text", ""), body) or listed
    said = [str(one.get("text", "")) for one in own.get("BUTTONS", {}).get("buttons", ())]
    return CardShot(file_of(card, values), cut(text), said or list(_buttons(card, titles)))


def _buttons(card: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[str]:
    for one in card.get("buttons") or ():
        yield titles.get(one.get("action", ""), "") or "…"
