"""A business's server for tests of the telephone company: takes forms, answers with scripts, serves files."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class Taken:
    """One POST as it came."""

    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class FormReceiver:
    """A real HTTP server on a port of its own; `taken` holds what came, in order."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self.reply: Callable[[Taken], tuple[str, bytes]] = lambda taken: ("text/xml", b"<Response/>")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FormReceiver":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(receiver: FormReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            taken = Taken(receiver.url + self.path, headers, body)
            receiver.taken.append(taken)
            self._answer(*receiver.reply(taken))

        def do_GET(self) -> None:
            self._answer(*receiver.files[self.path])

        def _answer(self, mime: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", mime)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return None

    return Handler
