"""A server of the tenant's own: real HTTP on this machine, and a verifier made from the standard's text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.servers import Asked

Reply = tuple[int, dict[str, str], bytes]


def ok(_: Asked) -> Reply:
    return 200, {}, b"thanks"


def saying(status: int, body: bytes = b"", **headers: str) -> Callable[[Asked], Reply]:
    """Always the same. Header names: _ stands for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (status, named, body)


@dataclass
class Receiver:
    """asked: every request, as it came; answer: what it says to the next one."""

    url: str
    answer: Callable[[Asked], Reply] = ok
    asked: list[Asked] = field(default_factory=list)

    @property
    def events(self) -> list[Any]:
        """The bodies."""
        return [one.json for one in self.asked]

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.events]

    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.asked]


@contextmanager
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, body)
            here.asked.append(asked)
            status, more, answer = here.answer(asked)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hooks")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


def is_signed(asked: Asked, secret: str) -> bool:
    """Standard Webhooks, read by somebody else: is one of the signatures made with this secret?"""
    key = base64.b64decode(secret.partition("whsec_")[2])
    stamp = asked.headers["webhook-timestamp"]
    content = f"{asked.headers['webhook-id']}.{stamp}.".encode() + asked.body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    found = asked.headers["webhook-signature"].split(" ")
    return stamp.isdigit() and any(hmac.compare_digest(one, f"v1,{wanted}") for one in found)
