"""Webhooks (forms) and lists (JSON) of the Messages resource into our words.

https://www.twilio.com/docs/messaging/guides/webhook-request and …/outbound-message-status-in-status-callbacks
(read in November 2026)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from channels_sms.words import consent_in, keyword_in
from inbox.ports import (
    UNTOLD,
    FileKind,
    Inbound,
    InboundFile,
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

#: Their word → ours; None: not on its way yet, nothing to report.
STATUSES: dict[str, ReportedStatus | None] = {
    "accepted": None,
    "scheduled": None,
    "queued": None,
    "sending": None,
    "sent": "sent",
    "delivered": "delivered",
    "partially_delivered": "sent",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
#: Of what comes in; the message is the same whatever they say.
RECEIVED = {"receiving", "received", ""}
FILES_MAX = 10
IGNORED_FILES = {"application/smil"}
TEXT_CHARS = 65_536


def parse(body: bytes) -> list[Inbound]:
    """Everything in the body. Raises Unparsable when it is neither a form of theirs nor a list."""
    found = read_body(body)
    if not _is_form(found):
        return _parse_list(found)
    sid = word(found, "MessageSid") or word(found, "SmsSid") or word(found, "SmsMessageSid")
    if not sid:
        raise Unparsable("The form names no message.")
    return [_from_form(found, sid)]


def _is_form(found: Mapping[str, Any]) -> bool:
    return all(isinstance(value, str) for value in found.values())


def _from_form(form: Mapping[str, str], sid: str) -> Inbound:
    status = form.get("MessageStatus") or form.get("SmsStatus", "")
    is_ours = "MessageStatus" in form or "_ref" in form
    if not is_ours and status in RECEIVED:
        return _message(form, sid)
    return _report(
        _Told(
            account=form.get("From") or form.get("MessagingServiceSid", ""),
            path="",
            raw=dict(form),
            sid=sid,
            word=status,
            to=form.get("To", ""),
            ref=form.get("_ref", ""),
            code=form.get("ErrorCode", ""),
            said=form.get("ErrorMessage", ""),
        )
    )


# ---------------------------------------------------------------- what customers wrote


def _message(form: Mapping[str, str], sid: str) -> Inbound:
    account = form.get("To") or form.get("MessagingServiceSid", "")
    sender = person(form.get("From", ""))
    if not sender.claims:
        detail = "The sender's number is withheld, so nobody can be answered."
        return Notice(
            account=account, path="", raw=dict(form), topic="anonymous message", known=True, detail=detail
        )
    text = form.get("Body", "")
    files = _files(form)
    return InboundMessage(
        account=account,
        path="",
        raw=dict(form),
        external_id=sid,
        sender=sender,
        kind=files[0].kind if files else "text",
        occurred_at=UNTOLD,
        text=text[:TEXT_CHARS],
        content=_content(form, text),
        files=files,
        consent=consent_in(text, form.get("OptOutType", "")),
    )


def _content(form: Mapping[str, str], text: str) -> Json:
    content: Json = {}
    if keyword := keyword_in(text, form.get("OptOutType", "")):
        content["keyword"] = keyword
    if form.get("NumSegments", "").isdecimal():
        content["segments"] = int(form["NumSegments"][:4])
    return content


def _files(form: Mapping[str, str]) -> tuple[InboundFile, ...]:
    count = form.get("NumMedia", "0")
    wanted = min(FILES_MAX, int(count[:4])) if count.isascii() and count.isdecimal() else 0
    return tuple(
        InboundFile(kind_of(mime), url.rpartition("/")[2][:200], mime[:120], url=url[:2_000])
        for n in range(wanted)
        if (url := form.get(f"MediaUrl{n}", ""))
        and (mime := form.get(f"MediaContentType{n}") or "application/octet-stream") not in IGNORED_FILES
    )


def kind_of(mime: str) -> FileKind:
    """Our kind of a file of this type."""
    family = mime.partition("/")[0]
    known: dict[str, FileKind] = {"image": "image", "video": "video", "audio": "audio"}
    return known.get(family, "document")


# ---------------------------------------------------------------- what became of ours


class _Told:
    """One report in the provider's words."""

    def __init__(self, **words: Any) -> None:
        self.account: str = words["account"]
        self.path: str = words["path"]
        self.raw: Json = words["raw"]
        self.sid: str = words["sid"]
        self.word: str = words["word"]
        self.to: str = words["to"]
        self.ref: str = words.get("ref", "")
        self.code: str = words.get("code", "")
        self.said: str = words.get("said", "")
        self.at = words.get("at", UNTOLD)
        self.pricing: Json = words.get("pricing", {})


