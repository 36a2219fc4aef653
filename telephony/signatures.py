"""Did the provider sign this request? Both schemes: SHA-1 with the auth token, SHA-256 with a shared key.

https://www.twilio.com/docs/usage/security#validating-requests (read in November 2026)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from inbox.ports import BadSignature, Credentials, Hook

HEADER = "x-twilio-signature"
SETTINGS_HEADER = "x-twilio-webhooks-signature-settings"
HOOK_SECRETS = ("auth_token", "shared_key")
FORM = "application/x-www-form-urlencoded"
PORTS = {"http": 80, "https": 443}
FIELDS_MAX = 1_000


def verify(hook: Hook, credentials: Credentials) -> None:
    """Raises BadSignature unless the address and the body are signed with one of the accepted secrets."""
    given = hook.headers.get(HEADER, "")
    if not given:
        raise BadSignature("The request carries no signature.")
    is_shared = "HMAC_SHA256" in hook.headers.get(SETTINGS_HEADER, "").upper()
    secrets = credentials.get("shared_key" if is_shared else "auth_token", ())
    digest = "sha256" if is_shared else "sha1"
    told = _said(hook)
    wanted = [sign(url + told, secret, digest) for secret in secrets if secret for url in addresses(hook.url)]
    if not any(hmac.compare_digest(given.encode("utf-8", "replace"), one.encode()) for one in wanted):
        raise BadSignature("The signature fits none of the secrets.")


def sign(text: str, secret: str, digest: str = "sha1") -> str:
    """The header's value for this text: an address, and for a form the names and values behind it."""
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), digest).digest()).decode()


def _said(hook: Hook) -> str:
    """What is signed beside the address. A JSON body is signed through its checksum in the address."""
    checksum = hook.query.get("bodySHA256", "")
    if checksum:
        found = hashlib.sha256(hook.body).hexdigest()
        if not hmac.compare_digest(checksum.lower().encode("utf-8", "replace"), found.encode()):
            raise BadSignature("The body is not the one that was signed.")
        return ""
    if not hook.body or FORM not in hook.headers.get("content-type", "").lower():
        raise BadSignature("The body is no form and carries no checksum.")
    return form_text(_fields(hook.body))


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=FIELDS_MAX
        )
    except ValueError:
        raise BadSignature("The body is no form.") from None


def form_text(fields: Sequence[tuple[str, str]]) -> str:
    """Names in their bytes' order, each before its value; a name that comes twice gives each value once."""
    return "".join(f"{name}{value}" for name, value in sorted(set(fields), key=_in_bytes))


def _in_bytes(field: tuple[str, str]) -> tuple[bytes, bytes]:
    name, value = field
    return name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")


def addresses(url: str) -> Iterator[str]:
    """The address as it is, and with the default port written out or left out: senders differ in this."""
    yield url
    parts = urlsplit(url)
    default = PORTS.get(parts.scheme)
    if not parts.hostname or default is None:
        return
    if parts.port is None:
        yield urlunsplit(parts._replace(netloc=f"{parts.netloc}:{default}"))
    elif parts.port == default:
        yield urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0]))
