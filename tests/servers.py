"""Real local servers for tests of outbound calls: one on the level of bytes, one on the level of HTTP."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass
class ByteServer:
    """Listens on 127.0.0.1; `connections` counts the accepted ones. over: set when the block ends, for a talk
    that lasts longer than its caller may wait."""

    port: int
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def byte_server(
    talk: Callable[[socket.socket, ByteServer], object], tls: ssl.SSLContext | None = None
) -> Iterator[ByteServer]:
    """Run `talk(connection, server)` for every connection in a thread of its own until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ByteServer(listener.getsockname()[1])
        open_connections: list[socket.socket] = []

        def serve(connection: socket.socket) -> None:
            with suppress(OSError):
                talk(tls.wrap_socket(connection, server_side=True) if tls else connection, server)
                connection.close()

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                server.connections += 1
                open_connections.append(connection)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        yield server
        server.over.set()
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(2)
        for connection in open_connections:
            connection.close()


def read_request(connection: socket.socket) -> bytes:
    """One whole request with a Content-Length; b"" when the other side closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        block = connection.recv(65536)
        if not block:
            return b""
        data += block
    head, _, body = data.partition(b"\r\n\r\n")
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    while len(body) < int(lines.get(b"content-length", 0)):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(*answers: bytes) -> Callable[[socket.socket, ByteServer], None]:
    """A talk that reads a request and writes the next of the answers (the last one again and again)."""

    def talk(connection: socket.socket, server: ByteServer) -> None:
        while request := read_request(connection):
            server.requests.append(request)
            connection.sendall(answers[min(len(server.requests), len(answers)) - 1])

    return talk


def endless(head: bytes, block: bytes) -> Callable[[socket.socket, ByteServer], None]:
    """A talk that reads a request and then writes for ever."""

    def talk(connection: socket.socket, server: ByteServer) -> None:
        read_request(connection)
        connection.sendall(head)
        while True:
            connection.sendall(block)

    return talk


@dataclass(frozen=True)
class Asked:
    """One request as the recorded server saw it. headers: names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Recorded:
    """A server that gives recorded answers in turn and keeps what it was asked."""

    url: str
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, status: int, body: Any = b"", **headers: str) -> None:
        """Add one answer; body: bytes as they are, anything else as JSON. Header names: _ stands for -."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, {"Content-Type": "application/json", **named}, raw))


@contextmanager
def recorded_server() -> Iterator[Recorded]:
    """An HTTP server on 127.0.0.1; a request beyond the recorded answers gets a 599."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            recorded.asked.append(Asked(self.command, self.path, headers, body))
            status, extra, answer = recorded.answers.pop(0) if recorded.answers else (599, {}, b"unexpected")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_DELETE = handle_one  # noqa: N815

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    recorded = Recorded(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield recorded
    server.shutdown()
    server.server_close()
