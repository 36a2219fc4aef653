"""Calls by WhatsApp: what its webhooks tell, and the five things one can ask of it.

A call's sound goes straight between a browser and Meta, which takes part as the customer's phone. It knows
no hold and no transfer. https://developers.facebook.com/documentation/business-messaging/whatsapp/calling
(November 2026)
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from channels_whatsapp.call_records import RECORDED, TRANSCRIBED, asked_of, read_call_record
from channels_whatsapp.errors import provider_error
from channels_whatsapp.graph import Body, ask, do, must_be
from channels_whatsapp.messages import Update
from channels_whatsapp.people import WHATSAPP_ID
from channels_whatsapp.values import Malformed, identifier, moment, record, word
from inbox.ports import (
    PHONE,
    Account,
    CallNews,
    CallPermission,
    Claim,
    Inbound,
    InboundCall,
    InboundMessage,
    Json,
    Notice,
    Person,
    ProviderError,
    SendError,
)

INBOUND = "USER_INITIATED"
SDP_CHARS = 60_000
#: Their word for how a call of ours goes → ours.
STATUSES: dict[str, CallNews] = {"RINGING": "ringing", "ACCEPTED": "accepted", "REJECTED": "declined"}


# ---------------------------------------------------------------- what is told


def read_call(update: Update) -> Inbound | list[Inbound]:
    """A call that begins, or one that is over: then with its line in the conversation; or what was kept of
    one. Raises Malformed."""
    call = update.raw
    event, direction = word(call, "event"), word(call, "direction")
    if event in (RECORDED, TRANSCRIBED):
        return read_call_record(update)
    if event not in ("connect", "terminate"):
        detail = f"A call: {event or word(call, 'status')}, {direction or 'direction not said'}."
        return Notice(**update.place, topic="calls", known=True, detail=detail)
    is_theirs = direction == INBOUND
    person = _customer(update, is_theirs=is_theirs)
    if is_theirs and not person.claims:
        raise Malformed("The call does not say who called.")
    if event == "connect":
        return _begun(update, person, is_theirs=is_theirs)
    news = _ended(update, person, is_theirs=is_theirs)
    return [news, _line(update, person)] if is_theirs else news


def read_call_status(update: Update) -> Inbound:
    """How far a call of ours has come. Raises Malformed."""
    news = STATUSES.get(word(update.raw, "status").upper())
    if news is None:
        detail = f"A call: {word(update.raw, 'status') or 'status not said'}."
        return Notice(**update.place, topic="calls", known=True, detail=detail)
    ids = (word(update.raw, "recipient_user_id"), "", word(update.raw, "recipient_id"))
    return InboundCall(
        **update.place,
        external_id=identifier(update.raw, "id"),
        news=news,
        direction="outbound",
        occurred_at=moment(update.raw),
        person=update.contacts.person(*ids),
        ref=word(update.raw, "biz_opaque_callback_data"),
    )


def _customer(update: Update, *, is_theirs: bool) -> Person:
    side = "from" if is_theirs else "to"
    return update.contacts.person(word(update.raw, f"{side}_user_id"), "", word(update.raw, side))


def _begun(update: Update, person: Person, *, is_theirs: bool) -> InboundCall:
    sdp = record(update.raw.get("session")).get("sdp")
    if not isinstance(sdp, str) or not 0 < len(sdp) <= SDP_CHARS:
        raise Malformed("The call has no session that can be read.")
    return InboundCall(
        **update.place,
        external_id=identifier(update.raw, "id"),
        news="rang" if is_theirs else "joined",
        direction="inbound" if is_theirs else "outbound",
        occurred_at=moment(update.raw),
        person=person,
        sdp=sdp,
        ref=word(update.raw, "biz_opaque_callback_data"),
    )


def _ended(update: Update, person: Person, *, is_theirs: bool) -> InboundCall:
    call, lasted = update.raw, update.raw.get("duration")
    return InboundCall(
        **update.place,
        external_id=identifier(call, "id"),
        news="ended",
        direction="inbound" if is_theirs else "outbound",
        occurred_at=moment(call),
        began_at=_began(call),
        person=person,
        ref=word(call, "biz_opaque_callback_data"),
        duration_s=lasted if _is_duration(lasted) else None,
        error=provider_error(call.get("errors")) or _failed(call),
    )


def _failed(call: Json) -> ProviderError | None:
    """Why is told beside the call, as an error of the number; that it failed, here."""
    return ProviderError("", "The call failed") if word(call, "status").upper() == "FAILED" else None


def _began(call: Json) -> datetime:
    return moment(call, "start_time" if "start_time" in call else "timestamp")


def _is_duration(lasted: object) -> bool:
    return type(lasted) is int and 0 <= lasted < 10**7


def _line(update: Update, person: Person) -> InboundMessage:
    """A customer who calls has reached us, whether or not anybody answered."""
    lasted = update.raw.get("duration")
    content: Json = {"direction": "inbound", "answered": _is_duration(lasted)}
    if content["answered"]:
        content["duration_s"] = lasted
    return InboundMessage(
        **update.place,
        external_id=identifier(update.raw, "id"),
        sender=person,
        kind="call",
        occurred_at=_began(update.raw),
        text=_words(lasted),
        content=content,
    )


def _words(lasted: Any) -> str:
    """What an agent reads in the list."""
    if not _is_duration(lasted):
        return "Missed call"
    minutes, seconds = divmod(lasted, 60)
    return f"Call of {minutes} min {seconds} s" if minutes else f"Call of {seconds} s"


# ---------------------------------------------------------------- what is asked


def accept_call(account: Account, *, external_id: str, sdp: str) -> None:
    """Answer a ringing call: first the way of the sound, so that its first words are not cut. Raises
    SendError."""
    session = {"session": {"sdp_type": "answer", "sdp": sdp}}
    _act(account, external_id, "pre_accept", **session)
    _act(account, external_id, "accept", **session, **asked_of(account.config))


def reject_call(account: Account, *, external_id: str) -> None:
    """Decline. Raises SendError."""
    _act(account, external_id, "reject")


def end_call(account: Account, *, external_id: str) -> None:
    """Hang up. Raises SendError."""
    _act(account, external_id, "terminate")


def _act(account: Account, external_id: str, action: str, **more: Any) -> None:
    said = {"messaging_product": "whatsapp", "call_id": external_id, "action": action, **more}
    do(account, "POST", account.external_id, "calls", body=Body(json=said))


def start_call(account: Account, *, to: tuple[Claim, ...], sdp: str, ref: str) -> str:
    """Call a person who allowed it; returns the call's id. Raises SendError."""
    said = {
        "messaging_product": "whatsapp", "action": "connect", **_recipient(to),
        "session": {"sdp_type": "offer", "sdp": sdp}, "biz_opaque_callback_data": ref,
        **asked_of(account.config),
    }  # fmt: skip
    answer = ask(account, "POST", account.external_id, "calls", body=Body(json=said), sends=True)
    calls = answer.get("calls")
    found = word(record(calls[0]), "id") if isinstance(calls, list) and calls else ""
    if not found:
        said_nothing = "The provider's answer names no call."
        raise SendError("unavailable", said_nothing, permanent=False, may_have_sent=True)
    return found


