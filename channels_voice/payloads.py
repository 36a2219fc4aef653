"""Webhooks (forms) and lists (JSON) of the Calls resource into our words.

sent = it rings · delivered = a person heard it (pressed a key, or answered and stayed to the end) · read = a
key was pressed · failed = nobody was reached, with the reason · cancelled = we stopped it before anybody
answered. "completed" alone proves only that something answered.
https://www.twilio.com/docs/voice/api/call-resource#statuscallback (read in November 2026)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from channels_voice.script import is_machine
from inbox.ports import (
    UNTOLD,
    CallReason,
    Inbound,
    InboundMessage,
    Json,
    Notice,
    ProviderError,
    ReportedStatus,
    StatusReport,
    Unparsable,
)
from telephony.bodies import elements, moment, person, read_body, word
from telephony.errors import CODES

#: Their word → ours while nothing is known of who answered.
STATUSES: dict[str, ReportedStatus] = {
    "queued": "sent",
    "initiated": "sent",
    "ringing": "sent",
    "in-progress": "sent",
    "completed": "sent",
    "busy": "failed",
    "no-answer": "failed",
    "canceled": "cancelled",
    "failed": "failed",
}
FAILURES: dict[str, tuple[CallReason, str]] = {
    "busy": ("busy", "The line was busy"),
    "no-answer": ("no_answer", "Nobody answered"),
    "canceled": ("cancelled", "The call was cancelled"),
    "voicemail": ("voicemail", "A voicemail answered"),
    "declined": ("declined", "The call was declined"),
}
#: SIP's words for a person who pressed "decline".
DECLINED = {"603", "607", "608"}


def parse(body: bytes) -> list[Inbound]:
    """Everything in the body. Raises Unparsable when it is neither a form of theirs nor a list."""
    found = read_body(body)
    if isinstance(found.get("calls"), list):
        return [item for path, row in elements(found, "calls") for item in _listed(path, row)]
    form = {name: value for name, value in found.items() if isinstance(value, str)}
    if len(form) != len(found) or not word(form, "CallSid"):
        raise Unparsable("The body is neither a form about a call nor a list of calls.")
    return list(_from_form(form))


def _from_form(form: Mapping[str, str]) -> Iterator[Inbound]:
    is_ours = form.get("Direction", "").startswith("outbound")
    place: Json = {
        "account": form.get("From" if is_ours else "To", ""), "path": "", "raw": dict(form),
    }  # fmt: skip
    if not is_ours:
        yield _incoming(form, place)
        return
    if form.get("Digits"):
        yield _key(form, place)
        yield _report(form, place, "delivered", "heard")
        yield _report(form, place, "read", "key pressed")
    else:
        yield _progress(form, place)


def _key(form: Mapping[str, str], place: Json) -> Inbound:
    """The pressed key, as an answer to the call; its title is the inbox's to know."""
    sid, digits = form["CallSid"], word(form, "Digits")
    return InboundMessage(
        **place,
        external_id=f"{sid}:{form.get('_n') or 1}:{digits}",
        sender=person(form.get("To", "")),
        kind="button_reply",
        occurred_at=UNTOLD,
        text=digits,
        content={"digits": digits},
        reply_to=sid,
    )


def _incoming(form: Mapping[str, str], place: Json) -> Inbound:
    """Somebody calls us: nobody can take it here yet, so it is a missed call to answer in writing."""
    sender = person(form.get("From", ""))
    if form.get("CallStatus") != "ringing" or not sender.claims:
        return Notice(**place, topic="incoming call", known=True, detail="Only its beginning is used.")
    content = {"outcome": "missed"}
    return InboundMessage(
        **place, external_id=form["CallSid"], sender=sender, kind="call", occurred_at=UNTOLD, content=content
    )


def _progress(form: Mapping[str, str], place: Json) -> Inbound:
    status, answered_by = word(form, "CallStatus"), word(form, "AnsweredBy")
    if status not in STATUSES:
        detail = f"We do not know the status “{status}”."
        return Notice(**place, topic="call", known=False, detail=detail)
    if is_machine(answered_by):
        return _report(form, place, "failed", "voicemail")
    if status == "completed" and answered_by == "human":
        return _report(form, place, "delivered", "completed")
    if status == "busy" and word(form, "SipResponseCode") in DECLINED:
        return _report(form, place, "failed", "declined")
    return _report(form, place, STATUSES[status], status)


