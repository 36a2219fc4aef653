"""What phones and a server of forms say to each other, encrypted: the key pair, a request, its answer.

https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/implementingyourflowendpoint
(September 2026)
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization as formats
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from common.untrusted import BadJson, read_json
from inbox.ports import Json

BITS, EXPONENT = 2048, 65_537
#: Of the key that one request comes with.
KEY_BYTES = 16
PADDING = OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None)


class CannotOpen(Exception):
    """None of our keys opens this request, or it was changed on the way."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A request in the clear, and what its answer is encrypted with."""

    said: Json
    key: bytes = field(repr=False)
    vector: bytes = field(repr=False)


def new_pair() -> tuple[str, str]:
    """(private, public), as they stand in files."""
    made = generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    private = made.private_bytes(
        formats.Encoding.PEM, formats.PrivateFormat.PKCS8, formats.NoEncryption()
    ).decode()
    shape = formats.PublicFormat.SubjectPublicKeyInfo
    return private, made.public_key().public_bytes(formats.Encoding.PEM, shape).decode()


def open_request(body: bytes, private_keys: Iterable[str]) -> Opened:
    """Decrypt what a phone sent, with whichever key fits. Raises CannotOpen."""
    try:
        sent = orjson.loads(body)
        names = ("encrypted_aes_key", "initial_vector", "encrypted_flow_data")
        sealed_key, vector, data = (base64.b64decode(sent[name], validate=True) for name in names)
    except (ValueError, TypeError, KeyError, LookupError):
        raise CannotOpen("The body is not what WhatsApp sends.") from None
    for private in private_keys:
        try:
            key = _private(private).decrypt(sealed_key, PADDING)
            if len(key) == KEY_BYTES:
                return Opened(_record(AESGCM(key).decrypt(vector, data, None)), key, vector)
        except (ValueError, InvalidTag, BadJson):
            continue
    raise CannotOpen("None of the keys made here opens it.")


def _private(pem: str) -> RSAPrivateKey:
    """A key of ours: it was made here and kept sealed, so that its numbers need no second look (50 ms)."""
    found = formats.load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(found, RSAPrivateKey):
        raise CannotOpen("What is kept is no RSA key.")
    return found


def _record(clear: bytes) -> Json:
    found = read_json(clear)
    if not isinstance(found, dict):
        raise BadJson("A request is an object.")
    return found


def seal_answer(opened: Opened, answer: Json) -> bytes:
    """The answer as the phone that asked reads it: the same key, every bit of the vector turned, base64."""
    turned = bytes(byte ^ 0xFF for byte in opened.vector)
    return base64.b64encode(AESGCM(opened.key).encrypt(turned, orjson.dumps(answer), None))
