"""When the workspace is open. Runs in the tenant's scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from events import audit, bus
from tenants.hours import MINUTES_A_DAY, Span
from tenants.models import BusinessHours, Member
from tenants.operations.errors import Refused
from tenants.shapes import actor_of, hours_shape

HOLIDAYS_MAX = 200


class BadHours(Refused):
    """Hours that no clock shows. field: zone, week or holidays; day: 0 is Monday."""

    code = "bad_hours"

    def __init__(self, field: str, sentence: str, day: int | None = None) -> None:
        super().__init__(sentence)
        self.field, self.day = field, day


def set_hours(
    *,
    zone: str,
    week: Sequence[Iterable[Span]],
    holidays: Iterable[tuple[date, str]] = (),
    is_always: bool = False,
    by: Member | None = None,
) -> BusinessHours:
    """Keep when the open scope's tenant is open. week: the spans of Monday to Sunday, in minutes of the day.

    Writes BusinessHours and the event `hours.changed`. Raises BadHours.
    """
    if len(week) != 7:
        raise BadHours("week", _("A week has seven days."))
    fields = {
        "zone": _known(zone),
        "is_always": is_always,
        "week": [_sorted(spans, day) for day, spans in enumerate(week)],
        "holidays": _by_day(holidays),
    }
    before = BusinessHours.objects.first() or BusinessHours()
    row, _made = BusinessHours.objects.update_or_create(defaults=fields)
    actor = actor_of(by) if by else bus.SYSTEM
    values = {"before": _said(before), "after": _said(row)}
    audit.note("hours.changed", row.id, row.zone, **values, actor=actor)
    bus.record("hours.changed", {"hours": hours_shape(row)}, actor=actor)
    return row


def _said(row: BusinessHours) -> dict[str, Any]:
    """As an auditor reads it."""
    days = {f"day {day}": [_words(span) for span in spans] for day, spans in enumerate(row.week, start=1)}
    closed = {one["date"]: one["name"] or "closed" for one in row.holidays}
    return {"zone": row.zone, "is_always": row.is_always, **days, "holidays": closed}


def _words(span: Sequence[int]) -> str:
    return "–".join("{:02}:{:02}".format(*divmod(minute, 60)) for minute in span)


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadHours("zone", _("“%s” is no time zone. Write it like Europe/Lisbon.") % zone[:64]) from None
    return zone


def _sorted(spans: Iterable[Span], day: int) -> list[list[int]]:
    found = sorted([start, end] for start, end in spans)
    if any(not 0 <= start < end <= MINUTES_A_DAY for start, end in found):
        raise BadHours("week", _("The end must come after the start, on the same day."), day)
    if any(earlier[1] > later[0] for earlier, later in pairwise(found)):
        raise BadHours("week", _("Two of these times overlap. Make one of them."), day)
    return found


def _by_day(holidays: Iterable[tuple[date, str]]) -> list[dict[str, str]]:
    names = {day: name.strip()[:80] for day, name in holidays}
    if len(names) > HOLIDAYS_MAX:
        raise BadHours("holidays", _("Keep at most %d holidays; take out past ones.") % HOLIDAYS_MAX)
    return [{"date": day.isoformat(), "name": names[day]} for day in sorted(names)]
