"""GET and POST /{number}/settings: calls, and the check whether a person still has the same phone."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from simulator.errors import GraphError
from simulator.graph.call import Call, misshapen
from simulator.jsonio import reading
from simulator.models import Number

Json = dict[str, Any]
_ON_OFF = ("ENABLED", "DISABLED")
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_SPANS_A_DAY, _HOLIDAYS_MAX = 2, 20
_TIME, _DATE = re.compile(r"([01]\d|2[0-3])[0-5]\d"), re.compile(r"\d{4}-\d\d-\d\d")
_TIER_FOR_CALLS = 2_000


async def get_settings(call: Call) -> Json:
    """What is set. Passwords of SIP servers are no part of this world."""
    return {"calling": _calling(call.number), "user_identity_change": _identity(call.number)}


async def post_settings(call: Call) -> Json:
    """Change what is named; inside `calling`, too, what is not named stays. Raises GraphError."""
    with reading(misshapen):
        if not {"calling", "user_identity_change"} & call.params.keys():
            raise GraphError(100, "Name the settings to change: calling or user_identity_change.")
        if "user_identity_change" in call.params:
            _set_identity(call, call.params["user_identity_change"])
        if "calling" in call.params:
            _set_calling(call, call.params["calling"])
    call.sim.world.save_number(call.number)
    _tell(call)
    return {"success": True}


def _identity(number: Number) -> Json:
    return {"enable_identity_key_check": number.settings.identity_check}


def _set_identity(call: Call, said: Json) -> None:
    wanted = said["enable_identity_key_check"]
    if not isinstance(wanted, bool):
        raise GraphError(100, "Param enable_identity_key_check must be a boolean.")
    call.number.settings = replace(call.number.settings, identity_check=wanted)


# ---------------------------------------------------------------- calls


def _calling(number: Number) -> Json:
    switches = {
        "status": _word(number.settings.calling),
        "callback_permission_status": _word(number.settings.calls_allow_callback),
    }
    return {"call_icon_visibility": "DEFAULT", **number.calling, **switches}


def _word(is_on: bool) -> str:
    return "ENABLED" if is_on else "DISABLED"


def _set_calling(call: Call, said: Json) -> None:
    for name, value in said.items():
        if name not in _CHECKS:
            raise GraphError(100, f"Param calling has no field {name}.")
        _CHECKS[name](value)
    people = call.number.settings.people_per_day
    if said.get("status") == "ENABLED" and people is not None and people < _TIER_FOR_CALLS:
        raise GraphError(138015)
    switches = {
        own: said[theirs] == "ENABLED"
        for theirs, own in (("status", "calling"), ("callback_permission_status", "calls_allow_callback"))
        if theirs in said
    }
    call.number.settings = replace(call.number.settings, **switches)
    kept = {key: value for key, value in said.items() if key not in ("status", "callback_permission_status")}
    call.number.calling = {**call.number.calling, **kept}


def _one_of(name: str, *words: str) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if value not in words:
            raise GraphError(100, f"Param {name} must be one of {{{', '.join(words)}}}.")

    return check


def _check_icons(value: Json) -> None:
    countries = value.get("restrict_to_user_countries", [])
    if not all(isinstance(one, str) and re.fullmatch(r"[A-Z]{2}", one) for one in countries):
        raise GraphError(100, "Param restrict_to_user_countries must hold codes of two letters.")


def _check_hours(value: Json) -> None:
    _one_of("call_hours.status", *_ON_OFF)(value["status"])
    if value["status"] == "DISABLED":
        return
    if not isinstance(value.get("timezone_id"), str):
        raise GraphError(100, "Param call_hours.timezone_id is required.")
    spans: dict[str, list[tuple[str, str]]] = {}
    for row in value.get("weekly_operating_hours") or []:
        _one_of("day_of_week", *_DAYS)(row["day_of_week"])
        spans.setdefault(row["day_of_week"], []).append(_span(row["open_time"], row["close_time"]))
    for day, found in spans.items():
        found.sort()
        overlap = any(one[1] > other[0] for one, other in pairwise(found))
        if len(found) > _SPANS_A_DAY or overlap:
            raise GraphError(100, f"{day} may have {_SPANS_A_DAY} times that do not overlap.")
    _check_holidays(value.get("holiday_schedule") or [])


def _check_holidays(rows: list[Json]) -> None:
    if len(rows) > _HOLIDAYS_MAX:
        raise GraphError(100, f"Param holiday_schedule may hold {_HOLIDAYS_MAX} days.")
    for row in rows:
        if not _DATE.fullmatch(str(row["date"])):
            raise GraphError(100, "A holiday has a date of the form YYYY-MM-DD.")
        _span(row["start_time"], row["end_time"])


def _span(start: Any, end: Any) -> tuple[str, str]:
    if not (_TIME.fullmatch(str(start)) and _TIME.fullmatch(str(end)) and str(start) < str(end)):
        raise GraphError(100, "Times have the form HHMM, and the first is before the second.")
    return str(start), str(end)


def _check_codecs(value: Json) -> None:
    if not set(value.get("additional_codecs") or []) <= {"PCMA", "PCMU"}:
        raise GraphError(100, "Param additional_codecs may hold PCMA and PCMU.")


def _check_voicemail(value: Json) -> None:
    _one_of("voicemail.status", *_ON_OFF)(value["status"])
    if not set(value.get("triggers") or []) <= {"REJECT", "TIMEOUT"}:
        raise GraphError(100, "Param voicemail.triggers may hold REJECT and TIMEOUT.")


def _check_sip(value: Json) -> None:
    _one_of("sip.status", *_ON_OFF)(value["status"])
    if value["status"] == "ENABLED":
        raise GraphError(100, "There is no SIP in this world.")


_CHECKS: dict[str, Callable[[Any], None]] = {
    "status": _one_of("calling.status", *_ON_OFF),
    "call_icon_visibility": _one_of("call_icon_visibility", "DEFAULT", "DISABLE_ALL"),
    "call_icons": _check_icons,
    "callback_permission_status": _one_of("callback_permission_status", *_ON_OFF),
    "srtp_key_exchange_protocol": _one_of("srtp_key_exchange_protocol", "DTLS", "SDES"),
    "audio": _check_codecs,
    "call_hours": _check_hours,
    "voicemail": _check_voicemail,
    "sip": _check_sip,
}


def _tell(call: Call) -> None:
    """The business hears what is set now."""
    settings = {"phone_number_id": call.number.id, "calling": _calling(call.number)}
    value = {
        "messaging_product": "whatsapp",
        "timestamp": str(int(call.now)),
        "type": "phone_number_settings",
        "phone_number_settings": settings,
    }
    call.sim.webhooks.tell(call.number.id, "change", {"value": value, "field": "account_settings_update"})


HANDLERS = {
    ("GET", "settings"): get_settings,
    ("POST", "settings"): post_settings,
}
