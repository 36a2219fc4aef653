"""A provider that goes wrong at one place: all calls reach the simulator but one, and that is spoiled."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

BLOCK = b"x" * 65_536
Wfile = Any


def whole(status: int, body: bytes, kind: str = "application/json", more: str = "") -> Callable[..., None]:
    """An answer that is complete, whatever it says."""
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return lambda out, done: out.write(head.encode() + body)


def _endless(out: Wfile, done: threading.Event) -> None:
    out.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"success": "')
    while not done.is_set():
        out.write(BLOCK)


def _drip(out: Wfile, done: threading.Event) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    while not done.wait(0.02):
        out.write(b" ")


def _hang(out: Wfile, done: threading.Event) -> None:
    done.wait(30)


def _cut(out: Wfile, done: threading.Event) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")


ODD = (
    b'{"success": "yes", "data": "none", "id": {}, "access_token": ["a"], "expires_in": "soon", "h": 7,'
    b' "status": [], "name": {}, "paging": 3}'
)
ODDER = b'{"success": 1, "data": [7, null, "x"], "id": 12.5, "access_token": 3.5, "h": null, "category": {}}'
#: What a broken or hostile provider may answer.
ANSWERS: dict[str, Callable[..., None]] = {
    "html": whole(200, b"<!doctype html><title>Sorry</title>", "text/html"),
    "html of a proxy": whole(502, b"<html>Bad gateway</html>", "text/html"),
    "an error inside a 200": whole(200, b'{"error": {"code": 131000, "message": "Something went wrong"}}'),
    "an error that is a text": whole(200, b'{"error": "no", "success": true, "data": [], "id": "1"}'),
    "nothing": whole(200, b""),
    "a list": whole(200, b'[{"success": true}]'),
    "wrong types": whole(200, ODD),
    "wrong types inside": whole(200, ODDER),
    "too deep": whole(200, b'{"data":' + b"[" * 100_000),
    "a no": whole(200, b'{"success": false}'),
    "another address": whole(302, b"", more="Location: http://127.0.0.1:9/\r\n"),
    "an endless body": _endless,
    "a slow body": _drip,
    "half a body": _cut,
    "no answer": _hang,
}
#: Those that only the time ends.
SLOW = {"a slow body", "no answer"}


@dataclass
class Spoiled:
    """Where it goes wrong. method and path: of the call; nth: which of those that match, from 1."""

    url: str
    behind: str
    method: str = ""
    path: re.Pattern[str] = re.compile("$^")
    nth: int = 1
    answer: str = ""
    seen: int = 0
    struck: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def spoil(self, method: str, path: str, answer: str, nth: int = 1) -> None:
        """From now on this call is answered so."""
        self.method, self.path, self.answer, self.nth = method, re.compile(path), answer, nth
        self.seen = self.struck = 0

    def strikes(self, method: str, path: str) -> bool:
        """Is this the call?"""
        if method != self.method or not self.path.search(path):
            return False
        self.seen += 1
        self.struck += self.seen >= self.nth
        return self.seen >= self.nth


@contextmanager
def spoiled_provider(behind: str) -> Iterator[Spoiled]:
    """A server on 127.0.0.1 that hands every other call on to the simulator at `behind`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if spoiled.strikes(self.command, self.path):
                self.close_connection = True
                with suppress(OSError):
                    ANSWERS[spoiled.answer](self.wfile, spoiled.done)
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            found = requests.request(
                self.command, behind + self.path, headers=headers, data=body, timeout=10,
                allow_redirects=False,
            )  # fmt: skip
            self.send_response(found.status_code)
            self.send_header("Content-Type", found.headers.get("Content-Type", "application/json"))
            self.send_header("Content-Length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        do_GET = do_POST = do_DELETE = handle_one  # noqa: N815

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    spoiled = Spoiled(f"http://127.0.0.1:{server.server_address[1]}", behind)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield spoiled
    spoiled.done.set()
    server.shutdown()
    server.server_close()
