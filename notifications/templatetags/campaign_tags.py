"""Words of campaigns in templates."""

from __future__ import annotations

from typing import Any

from django import template

from notifications import campaign_words as words
from notifications.words import UNKNOWN

register = template.Library()


@register.inclusion_tag("notifications/state.html")
def campaign_state(state: str, shape: str = "state") -> dict[str, Any]:
    """A campaign's state with its icon. shape: state or chip."""
    return {"one": words.CAMPAIGNS.get(state, UNKNOWN), "state": state, "shape": shape}


@register.inclusion_tag("notifications/state.html")
def row_state(state: str) -> dict[str, Any]:
    """A row's state with its icon."""
    return {"one": words.ROWS.get(state, UNKNOWN), "state": state, "shape": "state"}


@register.filter
def source_words(source: str) -> Any:
    """Where a campaign's people come from."""
    return words.SOURCES.get(source, source)
