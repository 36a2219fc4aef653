"""Random tokens that travel in links and keys; only their digests are kept."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """SHA-256, 64 hex digits: enough for what is random anyway."""
    return hashlib.sha256(token.encode()).hexdigest()
