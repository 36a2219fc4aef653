"""The outbound client against real local servers: every way a call can end, and what never happens."""

from __future__ import annotations

import gzip
import multiprocessing
import socket
import struct
import threading
import time

import pytest

from common.http import AddressRefused, NoAnswer, NotSent, TooLarge, call
from tests.servers import answering, byte_server, endless, read_request, recorded_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(autouse=True)
def this_machine_may_be_called(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8", "::1/128"]


def test_answer_carries_status_headers_and_json():
    with recorded_server() as server:
        server.answer(418, {"a": 1}, X_Two="2")

        answer = call("POST", f"{server.url}/pot?q=1", json={"tea": "für 2"}, params={"more": "a b"})

    assert (answer.status, answer.is_ok, answer.headers["x-two"], answer.json()) == (
        418,
        False,
        "2",
        {"a": 1},
    )
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.json) == ("POST", "/pot?q=1&more=a+b", {"tea": "für 2"})
    assert asked.headers["user-agent"].startswith("Parley/")
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["content-type"] == "application/json"


def test_form_fields_are_sent_as_a_form():
    with recorded_server() as server:
        server.answer(200)

        call("POST", server.url, data={"a": "1 & 2"})

    assert server.asked[0].body == b"a=1+%26+2"
    assert server.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"


def test_calls_of_a_thread_share_one_connection():
    with byte_server(answering(OK)) as server:
        for _ in range(5):
            assert call("GET", server.url).body == b"ok"

    assert server.connections == 1


def test_connection_closed_by_the_server_between_calls_is_replaced():
    def talk(connection, server):
        server.requests.append(read_request(connection))
        connection.sendall(OK)
        connection.close()

    with byte_server(talk) as server:
        for _ in range(3):
            assert call("GET", server.url).body == b"ok"
            time.sleep(0.02)

    assert server.connections == 3


def test_every_thread_gets_its_own_answers():
    def talk(connection, server):
        while request := read_request(connection):
            word = request.split(b" ")[1]
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(word), word))

    wrong: list[str] = []

    def many(name: int) -> None:
        paths = [f"{name}/{i}" for i in range(30)]
        wrong.extend(path for path in paths if call("GET", server.url + path).body != f"/{path}".encode())

    with byte_server(talk) as server:
        threads = [threading.Thread(target=many, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert wrong == []
    assert server.connections == 8


def _call_in_child(url: str, answers) -> None:
    answers.put(call("GET", url).body)


def test_child_after_fork_does_not_speak_on_its_parents_connection():
    fork = multiprocessing.get_context("fork")
    with byte_server(answering(OK)) as server:
        call("GET", server.url)
        answers = fork.SimpleQueue()
        child = fork.Process(target=_call_in_child, args=(server.url, answers))
        child.start()
        child.join(10)

        assert answers.get() == b"ok"
        assert call("GET", server.url).body == b"ok"

    assert server.connections == 2


# ---------------------------------------------------------------- answers that are none


def _slowly(pieces: bytes):
    def talk(connection, server):
        read_request(connection)
        for byte in pieces:
            connection.sendall(bytes([byte]))
            server.over.wait(0.05)

    return talk


def _reset(connection, server):
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _silent(connection, server):
    read_request(connection)
    server.over.wait(60)
    connection.sendall(OK)


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(_silent, id="no answer at all"),
        pytest.param(_reset, id="reset after the request"),
        pytest.param(
            _slowly(OK.replace(b"\r\n\r\n", b"\r\nX: %s\r\n\r\n" % (b"y" * 200))), id="headers drip"
        ),
        pytest.param(
            _slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + b"x" * 200), id="body drips"
        ),
        pytest.param(answering(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), id="another protocol"),
        pytest.param(
            answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), id="bad chunk"
        ),
        pytest.param(answering(b"HTTP/1.1 two hundred OK\r\n\r\n"), id="status in words"),
        pytest.param(answering(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), id="200 headers"),
        pytest.param(answering(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n"), id="long header"),
    ],
)
def test_request_that_was_written_without_clear_answer_ends_in_time(talk):
    """Who waited longer would get a good answer from those that are slow."""
    with byte_server(talk) as server, pytest.raises(NoAnswer):
        call("POST", server.url, json={"a": 1}, timeout_s=0.6)


def test_answer_cut_short_is_no_answer():
    def talk(connection, server):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
        connection.close()

    with byte_server(talk) as server, pytest.raises(NoAnswer):
        call("GET", server.url)


