"""Acme's telephone line for tests: the channels, and bodies as the provider writes them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from common.tenancy import tenant_context
from inbox.models import Channel, Receipt
from inbox.operations.authors import Author
from inbox.operations.channels import connect_channel
from tests import hooks
from tests.cast import Cast

LINE, ADA = "+442079460123", "+447700900123"
ACCOUNT, TOKEN = "AC00c4f1a7be3d49d2a8875e6b1390fa62", "5f2a90cc1b7e4d3386a0e91d4477bb21"


def connect_line(
    cast: Cast, kind: str = "sms", base_url: str = "http://127.0.0.1:9", **config: str
) -> Channel:
    """Acme's line, for texts or calls."""
    with tenant_context(cast.acme.id):
        return connect_channel(
            kind=kind,
            name=f"Acme {kind}",
            external_id=LINE,
            config={"account_sid": ACCOUNT, "display_phone_number": LINE, **config},
            secrets={"auth_token": TOKEN},
            base_url=base_url,
            by=Author.of(cast.alice),
        )


def text(sid: str, body: str, **more: str) -> dict[str, str]:
    """A text of Ada's."""
    return {
        "MessageSid": sid, "From": ADA, "To": LINE, "Body": body, "NumMedia": "0", "SmsStatus": "received",
        **more,
    }  # fmt: skip


def report(sid: str, word: str, **more: str) -> dict[str, str]:
    """What became of a text of ours."""
    return {"MessageSid": sid, "MessageStatus": word, "From": LINE, "To": ADA, **more}


def call(sid: str, **more: str) -> dict[str, str]:
    """Something about a call of ours."""
    return {"CallSid": sid, "From": LINE, "To": ADA, "Direction": "outbound-api", **more}


def post(channel: Channel, form: Mapping[str, str]) -> Receipt:
    """Store a checked form, as the door does."""
    return hooks.post(channel, urlencode(form).encode())