def _report(form: Mapping[str, str], place: Json, status: ReportedStatus, said: str) -> StatusReport:
    return StatusReport(
        **place,
        external_id=form["CallSid"],
        status=status,
        occurred_at=_at(form),
        word=said,
        recipient=person(form.get("To", "")),
        client_ref=form.get("_ref", ""),
        error=_error(form, said) if status in {"failed", "cancelled"} else None,
        learned=_learned(form, said),
        pricing={"price": form["Price"], "currency": word(form, "PriceUnit")} if form.get("Price") else {},
    )


def _at(form: Mapping[str, str]) -> datetime:
    """The time with the sequence number behind it: reports of one second keep their order."""
    at, number = moment(form.get("Timestamp", "")), word(form, "SequenceNumber")
    if at == UNTOLD or not (number.isascii() and number.isdecimal()):
        return at
    return at + timedelta(microseconds=min(int(number[:5]), 99_999))


def _error(form: Mapping[str, str], said: str) -> ProviderError:
    code = word(form, "ErrorCode") or word(form, "SipResponseCode")
    if said in FAILURES:
        reason, title = FAILURES[said]
        return ProviderError(code, title, "", reason)
    ruling = CODES.get(int(code)) if code.isdecimal() else None
    if ruling is None and code in {"404", "410", "484", "604"}:
        return ProviderError(code, "The number does not exist", "", "recipient")
    return ProviderError(
        code, ruling.title if ruling else "The call could not be placed", "", ruling.reason if ruling else ""
    )


def _learned(form: Mapping[str, str], said: str) -> Json:
    """What the call's message shows beside its words."""
    learned: Json = {}
    duration = word(form, "CallDuration")
    if duration.isascii() and duration.isdecimal():
        learned["duration_s"] = int(duration[:6])
    if answered_by := word(form, "AnsweredBy"):
        learned["answered_by"] = answered_by
    if form.get("Digits"):
        learned["digits"] = word(form, "Digits")
    if said not in {"queued", "initiated", "heard"}:
        learned["outcome"] = said.replace(" ", "_").replace("-", "_")
    return learned


# ---------------------------------------------------------------- lists

#: Fields of the list → of the webhook.
FIELDS = {
    "sid": "CallSid", "status": "CallStatus", "from": "From", "to": "To", "direction": "Direction",
    "answered_by": "AnsweredBy", "duration": "CallDuration", "date_updated": "Timestamp",
    "digits": "Digits", "sequence": "SequenceNumber", "price": "Price", "price_unit": "PriceUnit",
}  # fmt: skip


def _listed(path: str, row: Any) -> Iterator[Inbound]:
    if not isinstance(row, dict) or not word(row, "sid"):
        kept = row if isinstance(row, dict) else {"value": row}
        yield Notice(account="", path=path, raw=kept, topic="call", known=False, detail="It names no call.")
        return
    form = {theirs: value for ours, theirs in FIELDS.items() if (value := word(row, ours))}
    is_ours = form.get("Direction", "").startswith("outbound")
    place: Json = {"account": form.get("From" if is_ours else "To", ""), "path": path, "raw": row}
    if is_ours:
        yield _progress(form, place)
    elif form.get("Direction") == "inbound":
        yield _listed_incoming(form, place)
    else:
        yield Notice(**place, topic="call", known=False, detail="We do not know its direction.")


def _listed_incoming(form: Mapping[str, str], place: Json) -> Inbound:
    sender = person(form.get("From", ""))
    if not sender.claims:
        return Notice(**place, topic="incoming call", known=True, detail="The number was withheld.")
    return InboundMessage(
        **place,
        external_id=form["CallSid"],
        sender=sender,
        kind="call",
        occurred_at=moment(form.get("Timestamp", "")),
        text=word(place["raw"], "caller_name"),
        content={"outcome": "missed", "caught_up": True},
    )
