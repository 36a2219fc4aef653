"""By whose clock it is night: the customer's own zone, else those of their number, else the tenant's. Pure.

Some numbers belong to several zones: a mobile one of Portugal may be in Lisbon or on the Azores. As long as
these are at most ``NEAR`` apart, all of them count, and nobody is woken in any; farther apart (Russia, a
toll-free number of America) they would leave hardly an hour of the day, so such a number says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from common.zones import is_zone
from notifications.quiet import quiet_until, zone

NEAR = timedelta(hours=3)
#: The quiet of two zones follows each other at most so often before the day is over.
_IN_TURN = 4
WHOSE = {
    "customer": "by the customer's own time zone",
    "number": "by the time zone of their number",
    "house": "by the time zone of the house; theirs is not known",
}


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where somebody may be. of: how we know, a key of ``WHOSE``."""

    zones: tuple[ZoneInfo, ...]
    of: Literal["customer", "number", "house"]

    @property
    def whose(self) -> str:
        """How we know, as the end of a sentence of a decision."""
        return WHOSE[self.of]

    def quiet_until(self, at: datetime, *, start: time, end: time) -> datetime | None:
        """When the quiet that `at` lies in has ended in every zone, or None when it lies in none's."""
        ends = at
        for _ in range(_IN_TURN):
            found = [quiet_until(ends, start=start, end=end, where=one) for one in self.zones]
            later = [one for one in found if one]
            if not later:
                break
            ends = max(later)
        return ends if ends > at else None

    def last(self, at: datetime) -> ZoneInfo:
        """The zone in which a day begins last: whose morning everybody waits for."""
        return min(self.zones, key=lambda one: at.astimezone(one).utcoffset() or timedelta())


def clocks_of(own: str, phones: Sequence[str], tenant: str) -> Clocks:
    """own: the zone a customer's row names, or ""; phones: their numbers; tenant: the zone of the house."""
    if is_zone(own):
        return Clocks((zone(own),), "customer")
    if found := zones_of(tuple(sorted(phones))):
        return Clocks(found, "number")
    return Clocks((zone(tenant),), "house")


@lru_cache(maxsize=4096)
def zones_of(phones: tuple[str, ...]) -> tuple[ZoneInfo, ...]:
    """The zones these numbers may be in, those that show the same time once; () when they say too little."""
    found: dict[tuple[timedelta, ...], ZoneInfo] = {}
    for phone in phones:
        for name in _names_of(phone):
            where = zone(name)
            found.setdefault(_offsets(where), where)
    if not found:
        return ()
    winter = [offsets[0] for offsets in found]
    return tuple(found.values()) if max(winter) - min(winter) <= NEAR else ()


def _names_of(phone: str) -> tuple[str, ...]:
    try:
        names = time_zones_for_number(phonenumbers.parse(phone, None))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(name for name in names if name != UNKNOWN_TIMEZONE)


def _offsets(where: ZoneInfo) -> tuple[timedelta, ...]:
    """What tells zones apart: how far they are from UTC in each month of a year."""
    months = (datetime(2026, month, 15, 12, tzinfo=where) for month in range(1, 13))
    return tuple(one.utcoffset() or timedelta() for one in months)
