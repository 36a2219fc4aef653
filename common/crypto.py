"""Encryption of secrets at rest, and keyed digests.

AES-256-GCM with a key per tenant, itself wrapped by the installation's master key. The additional data
names tenant, table, column and row, so that a ciphertext cannot be moved to another place (rule 37).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12


def _seal(key: bytes, plain: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def _open(key: bytes, sealed: bytes, context: str) -> bytes:
    sealed = bytes(sealed)
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    return AESGCM(key).decrypt(nonce, body, context.encode())


def seal_global(plain: bytes, context: str) -> bytes:
    """Encrypt with the master key; for the few global tables (provider apps)."""
    return _seal(settings.MASTER_KEY, plain, context)


def open_global(sealed: bytes, context: str) -> bytes:
    """Undo ``seal_global``. Raises cryptography's InvalidTag when key or context differ."""
    return _open(settings.MASTER_KEY, sealed, context)


def new_data_key(tenant_id: str) -> bytes:
    """A fresh tenant key, wrapped by the master key; kept in the tenant's row."""
    return seal_global(AESGCM.generate_key(256), f"data_key|{tenant_id}")


@lru_cache(maxsize=1024)
def _data_key(wrapped: bytes, tenant_id: str) -> bytes:
    return open_global(wrapped, f"data_key|{tenant_id}")


def seal(plain: bytes, *, wrapped_key: bytes, tenant_id: str, place: str) -> bytes:
    """Encrypt for one tenant. place: "table|column|row id"."""
    return _seal(_data_key(bytes(wrapped_key), tenant_id), plain, f"{tenant_id}|{place}")


def unseal(sealed: bytes, *, wrapped_key: bytes, tenant_id: str, place: str) -> bytes:
    """Undo ``seal``. Raises cryptography's InvalidTag when tenant, place or key differ."""
    return _open(_data_key(bytes(wrapped_key), tenant_id), sealed, f"{tenant_id}|{place}")


def fingerprint(value: str, purpose: str) -> str:
    """A keyed digest by which equal secrets can be found without being readable; 64 hex digits."""
    return hmac.new(settings.MASTER_KEY, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()
