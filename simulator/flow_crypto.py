"""What a phone and a business's server of forms say to each other, encrypted as the phone does it."""

import base64
import json
import os
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Json = dict[str, Any]
_SHA = hashes.SHA256()


@dataclass(frozen=True, slots=True)
class Question:
    """A request as it goes out, and what its answer is read with."""

    body: Json
    key: bytes
    vector: bytes

    def read(self, answer: bytes) -> Json:
        """The answer in the clear. Raises ValueError when it was not made for this question."""
        turned = bytes(255 - byte for byte in self.vector)
        try:
            found = json.loads(
                AESGCM(self.key).decrypt(turned, base64.b64decode(answer, validate=True), None)
            )
        except InvalidTag as error:
            raise ValueError("it was encrypted with something else") from error
        if not isinstance(found, dict):
            raise ValueError("it is no object")
        return found


def question(said: Json, public_key: str) -> Question:
    """Encrypt what the phone says with a fresh key, and that key with the business's."""
    found = load_pem_public_key(public_key.encode())
    if not isinstance(found, rsa.RSAPublicKey):
        raise ValueError("the number's key is no RSA key")
    key, vector = AESGCM.generate_key(128), os.urandom(16)
    oaep = padding.OAEP(mgf=padding.MGF1(algorithm=_SHA), algorithm=_SHA, label=None)
    body = {
        "encrypted_flow_data": _text(AESGCM(key).encrypt(vector, json.dumps(said).encode(), None)),
        "encrypted_aes_key": _text(found.encrypt(key, oaep)),
        "initial_vector": _text(vector),
    }
    return Question(body, key, vector)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
