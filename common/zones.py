"""Time zones by their IANA names."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

#: Said to whoever writes something that is none.
NO_ZONE = "This is no time zone; write it like Europe/Lisbon."


def is_zone(name: str) -> bool:
    """Is this the name of a time zone?"""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def zone_names() -> list[str]:
    """The zones people choose from: those named for a place."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
