"""What may be filled into a template: every kind of component, parameter and button, as one table.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates (September 2026)
"""

from __future__ import annotations

import re
from typing import Any

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
)
from inbox.ports import Flaw, Json

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_PARAMETER = Words(1_024, one_line=True)
_WHICH = {"parameter_name": Words(100, needed=False)}


def _tagged(type_: str, rule: Rule) -> Rule:
    """A parameter: {"type": …, that type: its value}."""
    return Fields({"type": Words(40), **_WHICH, type_: rule})


def _by_id_or_link(file: Json, pointer: str) -> Flaws:
    if bool(file.get("id")) == bool(file.get("link")):
        yield Flaw(pointer, "A file is named either by link or by id.")


def _in_one_way(file: Json, pointer: str) -> Flaws:
    if len([key for key in ("id", "link", "attachment_id") if file.get(key)]) != 1:
        yield Flaw(pointer, "The file of a card is named by link, by id, or by the id of an uploaded one.")


FILE = Fields(
    {"id": Words(64, needed=False), "link": Link(needed=False), "filename": Words(240, needed=False)},
    also=(_by_id_or_link,),
)
CARD_FILE = Fields(
    {"id": Words(64, needed=False), "link": Link(needed=False), "attachment_id": Words(36, needed=False)},
    also=(_in_one_way,),
)
PLACE = Fields(
    {
        "latitude": Degrees(90),
        "longitude": Degrees(180),
        "name": Words(1_000, needed=False),
        "address": Words(1_000, needed=False),
    }
)
MONEY = Fields({"fallback_value": Words(64), "code": Words(3), "amount_1000": Whole(-(10**15), 10**15)})
TEXT = Fields({"type": Words(40), **_WHICH, "text": _PARAMETER})

HEADERS: dict[str, Rule] = {
    "text": Fields({"type": Words(40), **_WHICH, "text": Words(60, one_line=True)}),
    "image": _tagged("image", FILE),
    "video": _tagged("video", FILE),
    "gif": _tagged("gif", FILE),
    "document": _tagged("document", FILE),
    "location": _tagged("location", PLACE),
    "product": _tagged("product", Fields({"catalog_id": Words(64), "product_retailer_id": Words(100)})),
}
CARD_HEADERS = HEADERS | {"image": _tagged("image", CARD_FILE), "video": _tagged("video", CARD_FILE)}
BODY_PARAMETER = ByType(
    "type",
    {
        "text": TEXT,
        "currency": _tagged("currency", MONEY),
        "date_time": _tagged("date_time", Fields({"fallback_value": Words(64)})),
    },
)

THUMBNAIL = Words(100, needed=False)
FLOW = Fields({"flow_token": Words(200, needed=False), "flow_action_data": Free()})
SHELF = Fields({"thumbnail_product_retailer_id": THUMBNAIL, "sections": Items(Free(True), 1, 10)})
CALL = {"ttl_minutes": _tagged("ttl_minutes", Whole(1, 43_200)), "payload": _tagged("payload", Words(512))}
#: What each kind of button carries; phone-number and contact buttons carry nothing, so they are not here.
BUTTONS: dict[str, tuple[Rule, int]] = {
    "quick_reply": (_tagged("payload", Words(256)), 1),
    "url": (_tagged("text", Words(2_000, one_line=True)), 1),
    "copy_code": (_tagged("coupon_code", Words(20, one_line=True)), 1),
    "flow": (_tagged("action", FLOW), 1),
    "catalog": (_tagged("action", Fields({"thumbnail_product_retailer_id": THUMBNAIL})), 1),
    "mpm": (_tagged("action", SHELF), 1),
    "voice_call": (ByType("type", CALL), 2),
}


class Index:
    """The place of a button or card: a small whole number, also as text."""

    needed = True

    def flaws(self, value: Any, pointer: str) -> Flaws:
        """See ``rules.Rule``."""
        if isinstance(value, bool) or not str(value).isdecimal() or int(str(value)) > 9:
            yield Flaw(pointer, "This has to be the place of the button, from 0 to 9.")


def _button(sub_type: str) -> Rule:
    rule, most = BUTTONS[sub_type]
    return Fields(
        {"type": Words(40), "sub_type": Words(40), "index": Index(), "parameters": Items(rule, 1, most)}
    )


def _component(rules: dict[str, Rule]) -> Rule:
    return Fields({"type": Words(40), **rules})


OFFER = _tagged("limited_time_offer", Fields({"expiration_time_ms": Whole(0, 10**14)}))
PLAIN: dict[str, Rule] = {
    "header": _component({"parameters": Items(ByType("type", HEADERS), 1, 1)}),
    "body": _component({"parameters": Items(BODY_PARAMETER, 0, 100, needed=False)}),
    "button": ByType("sub_type", {sub_type: _button(sub_type) for sub_type in BUTTONS}),
}
ON_CARDS = PLAIN | {"header": _component({"parameters": Items(ByType("type", CARD_HEADERS), 1, 1)})}
CARD = Fields({"card_index": Index(), "components": Items(ByType("type", ON_CARDS), 1, 5)})
COMPONENT = ByType(
    "type",
    {
        **PLAIN,
        "limited_time_offer": _component({"parameters": Items(OFFER, 1, 1)}),
        "carousel": _component({"cards": Items(CARD, 1, 10)}),
    },
)


def _name(template: Json, pointer: str) -> Flaws:
    if not _NAME.fullmatch(template["name"]):
        yield Flaw(f"{pointer}/name", "A template's name has small letters, digits and “_” only.")


def _named_or_counted(template: Json, pointer: str) -> Flaws:
    """Values go by name or by place, never both in one component."""
    for n, part in enumerate(template.get("components") or ()):
        named = {bool(one.get("parameter_name")) for one in part.get("parameters") or ()}
        if part["type"] == "body" and len(named) > 1:
            yield Flaw(f"{pointer}/components/{n}/parameters", "Give all values a parameter_name, or none.")


def _once(template: Json, pointer: str) -> Flaws:
    seen: set[tuple[str, str]] = set()
    for n, part in enumerate(template.get("components") or ()):
        key = (part["type"], str(part.get("index", "")))
        if key in seen:
            yield Flaw(f"{pointer}/components/{n}", "This part of the template is filled twice.")
        seen.add(key)


CATEGORY = OneOf(("authentication", "utility", "marketing"), needed=False)
TEMPLATE = Fields(
    {
        "name": Words(512),
        "language": Words(16),
        "category": CATEGORY,
        "components": Items(COMPONENT, 0, 20, needed=False),
    },
    also=(_name, _named_or_counted, _once),
)
