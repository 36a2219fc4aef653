"""A business's webhook endpoint for tests: a real HTTP server that notes what comes and answers as told."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

T = TypeVar("T")


def eventually(look: Callable[[], T], seconds: float = 30.0) -> T:
    """The first true answer of `look`; fails with its last one when none comes in time."""
    ends = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < ends, f"still {found!r} after {seconds} s"
        time.sleep(0.01)


@dataclass
class Post:
    """One POST as it came over the wire."""

    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def value(self) -> dict[str, Any]:
        """The value of its first change."""
        found: dict[str, Any] = self.json["entry"][0]["changes"][0]["value"]
        return found

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Hook:
    """One address of the receiver."""

    url: str
    verify_token: str = "verify-me"
    # Statuses of the next answers; 200 when there are none left.
    answers: list[int] = field(default_factory=list)
    slow_s: float = 0.0
    posts: list[Post] = field(default_factory=list)

    def values(self) -> list[dict[str, Any]]:
        """The values of all changes that were answered 200, in the order they came."""
        taken = [post for post in self.posts if post.status == 200]
        return [c["value"] for post in taken for entry in post.json["entry"] for c in entry["changes"]]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self, message_id: str | None = None) -> list[dict[str, Any]]:
        found = [status for value in self.values() for status in value.get("statuses", [])]
        return [status for status in found if message_id in (None, status["id"])]


class Receiver:
    """The server; `hook(name)` gives an address of its own."""

    def __init__(self) -> None:
        self.hooks: dict[str, Hook] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.connections: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def hook(self, name: str) -> Hook:
        return self.hooks.setdefault(f"/{name}", Hook(f"{self.url}/{name}"))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path in receiver.files:
                mime, content = receiver.files[parts.path]
                self._answer(200, content, mime)
                return
            hook, query = receiver.hooks.get(parts.path), parse_qs(parts.query)
            known = hook and query.get("hub.verify_token") == [hook.verify_token]
            self._answer(200 if known else 403, query["hub.challenge"][0].encode() if known else b"no")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook = receiver.hooks[self.path]
            receiver.connections[self.path].add(self.client_address)
            time.sleep(hook.slow_s)
            status = hook.answers.pop(0) if hook.answers else 200
            hook.posts.append(Post(dict(self.headers.items()), body, status))
            self._answer(status, b"")

        def _answer(self, status: int, body: bytes, mime: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("Content-Type", mime)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