def _report(told: _Told) -> Inbound:
    place: Json = {"account": told.account, "path": told.path, "raw": told.raw}
    if told.word not in STATUSES:
        detail = f"We do not know the status “{told.word[:40]}”."
        return Notice(**place, topic="status", known=False, detail=detail)
    status = STATUSES[told.word]
    if status is None and not told.ref:
        return Notice(**place, topic=told.word, known=True, detail="It is still with the provider.")
    return StatusReport(
        **place,
        external_id=told.sid,
        status=status or "sent",
        occurred_at=told.at,
        word=told.word,
        recipient=person(told.to),
        client_ref=told.ref,
        error=_error(told) if status == "failed" else None,
        pricing=told.pricing,
    )


def _error(told: _Told) -> ProviderError:
    code = told.code or ("canceled" if told.word == "canceled" else "")
    ruling = CODES.get(int(code)) if code.isdecimal() else None
    title = ruling.title if ruling else "The carrier did not deliver it"
    return ProviderError(code, title, told.said[:300], ruling.reason if ruling else "")


# ---------------------------------------------------------------- lists


def _parse_list(found: Json) -> list[Inbound]:
    if not isinstance(found.get("messages"), list):
        raise Unparsable("The body has no list of messages.")
    return [_from_list(path, element) for path, element in elements(found, "messages")]


def _from_list(path: str, row: Any) -> Inbound:
    if not isinstance(row, dict) or not word(row, "sid"):
        kept = row if isinstance(row, dict) else {"value": row}
        return Notice(
            account="", path=path, raw=kept, topic="message", known=False, detail="It names no message."
        )
    direction = word(row, "direction")
    read: Callable[[str, Json], Inbound] | None = {"inbound": _listed_message}.get(direction)
    if direction.startswith("outbound"):
        read = _listed_report
    if read is None:
        detail = f"We do not know the direction “{direction}”."
        return Notice(
            account=word(row, "to"), path=path, raw=row, topic="message", known=False, detail=detail
        )
    return read(path, row)


def _listed_message(path: str, row: Json) -> Inbound:
    account, sender = word(row, "to") or word(row, "messaging_service_sid"), person(word(row, "from"))
    if not sender.claims:
        return Notice(
            account=account,
            path=path,
            raw=row,
            topic="anonymous message",
            known=True,
            detail="It names nobody.",
        )
    text = str(row.get("body") or "")[:TEXT_CHARS]
    files = tuple(_listed_file(element) for _, element in elements(row, "media"))
    return InboundMessage(
        account=account,
        path=path,
        raw=row,
        external_id=word(row, "sid"),
        sender=sender,
        kind=files[0].kind if files else "text",
        occurred_at=moment(word(row, "date_sent") or word(row, "date_created")),
        text=text,
        content={"caught_up": True} | ({"keyword": keyword} if (keyword := keyword_in(text)) else {}),
        files=files,
        consent=consent_in(text),
    )


def _listed_file(element: Any) -> InboundFile:
    row = element if isinstance(element, dict) else {}
    mime = word(row, "content_type") or "application/octet-stream"
    return InboundFile(kind_of(mime), word(row, "sid"), mime, url=word(row, "url", 2_000))


def _listed_report(path: str, row: Json) -> Inbound:
    price = word(row, "price")
    return _report(
        _Told(
            account=word(row, "from") or word(row, "messaging_service_sid"),
            path=path,
            raw=row,
            sid=word(row, "sid"),
            word=word(row, "status"),
            to=word(row, "to"),
            code=word(row, "error_code"),
            said=word(row, "error_message", 300),
            pricing={"price": price, "currency": word(row, "price_unit")} if price else {},
        )
    )
