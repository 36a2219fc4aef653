"""Signing what we send to a tenant's own servers, as Standard Webhooks has it (reliability rules 16 and 17).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (September 2026)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh secret, as its owner keeps it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(body: bytes, *, keys: Sequence[str], call_id: str, at: datetime) -> dict[str, str]:
    """The headers beside exactly these bytes. keys: secrets, two while one takes the other's place."""
    stamp = str(int(at.timestamp()))
    signed = b".".join([call_id.encode(), stamp.encode(), body])
    return {
        "webhook-id": call_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(signed, key) for key in keys),
    }


def _signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
