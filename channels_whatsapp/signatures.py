"""The door's two questions: is this the provider checking our address, and did the provider sign this body?

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from inbox.ports import Answer, BadSignature, Credentials, Hook

HEADER = "x-hub-signature-256"
PREFIX = "sha256="


def verify(hook: Hook, credentials: Credentials) -> None:
    """Raises BadSignature unless the raw body carries the signature of one of the accepted app secrets."""
    given = hook.headers.get(HEADER, "")
    if not given.startswith(PREFIX):
        raise BadSignature("The request carries no signature.")
    if not any(_same(given, sign(hook.body, secret)) for secret in _accepted(credentials, "app_secret")):
        raise BadSignature("The signature fits none of the app secrets.")


def sign(body: bytes, secret: str) -> str:
    """The header's value for these exact bytes."""
    return PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def handshake(hook: Hook, credentials: Credentials) -> Answer | None:
    """Answer `hub.challenge` when the verify token is ours; None when this is no such request.

    Raises BadSignature when the token is wrong."""
    if hook.method != "GET" or hook.query.get("hub.mode") != "subscribe":
        return None
    given = hook.query.get("hub.verify_token", "")
    if not any(_same(given, token) for token in _accepted(credentials, "verify_token")):
        raise BadSignature("The verify token is wrong.")
    return Answer(200, hook.query.get("hub.challenge", "").encode("utf-8", "replace"), "text/plain")


def _accepted(credentials: Credentials, name: str) -> Sequence[str]:
    """An empty secret would be everybody's."""
    return [value for value in credentials.get(name, ()) if value]


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