@pytest.mark.parametrize(
    ("head", "block"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, id="body without end"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"2000\r\n" + b"x" * 8192 + b"\r\n",
            id="chunks without end",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"A: b\r\n" * 9999,
            id="trailers without end",
        ),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 999, id="preliminary answers without end"),
    ],
)
def test_answer_without_end_is_too_large(head, block):
    with byte_server(endless(head, block)) as server, pytest.raises(TooLarge):
        call("GET", server.url, max_bytes=100_000, timeout_s=10)


def test_declared_size_over_the_cap_is_refused_before_the_body():
    with byte_server(_slowly(b"")) as _, recorded_server() as server:
        server.answer(200, b"x" * 2000)

        with pytest.raises(TooLarge, match="1000 bytes"):
            call("GET", server.url, max_bytes=1000)


def test_rest_of_a_refused_answer_does_not_meet_the_next_call():
    with recorded_server() as server:
        server.answer(200, b"x" * 2000)
        server.answer(200, b"second")
        with pytest.raises(TooLarge):
            call("GET", server.url, max_bytes=1000)

        assert call("GET", server.url).body == b"second"


def test_second_answer_nobody_asked_for_does_not_meet_the_next_call():
    evil = OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    with byte_server(answering(evil, OK)) as server:
        call("GET", server.url)

        assert call("GET", server.url).body == b"ok"


def test_compressed_body_stays_compressed():
    bomb = gzip.compress(b"\0" * 20_000_000)
    with recorded_server() as server:
        server.answer(200, bomb, Content_Encoding="gzip")

        answer = call("GET", server.url, max_bytes=50_000)

    assert answer.body == bomb
    with pytest.raises(ValueError, match="UTF-8"):
        answer.json()


def test_redirect_is_an_answer_not_a_journey():
    with recorded_server() as server, recorded_server() as other:
        server.answer(302, Location=f"{other.url}/stolen")

        answer = call("GET", server.url, headers={"Authorization": "Bearer secret"})

    assert (answer.status, other.asked) == (302, [])


def test_cookies_are_forgotten():
    with recorded_server() as server:
        server.answer(200, Set_Cookie="tenant=one; Path=/")
        server.answer(200)
        call("GET", server.url)
        call("GET", server.url)

    assert "cookie" not in server.asked[1].headers


def test_proxies_and_passwords_of_the_environment_are_ignored(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    with recorded_server() as server:
        server.answer(200)
        call("GET", server.url)

    assert "authorization" not in server.asked[0].headers


def test_words_of_an_error_do_not_show_the_address():
    with byte_server(_reset) as server, pytest.raises(NoAnswer) as caught:
        call("GET", f"{server.url}secret-path?token=secret")

    assert "secret" not in str(caught.value)


# ---------------------------------------------------------------- requests that never left


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_closed_port_is_not_sent():
    with pytest.raises(NotSent, match="refused"):
        call("POST", f"http://127.0.0.1:{_closed_port()}/", json={})


def test_unknown_name_is_not_sent():
    with pytest.raises(NotSent, match="not known"):
        call("GET", "https://no-such-host.invalid/", timeout_s=10)


def test_slow_name_server_cannot_outlive_the_deadline(monkeypatch):
    real, over = socket.getaddrinfo, threading.Event()

    def slow(host, port, *args, **options):
        if options.get("flags"):
            return real(host, port, *args, **options)
        over.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)

    with pytest.raises(NotSent, match="looked up within"):
        call("GET", "https://slow.example/", timeout_s=0.2)

    over.set()


def test_header_that_cannot_be_written_is_not_sent():
    with recorded_server() as server, pytest.raises(NotSent):
        call("GET", server.url, headers={"Authorization": "Bearer a\nb"})

    assert server.asked == []


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://example.org/", "file:///etc/passwd", "https://", "https://[::1"]
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(AddressRefused):
        call("GET", url)


def test_of_an_answer_that_is_cut_the_rest_never_meets_the_next_call():
    with recorded_server() as server:
        server.answer(200, b"a" * 300_000)
        server.answer(201, b"next")

        first = call("POST", server.url, data=b"x", max_bytes=1_000, cut=True)
        second = call("POST", server.url, data=b"y", max_bytes=1_000, cut=True)

    assert (first.status, first.body) == (200, b"a" * 1_000)
    assert (second.status, second.body) == (201, b"next")
