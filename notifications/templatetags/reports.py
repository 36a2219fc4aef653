"""Figures of reports in templates, and the funnel of the last day on the console's first page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.templatetags.parts import when
from notifications import report_words as said
from notifications.models import NotificationType
from notifications.plots import sparkline
from notifications.queries import reports as query
from notifications.queries.lists import channels_by_id, rungs_of

register = template.Library()

#: So many types stand on the first page, the busiest.
SHOWN = 8
#: From this part on, what failed is worth a look, in percent.
WORRYING = 5


@register.filter
def many(number: int) -> str:
    """1,284,000"""
    return said.many(number)


@register.simple_tag
def start_of(period: query.Period, start: datetime) -> SafeString | str:
    """The beginning of an hour, in the reader's own time, or a day of UTC."""
    if period.is_hourly:
        return when(start)
    return format_html('<time datetime="{}">{}</time>', start.strftime("%Y-%m-%d"), date_format(start, "j M"))


@register.inclusion_tag("notifications/last_day.html")
def last_day() -> dict[str, Any]:
    """How far each type's notifications of the last 24 hours came. Three statements more than none."""
    period = query.period(1, timezone.now())
    piles = query.piles(period)
    lines, hours = query.by_type(piles), query.hours_of(period, piles)
    types = NotificationType.objects.select_related("current").in_bulk(list(lines)[:SHOWN])
    channels = channels_by_id() if types else {}
    rows = []
    for key in list(lines)[:SHOWN]:
        current = types[key].current
        ladder = current.ladder if current else []
        rows.append(
            _row(lines[key])
            | {
                "named": types[key],
                "rungs": [rung.label for rung in rungs_of(ladder, channels)],
                "points": sparkline(hours.get(key, [0] * len(period.starts))),
            }
        )
    whole = _row(query.in_all(piles, _("All types")))
    return {"rows": rows, "whole": whole, "more": len(lines) - len(rows)}


def _row(line: query.Funnel) -> dict[str, Any]:
    found = line.by_stage
    tried = found["sent"] + found["failed"]
    return {
        "line": line,
        "sent": found["sent"],
        "stages": [
            (
                said.STAGE_WORDS[one],
                found[one],
                said.part(found[one], found["sent"]),
                100 * found[one] // (found["sent"] or 1),
            )
            for one in ("delivered", "read", "answered")
        ],
        "failed": said.part(found["failed"], tried),
        "is_bad": 100 * found["failed"] >= WORRYING * tried > 0,
        "failed_words": said.STAGE_WORDS["failed"],
    }
