"""How a number stands with Meta: quality, limits, name, restrictions; from webhooks and from asking.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits (September 2026)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from channels_whatsapp.errors import APPEAL, QUALITY
from channels_whatsapp.graph import Body, ask, must_be
from channels_whatsapp.values import FIRST_SECOND, LAST_SECOND, line, record, word
from inbox.ports import Account, Hold, Json, Notice, Standing

#: Their tier → how many people we may write to first in 24 hours; -1: as many as we like.
TIERS = {
    "TIER_50": 50, "TIER_250": 250, "TIER_1K": 1_000, "TIER_2K": 2_000, "TIER_10K": 10_000,
    "TIER_100K": 100_000, "TIER_UNLIMITED": -1,
}  # fmt: skip
#: Their level → messages per second, in and out.
THROUGHPUT = {"STANDARD": 80, "HIGH": 1_000}
QUALITIES = {"GREEN": "high", "YELLOW": "medium", "RED": "low", "UNKNOWN": "", "NA": ""}

LOW = Hold("marketing", "Many people blocked or reported this number lately, so marketing waits.", QUALITY)
#: Their word for the state of a number → what waits meanwhile.
STATES: dict[str, Hold | None] = {
    "CONNECTED": None,
    "FLAGGED": Hold(
        "marketing", "Meta has flagged this number for low quality, so marketing waits.", QUALITY
    ),
    "RESTRICTED": Hold(
        "started", "Meta has restricted this number: only answers within 24 hours may leave.", QUALITY
    ),
    "RATE_LIMITED": Hold(
        "started", "The number has reached its limit: only answers within 24 hours may leave.", QUALITY
    ),
    "BANNED": Hold("all", "Meta has banned this number; nothing can leave.", APPEAL),
}
#: The kinds of restriction that stop messages → what waits.
RESTRICTIONS = {
    "RESTRICTED_BIZ_INITIATED_MESSAGING": Hold(
        "started", "Meta has restricted this account: only answers within 24 hours may leave.", APPEAL
    ),
    "RESTRICTED_CUSTOMER_INITIATED_MESSAGING": Hold(
        "all", "Meta has restricted this account: not even answers may leave.", APPEAL
    ),
}
DISABLED = Hold("all", "Meta has disabled this account; nothing can leave.", APPEAL)
#: Their word for what became of our app's access → ours.
PARTNER = {"PARTNER_REMOVED": "removed", "PARTNER_ADDED": "there"}
#: Their word for the display name → ours.
NAMES = {
    "APPROVED": "approved", "AVAILABLE_WITHOUT_REVIEW": "approved", "PENDING": "in review",
    "PENDING_REVIEW": "in review", "DEFERRED": "in review", "DECLINED": "refused", "REJECTED": "refused",
    "EXPIRED": "expired",
}  # fmt: skip

#: Their word in a webhook for the review of a new name → their word for it on the number.
NEW_NAMES = {
    "APPROVED": "APPROVED", "REJECTED": "DECLINED", "PENDING": "PENDING_REVIEW", "DEFERRED": "PENDING_REVIEW",
}  # fmt: skip
#: Why a display name was refused, and what to do.
NAME_REASONS = {
    "NAME_EMPLOYEE_ISSUE": "It names a person who works there; use the name of the business.",
    "NAME_ENDCLIENT_NOTRELATED": "It is not that of the business; link it to the business on its website.",
    "NAME_FORMAT_UNACCEPTABLE": "Its spelling breaks a rule, such as capitals or emoji; write it plainly.",
    "NAME_INDIVIDUAL_ISSUE": "It names a private person; use the name of the business.",
    "NAME_NOT_CONSISTENT": "It differs from the name the business uses elsewhere; use the same one.",
}


def standing_of(notice: Notice) -> Standing | None:
    """What a notice says of the number or account, or None."""
    read = READERS.get(notice.topic)
    value = record(notice.raw.get("value"))
    if read is None or not value:
        return None
    found = read(value)
    if found is None:
        return None
    facts, holds = found
    return Standing(facts=facts, holds=holds, of=_whose(notice, value), at=_time(notice.raw.get("time")))


Found = tuple[Json, dict[str, Hold | None]]


def _whose(notice: Notice, value: Json) -> dict[str, str]:
    """The number it names, within its account; else every number of the account."""
    account = {"waba_id": word(record(value.get("waba_info")), "waba_id") or word(notice.raw, "entry_id")}
    number = word(value, "display_phone_number") or word(value, "phone_number")
    digits = "".join(character for character in number if character.isdecimal())
    return {**account, "display_phone_number": f"+{digits}"} if digits else account


def _time(value: Any) -> datetime | None:
    if type(value) is not int or not FIRST_SECOND <= value < LAST_SECOND:
        return None
    return datetime.fromtimestamp(value, UTC)


def _limit(value: Any) -> int | None:
    """A tier as its name or as a number, where -1 means no limit."""
    if type(value) is int:
        return value if value >= 0 else -1
    return TIERS.get(value) if isinstance(value, str) else None


def _quality_update(value: Json) -> Found | None:
    """Throughput or limit changed; older versions also flag numbers this way."""
    facts: Json = {}
    limit = _limit(value.get("max_daily_conversations_per_business") or value.get("current_limit"))
    if limit is not None:
        facts["people_per_day"] = limit
    event = word(value, "event")
    if event == "THROUGHPUT_UPGRADE":
        facts["per_second"] = THROUGHPUT["HIGH"]
    holds: dict[str, Hold | None] = {}
    if event in {"FLAGGED", "UNFLAGGED"}:
        holds["number"] = STATES["FLAGGED"] if event == "FLAGGED" else None
    return (facts, holds) if facts or holds else None


def _name_update(value: Json) -> Found | None:
    decision, code = word(value, "decision"), word(value, "rejection_reason")
    name, reason = NAMES.get(decision), NAME_REASONS.get(code, "")
    if not name:
        return None
    facts = {"name": name, "name_reason": reason}
    if wanted := line(value, "requested_verified_name")[:200]:
        facts |= {"wanted_name": wanted, "new_name": NEW_NAMES.get(decision, ""), "new_name_reason": reason}
    return facts, {}


def _review(value: Json) -> Found | None:
    decision = word(value, "decision")
    return ({"review": decision}, {}) if decision else None


def _alert(value: Json) -> Found | None:
    """One thing Meta wants an admin to know; it is over when its status is NONE."""
    info = record(value.get("alert_info"))
    kind = word(info, "alert_type", 60)
    if not kind:
        return None
    is_on = word(info, "alert_status").upper() != "NONE"
    told = {"severity": word(info, "alert_severity", 20), "text": line(info, "alert_description")[:400]}
    return {f"alert_{kind}": told if is_on else None}, {}


def _security(value: Json) -> Found | None:
    event = word(value, "event")
    return ({"pin": event}, {}) if event else None


def _capability(value: Json) -> Found | None:
    limit = _limit(value.get("max_daily_conversations_per_business"))
    return None if limit is None else ({"people_per_day": limit}, {})


def _account(value: Json) -> Found | None:
    event = word(value, "event")
    if event == "ACCOUNT_RESTRICTION":
        return {}, _restrictions(value.get("restriction_info"))
    if event in {"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED"}:
        return {}, {"account": DISABLED}
    if event == "ACCOUNT_RECONNECTED":
        return {}, {"account": None}
    if event == "DISABLED_UPDATE":
        state = word(record(value.get("ban_info")), "waba_ban_state")
        date = line(record(value.get("ban_info")), "waba_ban_date")[:40]
        if state == "SCHEDULE_FOR_DISABLE":
            return {"disable_date": date or "soon"}, {}
        bans = {"DISABLE": DISABLED, "REINSTATE": None}
        return ({"disable_date": ""}, {"ban": bans[state]}) if state in bans else None
    if event == "ACCOUNT_VIOLATION":
        return {"violation": line(record(value.get("violation_info")), "violation_type").lower()}, {}
    return ({"partner": PARTNER[event]}, {}) if event in PARTNER else None


def _username(value: Json) -> Found | None:
    """The name by which people find the business; "" once it is gone."""
    name, status = line(value, "username")[:60], word(value, "status").lower()
    return ({"username": name if status in {"approved", "reserved"} else ""}, {}) if status else None


def _restrictions(found: Any) -> dict[str, Hold | None]:
    """Each kind of restriction by itself; an empty list ends them all."""
    holds: dict[str, Hold | None] = dict.fromkeys(RESTRICTIONS)
    for one in found if isinstance(found, list) else ():
        info = record(one)
        if hold := RESTRICTIONS.get(kind := word(info, "restriction_type")):
            holds[kind] = Hold(hold.what, hold.why, hold.fix, _time(info.get("expiration")))
    return holds


READERS: dict[str, Callable[[Json], Found | None]] = {
    "phone_number_quality_update": _quality_update,
    "phone_number_name_update": _name_update,
    "business_capability_update": _capability,
    "account_update": _account,
    "account_review_update": _review,
    "account_alerts": _alert,
    "business_username_updates": _username,
    "security": _security,
}

# ---------------------------------------------------------------- asking

FIELDS = (
    "id,quality_rating,status,name_status,throughput,whatsapp_business_manager_messaging_limit,"
    "messaging_limit_tier"
)


def ask_standing(account: Account) -> Standing:
    """How the number stands now. Raises SendError."""
    return read_number(
        account, ask(account, "GET", account.external_id, body=Body(params={"fields": FIELDS}))
    )


def read_number(account: Account, number: Json) -> Standing:
    """What the answer to FIELDS says of a number. Raises SendError when it is about none, or another."""
    must_be(word(number, "id") == account.external_id, "about this number")
    quality = QUALITIES.get(word(number, "quality_rating").upper(), "")
    facts: Json = {"quality": quality, "pool": str(account.config.get("waba_id") or account.external_id)}
    if name := NAMES.get(word(number, "name_status")):
        facts["name"] = name
    if rate := THROUGHPUT.get(word(record(number.get("throughput")), "level")):
        facts["per_second"] = rate
    tier = number.get("whatsapp_business_manager_messaging_limit") or number.get("messaging_limit_tier")
    if (limit := _limit(tier)) is not None:
        facts["people_per_day"] = limit
    state = STATES.get(word(number, "status") or "CONNECTED")
    return Standing(facts=facts, holds={"quality": LOW if quality == "low" else None, "number": state})
