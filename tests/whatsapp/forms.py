"""The two ends of a form: a phone, with encryption of its own, and a business's system that answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Json = dict[str, Any]
Reply = tuple[int, bytes]
INIT = {"version": "3.0", "action": "INIT", "screen": "", "data": {}, "flow_token": "tok-1"}
PING = {"version": "3.0", "action": "ping"}


@dataclass
class Phone:
    """What WhatsApp does for one form: seals what is said with a number's key, and reads what comes back."""

    public_key: str
    key: bytes = field(default_factory=lambda: os.urandom(16))
    vector: bytes = field(default_factory=lambda: os.urandom(16))

    def says(self, said: Json) -> bytes:
        cipher = Cipher(algorithms.AES(self.key), modes.GCM(self.vector)).encryptor()
        data = cipher.update(json.dumps(said).encode()) + cipher.finalize() + cipher.tag
        sha = hashes.SHA256()
        oaep = padding.OAEP(mgf=padding.MGF1(algorithm=sha), algorithm=sha, label=None)
        key = load_pem_public_key(self.public_key.encode()).encrypt(self.key, oaep)  # type: ignore[union-attr]
        parts = {"encrypted_flow_data": data, "encrypted_aes_key": key, "initial_vector": self.vector}
        return json.dumps({name: base64.b64encode(raw).decode() for name, raw in parts.items()}).encode()

    def reads(self, answer: bytes) -> Json:
        raw, turned = base64.b64decode(answer), bytes(byte ^ 255 for byte in self.vector)
        cipher = Cipher(algorithms.AES(self.key), modes.GCM(turned, raw[-16:])).decryptor()
        found: Json = json.loads(cipher.update(raw[:-16]) + cipher.finalize())
        return found


def signature(body: bytes, secret: str) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def says(answer: Any, status: int = 200) -> Callable[[Json], Reply]:
    """A business that always answers the same."""
    return lambda question: (status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())


@dataclass
class Business:
    """A system that answers forms. heard: each call's headers and body."""

    url: str = ""
    answer: Callable[[Json], Reply] = field(
        default_factory=lambda: says({"screen": "DATES", "data": {"n": 1}})
    )
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def says(self, answer: Callable[[Json], Any]) -> None:
        """Answer each question with what this makes of it."""
        self.answer = lambda question: (200, json.dumps(answer(question)).encode())

    @property
    def question(self) -> Json:
        """The last one."""
        found: Json = json.loads(self.heard[-1][1])
        return found

    def signed_with(self, secret: str) -> bool:
        """Was the last call signed with this secret, as Standard Webhooks has it?"""
        headers, body = self.heard[-1]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{wanted}" in headers["webhook-signature"].split()


@contextmanager
def running_business() -> Iterator[Business]:
    """Serve until the block ends."""
    business = Business()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            business.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status, answer = business.answer(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    business.url = f"http://127.0.0.1:{server.server_address[1]}/forms"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield business
    finally:
        server.shutdown()
        server.server_close()
