"""One message of ours into the Messages resource, and what the provider has of late.

https://www.twilio.com/docs/messaging/api/message-resource (read in November 2026)
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import orjson

from channels_sms.payloads import STATUSES
from common.cards import mask_cards
from inbox.ports import Account, Json, MessageKind, Outbound, SendError, SendResult
from telephony.bodies import elements, number_of, word
from telephony.rest import account_sid, ask, base, pages

#: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource (November 2026)
VALID_LEAST_S, VALID_MOST_S = 1, 36_000
FILES: tuple[MessageKind, ...] = ("image", "video", "audio", "voice", "document")


def send(account: Account, message: Outbound) -> SendResult:
    """Hand one message over. Raises SendError."""
    found = ask(account, "POST", "Messages", form=form_of(account, message), sends=True)
    sid = word(found, "sid")
    if not sid:
        said = "The provider answered without naming a message."
        raise SendError("unavailable", said, permanent=False, may_have_sent=True)
    return SendResult(sid)


def form_of(account: Account, message: Outbound) -> list[tuple[str, str]]:
    """The request's fields. Raises SendError for what cannot be sent this way."""
    to = number_of(message.to)
    if not to:
        raise SendError("recipient", "This person has no phone number.", permanent=True)
    sender = "MessagingServiceSid" if account.external_id.startswith("MG") else "From"
    fields = [("To", to), (sender, account.external_id), *_said(message), *_validity(message)]
    return [*fields, ("StatusCallback", callback(account, message))]


def _validity(message: Outbound) -> list[tuple[str, str]]:
    """How long the provider may keep it in its queue: after its end it is not delivered late."""
    if message.expires_at is None:
        return []
    left_s = int((message.expires_at - datetime.now(UTC)).total_seconds())
    return [("ValidityPeriod", str(min(max(left_s, VALID_LEAST_S), VALID_MOST_S)))]


def callback(account: Account, message: Outbound) -> str:
    """Our address, with the delivery's id: reports bring it back."""
    return f"{account.webhook_url}?{urlencode({'ref': message.ref})}"


def _said(message: Outbound) -> list[tuple[str, str]]:
    if message.kind in FILES:
        if message.file is None or not message.file.url:
            raise SendError("invalid", "The message has no file that could be fetched.", permanent=True)
        return [*([("Body", message.text)] if message.text else []), ("MediaUrl", message.file.url)]
    if not message.text:
        raise SendError("invalid", f"A message of the kind “{message.kind}” cannot be sent.", permanent=True)
    return [("Body", message.text)]


def list_recent(account: Account, *, since: datetime) -> list[bytes]:
    """Messages since then, of this sender only, as bodies that ``payloads.parse`` reads. Raises SendError."""
    day = since.astimezone(UTC).strftime("%Y-%m-%d")
    found: list[Json] = []
    for page in pages(account, "Messages", {"DateSent>": day}):
        found += [row for _, row in elements(page, "messages") if isinstance(row, dict)]
    mine = [_with_files(account, _without_cards(row)) for row in found if _is_ours(account, row)]
    return [orjson.dumps({"messages": mine})] if mine else []


def _without_cards(row: Json) -> Json:
    return {**row, "body": mask_cards(str(row.get("body") or ""))}


def _is_ours(account: Account, row: Json) -> bool:
    named = (word(row, "from"), word(row, "to"), word(row, "messaging_service_sid"))
    is_settled = STATUSES.get(word(row, "status")) or word(row, "direction") == "inbound"
    return account.external_id in named and bool(is_settled)


def _with_files(account: Account, row: Json) -> Json:
    """A list tells only how many files a message has; each is asked for where it came to us."""
    if word(row, "direction") != "inbound" or word(row, "num_media") in {"", "0"}:
        return row
    sid = word(row, "sid")
    page = ask(account, "GET", f"Messages/{sid}/Media")
    where = f"{base(account)}/2010-04-01/Accounts/{account_sid(account)}/Messages/{sid}/Media/"
    media = [
        {**file, "url": where + word(file, "sid")}
        for _, file in elements(page, "media_list")
        if isinstance(file, dict)
    ]
    return {**row, "media": media}
