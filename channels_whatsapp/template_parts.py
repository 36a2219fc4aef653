"""Looking into a template: its parts, its variables, and the samples given for them. Pure."""

from __future__ import annotations

import re
from typing import Any

from channels_whatsapp.values import record, word
from inbox.ports import Json

VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

#: What WhatsApp has a template in; the code must be met exactly when one is sent (docs of September 2026).
_LANGUAGES = """
af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF nl nl_BE
en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi fr
fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv
lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC
es_HN es_MX es_PA es_PE es_ES es_UY sw sv ta te th tr uk ur uz vi zu
"""
LANGUAGES = tuple(_LANGUAGES.split())
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
MEDIA_FORMATS = ("IMAGE", "VIDEO", "GIF", "DOCUMENT")
CARD_FORMATS = ("IMAGE", "VIDEO")
#: Header format → the kind of file that stands there; a moving picture is a short video without sound.
FILE_KINDS = {"IMAGE": "image", "VIDEO": "video", "GIF": "video", "DOCUMENT": "document"}
#: A part that asks whether the business may call.
ASKS_TO_CALL = "CALL_PERMISSION_REQUEST"


def kind_of(part: Json) -> str:
    """The type of a component or button, in capitals."""
    return word(part, "type").upper()


def part_of(components: Any, kind: str) -> Json:
    """The first component of a type, {} when there is none."""
    found = components if isinstance(components, list) else []
    return next((one for one in found if isinstance(one, dict) and kind_of(one) == kind), {})


def records(value: Any) -> list[Json]:
    """The objects of a list; [] for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(part: Json, key: str = "text") -> str:
    """A text of any length; "" when it is none."""
    value = part.get(key)
    return value if isinstance(value, str) else ""


def buttons_of(components: Any) -> list[Json]:
    """The buttons below a message."""
    return records(part_of(components, "BUTTONS").get("buttons"))


def cards_of(components: Any) -> list[Json]:
    """The cards that stand side by side."""
    return records(part_of(components, "CAROUSEL").get("cards"))


def with_cards(components: list[Json], cards: list[Json]) -> list[Json]:
    """The parts with other cards."""
    return [{**part, "cards": cards} if kind_of(part) == "CAROUSEL" else part for part in components]


def variables(text: str) -> list[str]:
    """Names or numbers of the variables in a text, each once, in reading order."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def is_positional(names: list[str]) -> bool:
    """Whether all of them are numbers."""
    return all(name.isascii() and name.isdecimal() for name in names)


def format_of(components: Any) -> str:
    """NAMED when a variable of the header, of the body or of a card has a name."""
    wholes = [components, *(card.get("components") for card in cards_of(components))]
    texts = [text_of(part_of(parts, kind)) for parts in wholes for kind in ("HEADER", "BODY")]
    return "POSITIONAL" if is_positional([name for text in texts for name in variables(text)]) else "NAMED"


def samples(part: Json) -> dict[str, str]:
    """Samples of a header's or body's variables: name or number → sample."""
    example = record(part.get("example"))
    found: dict[str, str] = {}
    for key in ("header_text_named_params", "body_text_named_params"):
        for pair in records(example.get(key)):
            found[word(pair, "param_name")] = text_of(pair, "example")
    rows = example.get("body_text")
    row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else rows
    for values in (row, example.get("header_text")):
        for place, value in enumerate(values if isinstance(values, list) else [], start=1):
            found.setdefault(str(place), value if isinstance(value, str) else "")
    return found


def sample_of(button: Json) -> str:
    """The sample of a button: a whole address, or a code."""
    example = button.get("example")
    first = example[0] if isinstance(example, list) and example else example
    return first if isinstance(first, str) else ""


def example_for(kind: str, text: str, given: dict[str, str]) -> Json:
    """`example` of a header or body as the provider wants it; {} when the text has no variables."""
    names = variables(text)
    if not names:
        return {}
    key = kind.lower()
    if not is_positional(names):
        pairs = [{"param_name": name, "example": given.get(name, "")} for name in names]
        return {f"{key}_text_named_params": pairs}
    values = [given.get(str(place), "") for place in range(1, len(names) + 1)]
    return {"header_text": values} if key == "header" else {"body_text": [values]}


def header_handle(header: Json) -> str:
    """The provider's handle of an uploaded sample, or ""."""
    handles = record(header.get("example")).get("header_handle")
    return handles[0] if isinstance(handles, list) and handles and isinstance(handles[0], str) else ""
