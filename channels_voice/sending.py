"""Placing a call, stopping it, and what calls the provider has of late.

https://www.twilio.com/docs/voice/api/call-resource (read in November 2026)
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import orjson

from inbox.ports import Account, Json, Outbound, SendError, SendResult
from telephony.bodies import elements, number_of, word
from telephony.rest import ask, pages

EVENTS = ("initiated", "ringing", "answered", "completed")
RING_S = 30
#: Calls that have come to their end.
ENDED = {"completed", "busy", "no-answer", "canceled", "failed"}
#: Calls that were answered, or may just be: cancelling does nothing to them.
RUNNING = {"queued", "initiated", "ringing", "in-progress"}
#: The provider's words for "not from the state it is in", and for a call it does not know (any more).
WRONG_STATE = {"21220", "20404"}


def send(account: Account, message: Outbound) -> SendResult:
    """Have the provider call and ask us, once somebody answers, what to say. Raises SendError."""
    found = ask(account, "POST", "Calls", form=form_of(account, message), sends=True)
    sid = word(found, "sid")
    if not sid:
        said = "The provider answered without naming a call."
        raise SendError("unavailable", said, permanent=False, may_have_sent=True)
    return SendResult(sid)


def form_of(account: Account, message: Outbound) -> list[tuple[str, str]]:
    """The request's fields; the words stay here. Raises SendError for what cannot be spoken."""
    to = number_of(message.to)
    if not to:
        raise SendError("recipient", "This person has no phone number.", permanent=True)
    if message.kind not in {"call", "text"} or not message.text.strip():
        raise SendError(
            "invalid", f"A message of the kind “{message.kind}” cannot be spoken.", permanent=True
        )
    return [
        ("To", to),
        ("From", account.external_id),
        ("Url", _address(account, message, "answer")),
        ("Method", "POST"),
        ("StatusCallback", _address(account, message, "status")),
        ("StatusCallbackMethod", "POST"),
        *(("StatusCallbackEvent", event) for event in EVENTS),
        ("Timeout", str(RING_S)),
        ("MachineDetection", "Enable"),
    ]


def _address(account: Account, message: Outbound, step: str) -> str:
    return f"{account.webhook_url}?{urlencode({'ref': message.ref, 'step': step})}"


def halt(account: Account, sid: str, content: Json) -> None:
    """Stop a call that waits, rings or speaks; one that is over stays as it is. Raises SendError.

    A call may be answered between two looks at it, so it is cancelled first and then hung up: the first
    touches none that was answered, the second any.
    """
    if "duration_s" in content:
        return  # only the end of a call tells how long it took
    if _put(account, sid, "canceled") in RUNNING:
        _put(account, sid, "completed")


def _put(account: Account, sid: str, status: str) -> str:
    """Ask for a state; the state it is in then, or "in-progress" when this one cannot be reached from it."""
    try:
        found = ask(account, "POST", f"Calls/{sid}", form=[("Status", status)])
    except SendError as error:
        if error.provider_code in WRONG_STATE:
            return "in-progress"
        raise
    return word(found, "status")


def list_recent(account: Account, *, since: datetime) -> list[bytes]:
    """Calls since then, of this number only, as a body that ``payloads.parse`` reads. Raises SendError."""
    day = since.astimezone(UTC).strftime("%Y-%m-%d")
    found: list[Json] = []
    for page in pages(account, "Calls", {"StartTime>": day}):
        found += [row for _, row in elements(page, "calls") if isinstance(row, dict)]
    mine = [
        row
        for row in found
        if account.external_id in (word(row, "from"), word(row, "to"))
        and (word(row, "status") in ENDED or word(row, "direction") == "inbound")
    ]
    return [orjson.dumps({"calls": mine})] if mine else []
