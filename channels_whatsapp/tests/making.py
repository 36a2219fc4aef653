"""What the tests of calls to the provider share: our account, a message, a file."""

from __future__ import annotations

import io
from typing import Any

from inbox.ports import Account, Claim, Outbound, OutboundFile

PNID = "318840571926604"
ADA = (Claim("phone", "+447700900123"),)
TAKEN = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "+447700900123", "wa_id": "447700900123"}],
    "messages": [{"id": "wamid.OUT"}],
}
PNG = "PNG…".encode()


def account(url: str, **keys: Any) -> Account:
    """Our number on a provider at this address."""
    plain = {
        "external_id": PNID,
        "base_url": url,
        "config": {"waba_id": "204881736650091"},
        "secrets": {"access_token": "EAAGtoken"},
    }
    return Account(**{**plain, **keys})


def outbound(**keys: Any) -> Outbound:
    """A text to Ada, or what the keys say."""
    return Outbound(**{"ref": "0190-ref", "to": ADA, "kind": "text", "text": "hello", **keys})


def a_file(
    kind: Any = "image", mime: str = "image/png", name: str = "bike.png", content: bytes = PNG
) -> OutboundFile:
    """A file to send."""
    return OutboundFile(kind, name, mime, len(content), lambda: io.BytesIO(content))
