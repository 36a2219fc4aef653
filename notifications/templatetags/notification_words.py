"""Words of notifications in templates."""

from __future__ import annotations

from typing import Any

import orjson
from django import template

from notifications import words
from notifications.queries.lists import kind_label
from notifications.words import Word

register = template.Library()


@register.inclusion_tag("notifications/state.html")
def notification_state(state: str, shape: str = "state") -> dict[str, Any]:
    """A notification's state with its icon. shape: state or chip."""
    return {"one": words.STATES.get(state, words.UNKNOWN), "state": state, "shape": shape}


@register.inclusion_tag("notifications/state.html")
def step_state(state: str) -> dict[str, Any]:
    """A step's state with its icon."""
    return {"one": words.STEPS.get(state, words.UNKNOWN), "state": state, "shape": "state"}


@register.inclusion_tag("notifications/state.html")
def consent_state(state: str) -> dict[str, Any]:
    """Yes or no."""
    return {"one": words.CONSENTS.get(state, words.UNKNOWN), "state": state, "shape": "state"}


@register.filter
def word_of(state: str) -> Word:
    """A notification's state in words."""
    return words.STATES.get(state, words.UNKNOWN)


@register.filter
def category_words(category: str) -> Any:
    """A category in words."""
    return words.CATEGORIES.get(category, category)


@register.filter
def reach_words(reach: str) -> Any:
    """What a rung must reach, in words."""
    return words.REACHES.get(reach, reach)


@register.filter
def language_words(code: str) -> str:
    """The name of a language."""
    return words.language_name(code)


@register.filter
def language_dir(code: str) -> str:
    """ltr or rtl."""
    return words.direction(code)


@register.filter
def patience_words(seconds: int) -> str:
    """Seconds as people say them."""
    return words.patience(seconds)


@register.filter
def place_words(pointer: str) -> str:
    """Where a version is wrong, for people: "/contents/sms/en/text" → "SMS, English"."""
    part, *more = pointer.strip("/").split("/")
    if part == "contents" and len(more) > 1:
        return f"{kind_label(more[0])}, {words.language_name(more[1])}"
    label = words.PARTS.get(part)
    if label is None:
        return pointer
    return f"{label} {int(more[0]) + 1}" if more and more[0].isdecimal() else str(label)


@register.filter
def under(found: dict[str, Any], name: str) -> Any:
    """The value of a key, or nothing."""
    return found.get(name)


@register.filter
def as_json(value: Any) -> str:
    """A value as people read JSON: indented."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


@register.filter
def plain_json(value: Any) -> str:
    """A short value on one line: texts as they are."""
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


@register.filter
def split_words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.filter
def kind_words(kind: str) -> str:
    """A kind of channel in words."""
    return kind_label(kind)
