"""When a workspace is open, by its own clock: plain functions over plain values. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: From minute to minute of one day; 1440 is the midnight at its end.
Span = tuple[int, int]

MINUTES_A_DAY = 1440
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
#: A workspace that does not open within so many days is taken for closed for good.
HORIZON_DAYS = 400


@dataclass(frozen=True, slots=True)
class Hours:
    """week: the spans of Monday to Sunday, sorted, none over another; closed_on: holidays."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    closed_on: frozenset[date] = frozenset()


#: What holds until somebody says otherwise.
ALWAYS = Hours(ZoneInfo("UTC"), (((0, MINUTES_A_DAY),),) * 7)


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether the workspace is open at this moment; at the closing minute it is not."""
    return any(start <= at < end for start, end in _day(hours, at.astimezone(hours.zone).date()))


def open_minutes_between(hours: Hours, a: datetime, b: datetime) -> float:
    """How many minutes of the time from a to b the workspace is open; 0 when b is not after a.

    They are minutes that pass: a day on which the clock is put forward has an hour less.
    """
    a, b = a.astimezone(UTC), b.astimezone(UTC)  # two times of one zone are subtracted as the wall shows them
    if b <= a:
        return 0
    passed = sum((min(b, end) - max(a, start) for start, end in _between(hours, a, b)), timedelta())
    return passed / MINUTE


def after_open_minutes(hours: Hours, a: datetime, minutes: float) -> datetime | None:
    """The moment at which so many open minutes have passed since a; None when that never comes.

    With 0 minutes: a itself, or the next opening.
    """
    a, left = a.astimezone(UTC), minutes * MINUTE
    for start, end in _between(hours, a, a + HORIZON_DAYS * DAY):
        begin = max(a, start)
        if end - begin > left or (left and end - begin == left):
            return begin + left
        left -= end - begin
    return None


def opens_at(hours: Hours, at: datetime) -> datetime | None:
    """`at` itself while the workspace is open, else its next opening; None when there is none."""
    return after_open_minutes(hours, at, 0)


def _between(hours: Hours, a: datetime, b: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open spans that have a part after a and before b, in order."""
    day, last = a.astimezone(hours.zone).date(), b.astimezone(hours.zone).date()
    while day <= last:
        yield from ((start, end) for start, end in _day(hours, day) if start < b and end > a)
        day += DAY


def _day(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The open spans of one day of the workspace's calendar, in UTC.

    A minute that the clock skips in spring is the moment as far after the gap; of one it shows twice in
    autumn an opening is the first, and so is a closing. A span that a gap swallows whole is left out.
    """
    if day in hours.closed_on:
        return
    for first, last in hours.week[day.weekday()]:
        start, end = _moment(hours.zone, day, first), _moment(hours.zone, day, last)
        if start < end:
            yield start, end


def _moment(zone: ZoneInfo, day: date, minute: int) -> datetime:
    days, rest = divmod(minute, MINUTES_A_DAY)
    return datetime.combine(day + days * DAY, time(*divmod(rest, 60)), tzinfo=zone).astimezone(UTC)
