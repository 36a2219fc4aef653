"""Text messages as the house sees them: the adapter, its limits, and where each of its verbs is done."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO

from django.forms import Form

from channels_sms import media, payloads, prices, segments, sending
from channels_sms.forms import ConnectForm
from inbox.ports import (
    PHONE,
    Account,
    Answer,
    Charge,
    CheckStep,
    Credentials,
    FileRule,
    Hook,
    Inbound,
    Limits,
    Outbound,
    Pace,
    Segments,
    SendResult,
    Use,
)
from telephony import bodies, checking, signatures

FIVE_MB = 5 * 1_048_576

#: https://www.twilio.com/docs/messaging/guides/accepted-mime-types (November 2026). The pace is the one every
#: long number starts with; `messages_per_second` of a channel's config says what a number was granted.
LIMITS = Limits(
    text_chars=1600,
    caption_chars=1600,
    files={
        "image": FileRule(("image/jpeg", "image/png", "image/gif"), FIVE_MB),
        "video": FileRule(("video/mp4", "video/3gpp"), FIVE_MB),
        "audio": FileRule(("audio/mpeg", "audio/mp4", "audio/ogg", "audio/amr"), FIVE_MB),
        "document": FileRule(("application/pdf", "text/vcard", "text/calendar"), FIVE_MB),
    },
    pace=Pace(per_second=1),
    alphabet=segments.ALPHABET,
    opt_out_stops_all=True,
)


class Adapter:
    """Programmable Messaging of the Twilio family."""

    kind = "sms"
    label = "SMS"
    limits = LIMITS
    connect_form: type[Form] = ConnectForm
    hook_secrets: tuple[str, ...] = signatures.HOOK_SECRETS
    address_kinds: tuple[str, ...] = (PHONE,)
    #: Any other kind of answer would be sent to the customer as a message.
    answer = Answer(200, b"<Response/>", "text/xml")
    own_address = True
    spools_hooks = True
    tariff = prices.TARIFF

    def handshake(self, hook: Hook, credentials: Credentials) -> Answer | None:
        return None

    def verify(self, hook: Hook, credentials: Credentials) -> None:
        signatures.verify(hook, credentials)

    def kept(self, hook: Hook) -> bytes:
        return bodies.kept(hook)

    def parse(self, body: bytes) -> list[Inbound]:
        return payloads.parse(body)

    def send(self, account: Account, message: Outbound) -> SendResult:
        return sending.send(account, message)

    def fetch(
        self, account: Account, *, media_id: str, url: str, max_bytes: int
    ) -> AbstractContextManager[BinaryIO]:
        return media.fetch(account, media_id=media_id, url=url, max_bytes=max_bytes)

    def check(self, account: Account, *, webhook_url: str) -> list[CheckStep]:
        return list(checking.check(account, webhook_url=webhook_url, ability="sms", hook_field="sms_url"))

    def list_recent(self, account: Account, *, since: datetime) -> list[bytes]:
        return sending.list_recent(account, since=since)

    def count_segments(self, text: str) -> Segments:
        return segments.count_segments(text)

    def charge(self, use: Use) -> Charge | None:
        return prices.charge(use)
