"""What a message of ours may hold, by kind and type, in our own words (docs/wire.md): one table.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
(limits read in September 2026)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from channels_whatsapp.components import TEMPLATE
from channels_whatsapp.rules import (
    ByType,
    Degrees,
    Fields,
    Flaws,
    Free,
    Items,
    Link,
    OneOf,
    Rule,
    Whole,
    Words,
    Yes,
    doubles,
    look,
)
from inbox.ports import Flaw, Json

#: The body of a list may be longer than that of every other choice.
BODY_CHARS = 1024
BODY_CHARS_BY_TYPE = {"list": 4096}
#: Types whose body may be left out.
WITHOUT_BODY = {"product"}
#: Which header may stand above which type; types not named have none.
ANY_HEADER = ("text", "image", "video", "document")
HEADERS = {
    "buttons": ANY_HEADER,
    "list": ("text",),
    "link": ANY_HEADER,
    "flow": ANY_HEADER,
    "products": ("text",),
}
WITHOUT_FOOTER = {"location_request", "contact_request", "address_request", "call_request", "carousel"}
ROWS_MOST, PRODUCTS_MOST = 10, 30

FILE_LINK = Fields({"link": Link(), "filename": Words(240, needed=False)})
HEADER_PARTS: Mapping[str, Rule] = {
    "text": Words(60),
    "image": FILE_LINK,
    "video": FILE_LINK,
    "document": FILE_LINK,
}
BUTTON = Fields({"id": Words(256), "title": Words(20)})
ROW = Fields({"id": Words(200), "title": Words(24), "description": Words(72, needed=False)})


def _rows(content: Json, pointer: str) -> Flaws:
    """All sections together hold ten rows with ids of their own; several sections need titles."""
    sections = list(enumerate(content["sections"]))
    rows = [
        (f"{pointer}/sections/{n}/rows/{m}/id", row)
        for n, section in sections
        for m, row in enumerate(section["rows"])
    ]
    if len(rows) > ROWS_MOST:
        yield Flaw(
            f"{pointer}/sections", f"{len(rows)} rows; all sections together hold {ROWS_MOST} at most."
        )
    yield from doubles(rows, "id")
    if len(sections) > 1:
        yield from _titles(sections, pointer)


def _titles(sections: list[tuple[int, Json]], pointer: str) -> Flaws:
    for n, section in sections:
        if not section.get("title"):
            yield Flaw(f"{pointer}/sections/{n}/title", "With several sections each needs a title.")


def _products(content: Json, pointer: str) -> Flaws:
    count = sum(len(section["product_ids"]) for section in content["sections"])
    if count > PRODUCTS_MOST:
        yield Flaw(f"{pointer}/sections", f"{count} products; at most {PRODUCTS_MOST} can be shown.")
    if not content.get("header"):
        yield Flaw(f"{pointer}/header", "A list of products needs a header with a text.")


def _same_buttons(content: Json, pointer: str) -> Flaws:
    """Cards stand beside each other, so they must look alike."""
    kinds = ["buttons" if card.get("buttons") else "link" for card in content["cards"]]
    counts = {len(card.get("buttons") or ()) for card in content["cards"]}
    if len(set(kinds)) > 1 or len(counts) > 1:
        yield Flaw(f"{pointer}/cards", "All cards need the same kind and number of buttons.")


def _one_way(card: Json, pointer: str) -> Flaws:
    if bool(card.get("link")) == bool(card.get("buttons")):
        yield Flaw(pointer, "A card has either a link or buttons.")
    if bool(card["header"].get("image")) == bool(card["header"].get("video")):
        yield Flaw(f"{pointer}/header", "A card shows either an image or a video.")
    if card.get("text", "").count("\n") > 2:
        yield Flaw(f"{pointer}/text", "The text of a card has at most two line breaks.")


def _by_link_or_upload(file: Json, pointer: str) -> Flaws:
    if bool(file.get("link")) == bool(file.get("attachment_id")):
        yield Flaw(pointer, "The file of a card is named either by link or by the id of an uploaded one.")


CARD_FILE = Fields(
    {"link": Link(needed=False), "attachment_id": Words(36, needed=False)},
    also=(_by_link_or_upload,),
    needed=False,
)
CARD = Fields(
    {
        "header": Fields({"image": CARD_FILE, "video": CARD_FILE}),
        "text": Words(160, needed=False),
        "link": Fields({"title": Words(20), "url": Link()}, needed=False),
        "buttons": Items(
            Fields({"id": Words(20), "title": Words(20)}), 1, 2, unique=("id", "title"), needed=False
        ),
    },
    also=(_one_way,),
)

#: What an interactive message of each type holds beside its text, header and footer.
TYPES: dict[str, tuple[dict[str, Rule], tuple[Any, ...]]] = {
    "buttons": ({"buttons": Items(BUTTON, 1, 3, unique=("id", "title"))}, ()),
    "list": (
        {
            "button": Words(20),
            "sections": Items(Fields({"title": Words(24, needed=False), "rows": Items(ROW, 1, 10)}), 1, 10),
        },
        (_rows,),
    ),
    "link": ({"title": Words(20), "url": Link()}, ()),
    "flow": (
        {
            "flow_id": Words(64),
            "title": Words(20),
            "token": Words(200, needed=False),
            "screen": Words(200, needed=False),
            "data": Free(),
            "mode": OneOf(("published", "draft"), needed=False),
        },
        (),
    ),
    "product": ({"catalog_id": Words(64), "product_id": Words(100)}, ()),
    "products": (
        {
            "catalog_id": Words(64),
            "sections": Items(Fields({"title": Words(24), "product_ids": Items(Words(100), 1, 30)}), 1, 10),
        },
        (_products,),
    ),
    "catalog": ({"product_id": Words(100, needed=False)}, ()),
    "carousel": ({"cards": Items(CARD, 2, 10)}, (_same_buttons,)),
    "location_request": ({}, ()),
    "contact_request": ({}, ()),
    "address_request": (
        {
            "country": OneOf(("IN",)),
            "values": Free(),
            "saved_addresses": Items(Free(True), 0, 10, needed=False),
        },
        (),
    ),
    "call": (
        {
            "title": Words(20),
            "ttl_min": Whole(1, 43_200, needed=False),
            "payload": Words(512, needed=False),
        },
        (),
    ),
    "call_request": ({}, ()),
}


def _interactive(type_: str) -> Rule:
    rules, also = TYPES[type_]
    around: dict[str, Rule] = {"type": Words(40)}
    if parts := HEADERS.get(type_):
        around["header"] = Fields(
            {part: _optional(HEADER_PARTS[part]) for part in parts}, needed=False, also=(_one_header,)
        )
    if type_ not in WITHOUT_FOOTER:
        around["footer"] = Words(60, needed=False)
    return Fields({**around, **rules}, also=also)


def _optional(rule: Rule) -> Rule:
    if isinstance(rule, Words):
        return Words(rule.most, needed=False)
    return Fields(rule.rules, needed=False) if isinstance(rule, Fields) else rule


def _one_header(header: Json, pointer: str) -> Flaws:
    if len(header) != 1:
        yield Flaw(pointer, "A header is one of: text, image, video, document.")


INTERACTIVE = ByType("type", {type_: _interactive(type_) for type_ in TYPES})


def _one_more(name: Json, pointer: str) -> Flaws:
    if len([part for part in name.values() if part]) < 2:
        yield Flaw(f"{pointer}/first_name", "Beside formatted_name one more part of the name is needed.")


NAME = Fields(
    {
        "formatted_name": Words(1_024),
        **dict.fromkeys(
            ("first_name", "last_name", "middle_name", "prefix", "suffix"), Words(1_024, needed=False)
        ),
    },
    also=(_one_more,),
)


def _texts(*names: str) -> dict[str, Rule]:
    return dict.fromkeys(names, Words(1_024, needed=False))


CONTACT = Fields(
    {
        "name": NAME,
        "phones": Items(Fields({"phone": Words(64), **_texts("type", "wa_id")}), 0, 20, needed=False),
        "emails": Items(Fields({"email": Words(320), **_texts("type")}), 0, 20, needed=False),
        "addresses": Items(
            Fields(_texts("street", "city", "state", "zip", "country", "country_code", "type")),
            0,
            20,
            needed=False,
        ),
        "org": Fields(_texts("company", "department", "title"), needed=False),
        "urls": Items(Fields({"url": Link(), **_texts("type")}), 0, 20, needed=False),
        "birthday": Words(10, needed=False),
    }
)

#: What `content` holds by kind; kinds not named hold nothing.
CONTENTS: dict[str, Rule] = {
    "text": Fields({"preview_url": Yes()}, needed=False),
    "interactive": INTERACTIVE,
    "location": Fields(
        {
            "latitude": Degrees(90),
            "longitude": Degrees(180),
            "name": Words(1_000, needed=False),
            "address": Words(1_000, needed=False),
        }
    ),
    "contacts": Fields({"contacts": Items(CONTACT, 1, 257)}),
    "reaction": Fields({"target": Words(512), "emoji": Words(32, needed=False)}),
}


def flaws(*, kind: str, text: str, content: Mapping[str, Any], file_kind: str) -> list[Flaw]:
    """Everything for which the provider would refuse this message; pointers into the body of our API."""
    return list(_flaws(kind, text, dict(content), file_kind))


def _flaws(kind: str, text: str, content: Json, file_kind: str) -> Iterator[Flaw]:
    if kind == "template":
        yield from look(TEMPLATE, content, "/template")
        yield from _uploaded(file_kind, ANY_HEADER[1:], is_double=_has_file_header(content))
        return
    if rule := CONTENTS.get(kind):
        yield from look(rule, content or None, "/content")
    if kind == "interactive":
        yield from _around(str(content.get("type")), text, content, file_kind)


def _around(type_: str, text: str, content: Json, file_kind: str) -> Iterator[Flaw]:
    """The text of a choice, and the uploaded file above it."""
    most = BODY_CHARS_BY_TYPE.get(type_, BODY_CHARS)
    yield from look(Words(most, needed=type_ not in WITHOUT_BODY), text, "/text")
    taken = [part for part in HEADERS.get(type_, ()) if part != "text"]
    yield from _uploaded(file_kind, taken, is_double=bool(content.get("header")))


def _uploaded(file_kind: str, taken: Any, *, is_double: bool) -> Iterator[Flaw]:
    if not file_kind:
        return
    if file_kind not in taken:
        yield Flaw("/attachment_ids/0", f"No file of the kind “{file_kind}” can stand above this message.")
    elif is_double:
        yield Flaw("/attachment_ids/0", "The message has a header already; give a header or a file.")


def _has_file_header(template: Json) -> bool:
    parts = template.get("components")
    return isinstance(parts, list) and any(
        isinstance(part, dict) and part.get("type") == "header" for part in parts
    )
