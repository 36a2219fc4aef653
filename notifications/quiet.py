"""Quiet hours by a person's own clock, right on the days it is changed too. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone(name: str, fallback: str = "UTC") -> ZoneInfo:
    """A zone by its IANA name; an unknown one is the fallback."""
    for wanted in (name, fallback):
        try:
            if wanted:
                return ZoneInfo(wanted)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def quiet_until(now: datetime, *, start: time, end: time, where: ZoneInfo) -> datetime | None:
    """When the quiet that `now` lies in ends, in UTC; None when it lies in none.

    An end that the clock skips in spring is the moment after the gap; one it shows twice in autumn is the
    first of the two.
    """
    if start == end:
        return None
    local = now.astimezone(where)
    inside = start <= local.time() < end if start < end else local.time() >= start or local.time() < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if start > end and local.time() >= start else 0)
    ends = datetime.combine(day, end, tzinfo=where).astimezone(UTC)
    return ends if ends > now else None
