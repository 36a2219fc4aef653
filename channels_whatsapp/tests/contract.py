"""WhatsApp's answers to the questions put to every channel (``tests/contract/``)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.signatures import sign
from inbox.ports import Account, Claim, Hook, Json, Outbound, Reason
from tests.contract.samples import Samples

PNID = "318840571926604"
SECRET = "harbour-demo-app-secret"
CODES: dict[Reason, tuple[int, int]] = {
    "config": (400, 131042),
    "auth": (401, 190),
    "invalid": (400, 132001),
    "recipient": (400, 131026),
    "opted_out": (400, 131050),
    "window_closed": (400, 131047),
    "throttled": (400, 130429),
    "unavailable": (503, 133004),
    "identity_changed": (400, 137000),
}


def signed(body: bytes) -> Hook:
    """The request Meta would make."""
    headers = {"content-type": "application/json", "x-hub-signature-256": sign(body, SECRET)}
    return Hook("POST", "https://parley.example/hooks/whatsapp/", headers, {}, body)


def _message(external_id: str, text: str) -> Json:
    return {
        "from": "447700900123",
        "from_user_id": "GB.4829174460218835",
        "id": external_id,
        "timestamp": "1793000007",
        "type": "text",
        "text": {"body": text},
    }


def _body(messages: list[Json]) -> bytes:
    value: Json = {"metadata": {"phone_number_id": PNID}, "messages": messages}
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}],
    }
    return json.dumps(body).encode()


def written(messages: Sequence[tuple[str, str]]) -> bytes:
    """Texts of one customer."""
    return _body([_message(*message) for message in messages])


def strange(messages: Sequence[tuple[str, str]]) -> bytes:
    """The same, with a hologram before the last."""
    plain = [_message(*message) for message in messages]
    hologram = {**_message("wamid.STRANGE", ""), "type": "hologram", "hologram": {"id": "1"}}
    return _body([*plain[:-1], hologram, *plain[-1:]])


def account(base_url: str) -> Account:
    """Our number on a provider at this address."""
    return Account(PNID, base_url, {"waba_id": "204881736650091"}, {"access_token": "EAAGtoken"})


def _refusal(status: int, code: int) -> tuple[int, Any]:
    return status, {"error": {"code": code, "message": f"(#{code}) no", "error_data": {"details": "No."}}}


SAMPLES = Samples(
    adapter=Adapter,
    credentials={"app_secret": (SECRET,), "verify_token": ("token",)},
    signed=signed,
    written=written,
    strange=strange,
    account=account,
    outbound=Outbound(ref="0190-ref", to=(Claim("phone", "+447700900123"),), kind="text", text="hello"),
    taken=(200, {"contacts": [{"wa_id": "447700900123"}], "messages": [{"id": "wamid.OUT"}]}),
    refusals={reason: _refusal(*answer) for reason, answer in CODES.items()},
    fixtures=Path(__file__).parent / "fixtures",
)
