"""Calls about a number's settings: voice calls, and the check whether people still have the same phone.

https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-settings and
…/business-phone-numbers/identity-change-check (September 2026)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from channels_whatsapp.graph import Body, ask, do, must_be
from channels_whatsapp.template_parts import records
from channels_whatsapp.values import line, record, word
from inbox.ports import Account, Json
from tenants.hours import MINUTES_A_DAY, Hours

SPANS_A_DAY, HOLIDAYS_MOST = 2, 20
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
ON, OFF = "ENABLED", "DISABLED"
#: The parts of their settings; a number without calls has only some of them.
PARTS = ("calling", "user_identity_change", "storage_configuration", "payload_encryption")
#: When calls are taken; "other": as somebody set it elsewhere.
ALWAYS, OURS, OTHER = "always", "opening_hours", "other"
#: What a voicemail begins with, where nobody has said.
VOICEMAIL = {"triggers": ["REJECT", "TIMEOUT"], "timeout_seconds": 20}


def read_settings(account: Account) -> Json:
    """{identity_check, calling, call_button, callback, voicemail, by_sip, hours, voicemail_as, restrictions}.

    hours, voicemail_as: as Meta writes them; by_sip: calls go to a telephone system. Raises SendError."""
    answer = ask(account, "GET", account.external_id, "settings")
    must_be(any(isinstance(answer.get(name), dict) for name in PARTS), "about this number's settings")
    check = record(answer.get("user_identity_change")).get("enable_identity_key_check")
    return {"identity_check": check is True, **calling_of(record(answer.get("calling")))}


def calling_of(found: Json) -> Json:
    """The part about calls, in our words."""
    voicemail, limits = record(found.get("voicemail")), record(found.get("restrictions"))
    return {
        "calling": word(found, "status") == ON,
        "call_button": word(found, "call_icon_visibility") != "DISABLE_ALL",
        "callback": word(found, "callback_permission_status") == ON,
        "voicemail": word(voicemail, "status") == ON,
        "by_sip": word(record(found.get("sip")), "status") == ON,
        "hours": _hours(record(found.get("call_hours"))),
        "voicemail_as": voicemail,
        "restrictions": [_limit(one) for one in records(limits.get("restrictions_list"))][:6],
    }


def _limit(found: Json) -> Json:
    return {"kind": line(found, "type")[:80], "why": line(found, "reason")[:400]}


def _hours(found: Json) -> Json:
    """As it is sent, in one order; {} when calls are taken always."""
    if word(found, "status") != ON:
        return {}
    spans = [
        [word(one, "day_of_week"), word(one, "open_time"), word(one, "close_time")]
        for one in records(found.get("weekly_operating_hours"))
    ]
    closed = [
        [word(one, "date"), word(one, "start_time"), word(one, "end_time")]
        for one in records(found.get("holiday_schedule"))
    ]
    week = sorted(spans, key=lambda one: (DAYS.index(one[0]) if one[0] in DAYS else 7, one[1]))
    return {"zone": word(found, "timezone_id"), "week": week, "closed": sorted(closed)}


def hours_of(hours: Hours, today: date) -> Json:
    """Our opening hours in the words of ``read_settings``. {} when always open. Raises TooManySpans."""
    if all(tuple(day) == ((0, MINUTES_A_DAY),) for day in hours.week) and not hours.closed_on:
        return {}
    if any(len(day) > SPANS_A_DAY for day in hours.week):
        raise TooManySpans
    week = [
        [name, _clock(start), _clock(end)]
        for name, day in zip(DAYS, hours.week, strict=True)
        for start, end in day
    ]
    closed = sorted(day for day in hours.closed_on if day >= today)[:HOLIDAYS_MOST]
    return {
        "zone": hours.zone.key,
        "week": week,
        "closed": [[day.isoformat(), "0000", "2359"] for day in closed],
    }


class TooManySpans(ValueError):
    """A day is open more often than Meta takes."""


def _clock(minute: int) -> str:
    return "{:02}{:02}".format(*divmod(min(minute, MINUTES_A_DAY - 1), 60))


def change_settings(account: Account, now: Json, wanted: Mapping[str, Any]) -> None:
    """Change what differs; Meta keeps the rest. now, wanted: as ``read_settings`` gives it.

    Raises SendError."""
    changed = {name for name, value in wanted.items() if now.get(name) != value}
    body: Json = {}
    if "identity_check" in changed:
        body["user_identity_change"] = {"enable_identity_key_check": wanted["identity_check"]}
    if calling := _calling(changed, wanted, now):
        body["calling"] = calling
    if body:
        do(account, "POST", account.external_id, "settings", body=Body(json=body))


def _calling(changed: Iterable[str], wanted: Mapping[str, Any], now: Json) -> Json:
    write: dict[str, Callable[[], Json]] = {
        "calling": lambda: {"status": _word(wanted["calling"])},
        "call_button": lambda: {
            "call_icon_visibility": "DEFAULT" if wanted["call_button"] else "DISABLE_ALL"
        },
        "callback": lambda: {"callback_permission_status": _word(wanted["callback"])},
        "voicemail": lambda: {
            "voicemail": {**VOICEMAIL, **now["voicemail_as"], "status": _word(wanted["voicemail"])}
        },
        "hours": lambda: {"call_hours": _call_hours(wanted["hours"])},
    }
    found: Json = {}
    for name in changed:
        found |= write[name]() if name in write else {}
    return found


def _word(is_on: bool) -> str:
    return ON if is_on else OFF


def _call_hours(hours: Json) -> Json:
    if not hours:
        return {"status": OFF}
    week = [{"day_of_week": day, "open_time": a, "close_time": b} for day, a, b in hours["week"]]
    closed = [{"date": day, "start_time": a, "end_time": b} for day, a, b in hours["closed"]]
    return {
        "status": ON,
        "timezone_id": hours["zone"],
        "weekly_operating_hours": week,
        "holiday_schedule": closed,
    }