def _recipient(to: tuple[Claim, ...]) -> Json:
    """`to` for a number, `recipient` for a user id. Raises SendError."""
    for claim in to:
        if claim.kind == WHATSAPP_ID:
            return {"recipient": claim.value}
        if claim.kind == PHONE:
            return {"to": claim.value.removeprefix("+")}
    raise SendError("recipient", "This person has no address that can be called.", permanent=True)


def call_permission(account: Account, *, to: tuple[Claim, ...]) -> CallPermission:
    """May we call this person, and may we ask? Raises SendError.

    …/whatsapp/calling/user-call-permissions (November 2026)
    """
    recipient = _recipient(to)
    params = (
        {"recipient": recipient["recipient"]} if "recipient" in recipient else {"user_wa_id": recipient["to"]}
    )
    answer = ask(account, "GET", account.external_id, "call_permissions", body=Body(params=params))
    must_be(isinstance(answer.get("actions"), list), "about what this person allows")
    allowed = {
        word(action, "action_name"): action.get("can_perform_action") is True
        for action in _records(answer.get("actions"))
    }
    permission = record(answer.get("permission"))
    try:
        until = moment(permission, "expiration_time") if "expiration_time" in permission else None
    except Malformed:
        until = None
    may_call, may_ask = allowed.get("start_call", False), allowed.get("send_call_permission_request", False)
    return CallPermission(may_call, may_ask, until, answer)


def _records(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
