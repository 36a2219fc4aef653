"""Phone calls as the house sees them: the adapter, its limits, and where each of its verbs is done."""

from __future__ import annotations

from datetime import datetime

from django.forms import Form
from django.utils.translation import gettext as _

from channels_voice import payloads, prices, script, sending
from channels_voice.forms import ConnectForm
from inbox.ports import (
    PHONE,
    Account,
    Answer,
    Charge,
    CheckStep,
    Credentials,
    Hook,
    Inbound,
    Json,
    Limits,
    Outbound,
    Pace,
    SendResult,
    StoredCall,
    Use,
)
from telephony import bodies, checking, signatures

#: A call of three minutes is long enough to hang up on; one new call a second is what accounts start with.
LIMITS = Limits(
    text_chars=3000,
    caption_chars=0,
    files={},
    pace=Pace(per_second=1),
    converses=False,
    opt_out_stops_all=True,
)


class Adapter:
    """Programmable Voice of the Twilio family: our number calls, speaks a text and takes a key."""

    kind = "voice"
    limits = LIMITS
    connect_form: type[Form] = ConnectForm
    hook_secrets: tuple[str, ...] = signatures.HOOK_SECRETS
    address_kinds: tuple[str, ...] = (PHONE,)
    answer = Answer(200, b"<Response/>", "text/xml")
    own_address = True
    spools_hooks = True
    tariff = prices.TARIFF

    @property
    def label(self) -> str:
        return _("Phone call")

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

    def halt(self, account: Account, *, external_id: str, content: Json) -> None:
        sending.halt(account, external_id, content)

    def call_ref(self, hook: Hook) -> str:
        return script.call_ref(hook)

    def answer_call(self, hook: Hook, call: StoredCall | None) -> Answer:
        return script.answer_call(hook, call)

    def check(self, account: Account, *, webhook_url: str) -> list[CheckStep]:
        return list(checking.check(account, webhook_url=webhook_url, ability="voice", hook_field="voice_url"))

    def list_recent(self, account: Account, *, since: datetime) -> list[bytes]:
        return sending.list_recent(account, since=since)

    def charge(self, use: Use) -> Charge | None:
        return prices.charge(use)
