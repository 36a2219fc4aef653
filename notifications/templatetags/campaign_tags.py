"""Words of campaigns in templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.zoned_times import clock_words
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
def by_clock_of(at: datetime, zone: ZoneInfo) -> SafeString:
    """A time as the clock of the house shows it, whoever looks."""
    return format_html('<time datetime="{}" translate="no">{}</time>', at.isoformat(), clock_words(at, zone))


@register.filter
def source_words(source: str) -> Any:
    """Where a campaign's people come from."""
    return words.SOURCES.get(source, source)
