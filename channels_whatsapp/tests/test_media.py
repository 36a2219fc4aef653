"""Fetching customers' files from a real local server: addresses that live, die, lie or never end."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.tests.making import account
from inbox.ports import Account, SendError
from tests.servers import Recorded, byte_server, read_request, recorded_server

PICTURE = b"\x89PNG" + bytes(range(256)) * 8


def about(graph: Recorded, **keys: Any) -> None:
    """Record the API's answer about a file that lies at /file on the same server."""
    graph.answer(
        200, {"url": f"{graph.url}/file?mid=1", "mime_type": "image/png", "file_size": "2052", **keys}
    )


def fetched(there: Account, url: str = "", max_bytes: int = 10_000) -> bytes:
    with Adapter().fetch(there, media_id="880012", url=url, max_bytes=max_bytes) as file:
        return file.read()


def refused(there: Account, url: str = "", max_bytes: int = 10_000) -> SendError:
    with pytest.raises(SendError) as caught:
        fetched(there, url, max_bytes)
    assert not caught.value.may_have_sent
    return caught.value


def test_file_without_address_is_asked_for_by_its_id(graph):
    about(graph)
    graph.answer(200, PICTURE, Content_Type="image/png")

    assert fetched(account(graph.url)) == PICTURE
    assert [asked.path for asked in graph.asked] == [
        "/v26.0/880012?phone_number_id=318840571926604",
        "/file?mid=1",
    ]
    assert {asked.headers["authorization"] for asked in graph.asked} == {"Bearer EAAGtoken"}


def test_address_in_the_webhook_saves_the_question(graph):
    graph.answer(200, PICTURE, Content_Type="image/png")

    assert fetched(account(graph.url), f"{graph.url}/hot") == PICTURE
    assert [asked.path for asked in graph.asked] == ["/hot"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500])
def test_expired_address_is_asked_for_again(graph, status):
    graph.answer(status, b"gone")
    about(graph)
    graph.answer(200, PICTURE, Content_Type="image/png")

    assert fetched(account(graph.url), f"{graph.url}/cold") == PICTURE


def test_fresh_address_that_dies_at_once_is_asked_for_once_more(graph):
    about(graph)
    graph.answer(404)
    about(graph)
    graph.answer(200, PICTURE, Content_Type="image/png")

    assert fetched(account(graph.url)) == PICTURE


def test_page_in_the_place_of_the_file_is_not_taken_for_it(graph):
    graph.answer(200, b"<html>log in</html>", Content_Type="text/html; charset=utf-8")
    about(graph)
    graph.answer(200, b"<html>log in</html>", Content_Type="text/html")

    found = refused(account(graph.url), f"{graph.url}/hot")

    assert (found.reason, found.permanent) == ("unavailable", False)
    assert "not the file" in found.detail


def test_customer_may_send_a_web_page(graph):
    about(graph, mime_type="text/html")
    graph.answer(200, b"<html>mine</html>", Content_Type="text/html")

    assert fetched(account(graph.url)) == b"<html>mine</html>"


STRANGERS = [
    "https://evil.example/x",
    "https://fbsbx.com.evil.example/",
    "http://a.fbsbx.com/",
    "https://[",
    "nonsense",
]


def test_token_is_not_shown_to_strangers_a_webhook_names(graph):
    with recorded_server() as stranger:
        for url in (f"{stranger.url}/file", *STRANGERS):
            about(graph)
            graph.answer(200, PICTURE, Content_Type="image/png")

            assert fetched(account(graph.url), url) == PICTURE

    assert stranger.asked == []


def test_file_that_is_gone_is_gone_for_good(graph):
    graph.answer(400, {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request"}})

    found = refused(account(graph.url))

    assert (found.reason, found.permanent, found.provider_code) == ("invalid", True, "100")
    assert "7 days" in found.detail


def test_bad_token_stays_a_matter_of_the_token(graph):
    graph.answer(401, {"error": {"code": 190, "message": "expired"}})

    assert (refused(account(graph.url)).reason) == "auth"


def test_twice_refused_is_tried_later(graph):
    for _ in range(2):
        about(graph)
        graph.answer(404)

    found = refused(account(graph.url))

    assert (found.reason, found.permanent) == ("unavailable", False)


def test_twice_forbidden_is_a_matter_of_the_token(graph):
    for _ in range(2):
        about(graph)
        graph.answer(401)

    assert refused(account(graph.url)).permanent


@pytest.mark.parametrize("size", ["2052", 2052])
def test_file_too_large_is_refused_before_it_is_fetched(graph, size):
    about(graph, file_size=size)

    found = refused(account(graph.url), max_bytes=2051)

    assert (found.reason, found.permanent, len(graph.asked)) == ("invalid", True, 1)
    assert "larger" in found.detail


def test_file_larger_than_it_said_is_refused(graph):
    about(graph, file_size=5)
    graph.answer(200, PICTURE, Content_Type="image/png")

    assert refused(account(graph.url), max_bytes=100).permanent


def test_api_that_names_no_address_is_asked_later(graph):
    graph.answer(200, {"id": "880012"})

    found = refused(account(graph.url))

    assert (found.reason, found.permanent) == ("unavailable", False)


def test_connection_lost_in_the_middle_is_tried_later(graph):
    def cut_off(connection, server):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nhalf")

    with byte_server(cut_off) as there:
        about(graph, url=there.url)
        found = refused(account(graph.url))

    assert (found.reason, found.permanent) == ("unavailable", False)
