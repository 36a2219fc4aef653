"""What pages about templates say of one."""

from __future__ import annotations

from django import template

from channels_whatsapp.fields import Row
from channels_whatsapp.models import Template
from channels_whatsapp.words import (
    CATEGORIES,
    QUALITIES,
    REASONS,
    STATES,
    UNKNOWN,
    WORKING,
    State,
    language_name,
)

register = template.Library()
register.filter("language_name", language_name)


@register.filter
def state(row: Template) -> State:
    """How it stands; what is just being done goes first."""
    return WORKING.get(row.work) or STATES.get(row.status, UNKNOWN)


@register.filter
def quality(code: str) -> State | None:
    """Its quality, None while there is none."""
    return QUALITIES.get(code)


@register.filter
def category(code: str) -> str:
    """In words."""
    return str(CATEGORIES.get(code, code))


@register.filter
def under(found: dict[str, object], name: str) -> object:
    """What stands under a key."""
    return found.get(name)


@register.filter
def belongs(name: str, row: Row) -> bool:
    """Whether a field is one of a button's."""
    return name.startswith(f"button_{row.n}_")


@register.filter
def sentence(words: str) -> str:
    """A reason in words, with a full stop, where another sentence follows."""
    words = str(REASONS.get(words.upper(), words))
    return f"{words}." if words and words[-1] not in ".!?…" else words
