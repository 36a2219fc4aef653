"""A customer's file: the password stays at the first address."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from channels_sms.adapter import Adapter
from channels_sms.tests.contract import account
from inbox.ports import SendError

Answers = dict[str, Callable[[BaseHTTPRequestHandler], None]]


@pytest.fixture
def provider(settings):
    """Answers by path; `seen` holds (path, was there a password)."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    seen: list[tuple[str, bool]] = []
    answers: Answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, "authorization" in self.headers))
            answers[self.path](self)

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers, seen
    server.shutdown()
    server.server_close()


def gives(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def fetched(url: str, path: str = "/Media/ME1", max_bytes: int = 1000) -> bytes:
    with Adapter().fetch(account(url), media_id="ME1", url=url + path, max_bytes=max_bytes) as file:
        return file.read()


def test_the_password_does_not_follow_a_redirect(provider):
    url, answers, seen = provider
    answers["/Media/ME1"] = gives(307, location=f"{url}/stored?signed=1")
    answers["/stored?signed=1"] = gives(200, b"jpeg", **{"content-type": "image/jpeg"})

    assert fetched(url) == b"jpeg"
    assert seen == [("/Media/ME1", True), ("/stored?signed=1", False)]


@pytest.mark.parametrize(
    ("status", "permanent"), [(404, True), (410, True), (401, True), (500, False), (503, False)]
)
def test_refusals_say_whether_to_try_again(provider, status, permanent):
    url, answers, _ = provider
    answers["/Media/ME1"] = gives(status)

    with pytest.raises(SendError) as caught:
        fetched(url)

    assert caught.value.permanent == permanent


def test_circles_and_large_files_end(provider):
    url, answers, seen = provider
    answers["/Media/ME1"] = gives(302, location=f"{url}/Media/ME1")
    with pytest.raises(SendError, match="circle"):
        fetched(url)
    assert len(seen) == 4
    answers["/Media/ME1"] = gives(200, b"x" * 2000)
    with pytest.raises(SendError, match="larger"):
        fetched(url)


def test_an_address_of_somebody_else_never_sees_the_password(provider):
    url, _, seen = provider

    with pytest.raises(SendError, match="not the provider"):
        with Adapter().fetch(account("https://api.twilio.com"), media_id="ME1", url=url, max_bytes=9):
            pass

    assert seen == []
