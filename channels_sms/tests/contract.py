"""SMS's answers to the questions put to every channel (``tests/contract/``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from channels_sms.adapter import Adapter
from inbox.ports import Account, Claim, Hook, Json, Outbound, Reason
from telephony.signatures import sign
from tests.contract.samples import Samples

KIND = "sms"
NUMBER = "+442079460123"
ACCOUNT = "AC00c4f1a7be3d49d2a8875e6b1390fa62"
TOKEN = "5f2a90cc1b7e4d3386a0e91d4477bb21"
CODES: dict[Reason, tuple[int, int]] = {
    "config": (400, 21606),
    "auth": (401, 20003),
    "invalid": (400, 21617),
    "recipient": (400, 21211),
    "opted_out": (400, 21610),
    "window_closed": (400, 63016),
    "throttled": (429, 20429),
    "unavailable": (503, 20503),
}


def signed(body: bytes) -> Hook:
    """The request the provider would make for a JSON body."""
    checksum = hashlib.sha256(body).hexdigest()
    url = f"https://parley.example/hooks/{KIND}/0190/?bodySHA256={checksum}"
    headers = {"content-type": "application/json", "x-twilio-signature": sign(url, TOKEN)}
    return Hook("POST", url, headers, {"bodySHA256": checksum}, body)


def account(base_url: str) -> Account:
    """Our number on a provider at this address."""
    hooks = f"https://parley.example/hooks/{KIND}/0190/"
    return Account(NUMBER, base_url, {"account_sid": ACCOUNT}, {"auth_token": TOKEN}, hooks)


def _refusal(status: int, code: int) -> tuple[int, Any]:
    return status, {"code": code, "message": "No.", "more_info": "", "status": status}


def _row(sid: str, text: str) -> Json:
    return {
        "sid": sid,
        "from": "+447700900127",
        "to": NUMBER,
        "body": text,
        "status": "received",
        "direction": "inbound",
        "num_media": "0",
        "date_sent": "Mon, 23 Nov 2026 10:15:09 +0000",
    }


def written(messages: Sequence[tuple[str, str]]) -> bytes:
    """Texts of one customer, as the list gives them."""
    return json.dumps({"messages": [_row(*message) for message in messages]}).encode()


def strange(messages: Sequence[tuple[str, str]]) -> bytes:
    """The same, with a message that goes sideways before the last."""
    rows = [_row(*message) for message in messages]
    sideways = {**_row("SM0", "?"), "direction": "sideways"}
    return json.dumps({"messages": [*rows[:-1], sideways, rows[-1]]}).encode()


SAMPLES = Samples(
    adapter=Adapter,
    credentials={"auth_token": (TOKEN,), "shared_key": ("shared",)},
    signed=signed,
    written=written,
    strange=strange,
    account=account,
    outbound=Outbound(ref="0190-ref", to=(Claim("phone", "+447700900123"),), kind="text", text="hello"),
    taken=(201, {"sid": "SM77", "status": "queued"}),
    refusals={reason: _refusal(*answer) for reason, answer in CODES.items()},
    fixtures=Path(__file__).parent / "fixtures",
)
