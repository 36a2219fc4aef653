"""What each answer of the provider means: taken, refused for a reason, or nobody can say."""

from __future__ import annotations

import socket
import threading
import time
from email.utils import formatdate
from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.errors import CODES
from channels_whatsapp.graph import Body, ask
from channels_whatsapp.tests.making import TAKEN, a_file, account, outbound
from inbox.ports import Claim, Json, SendError
from tests.servers import Recorded, answering, byte_server, endless, read_request


def test_yes_gives_the_id_and_the_addresses_learned(graph):
    graph.answer(
        200, {"contacts": [{"wa_id": "5531912345678", "user_id": "BR.1"}], "messages": [{"id": "wamid.X"}]}
    )

    result = Adapter().send(account(graph.url), outbound())

    assert result.external_id == "wamid.X"
    assert result.learned == (Claim("whatsapp_id", "BR.1"), Claim("phone", "+5531912345678"))


def test_yes_without_contacts_is_a_yes(graph):
    graph.answer(200, {"messages": [{"id": "wamid.X", "message_status": "accepted"}]})

    assert Adapter().send(account(graph.url), outbound()).learned == ()


def refused(graph: Recorded, status: int, body: Any, **headers: str) -> SendError:
    graph.answer(status, body, **headers)
    with pytest.raises(SendError) as caught:
        Adapter().send(account(graph.url), outbound())
    return caught.value


def error(code: Any, **keys: Any) -> Json:
    return {"error": {"message": f"(#{code}) no", "type": "OAuthException", "code": code, **keys}}


#: Every code of the provider's page → reason, permanent, may have sent.
RULINGS: list[tuple[tuple[int, ...], str, bool, bool]] = [
    ((0, 10, 190, 200, 233, 299, 131005), "auth", True, False),
    ((3, 33, 368, 131031, 131037, 131042, 131044, 131045, 131055, 131063, 133000, 133005, 133006,
    133008, 133009,
      133010, 134011, 138000, 138013, 138014, 138015, 138018, 139200, 147001, 147005, 1752041,
      2388019, 2593107,
      2593108, 2593109), "config", True, False),
    ((1, 2, 131057, 133004, 133015, 134101, 134102, 138004, 139102, 2494100), "unavailable", False, False),
    ((131000, 131016), "unavailable", False, True),
    ((4, 613, 80007, 130429, 131048, 131056, 131064, 131208, 132069), "throttled", False, False),
    ((133016, 136024, 139103), "throttled", True, False),
    ((130403, 130472, 130497, 131020, 131021, 131026, 131030, 131041, 131049, 131062, 131201,
    131207, 131215,
      138001, 138006, 138023), "recipient", True, False),
    ((131050,), "opted_out", True, False),
    ((137000,), "identity_changed", True, False),
    ((131047,), "window_closed", True, False),
    ((100, 131008, 131009, 131051, 131052, 131053, 131059, 131060, 132000, 132001, 132005, 132007,
    132008, 132012,
      132015, 132016, 132018, 132068, 134100, 135000, 139000, 139004, 139100, 139101, 2388023,
      2388024, 2388040,
      2388047, 2388072, 2388073, 2388293, 2388299), "invalid", True, False),
]  # fmt: skip
BY_CODE = [(code, *ruling) for codes, *ruling in RULINGS for code in codes]


@pytest.mark.parametrize(("code", "reason", "permanent", "maybe"), BY_CODE)
def test_code_decides(code, reason, permanent, maybe):
    ruling = CODES[code]

    assert (ruling.reason, ruling.permanent, ruling.may_have_sent) == (reason, permanent, maybe)
    assert ruling.title


@pytest.mark.parametrize("code", [0, 33, 100, 130429, 131000, 131026, 131047, 131050, 131056, 132001])
@pytest.mark.parametrize("status", [200, 400, 401, 404, 500, 503])
def test_code_wins_over_the_http_status(graph, code, status):
    found = refused(graph, status, error(code, error_data={"details": "the detail"}))

    ruling = CODES[code]
    assert (found.reason, found.permanent, found.may_have_sent) == (
        ruling.reason,
        ruling.permanent,
        ruling.may_have_sent,
    )
    assert (found.provider_code, found.title, found.detail) == (str(code), ruling.title, "the detail")


@pytest.mark.parametrize(
    ("code", "headers", "wait_s"),
    [
        (131056, {}, 6), (130429, {}, 2), (131056, {"Retry_After": "17"}, 17), (131000,
        {"Retry_After": "3"}, 3),
        (131048, {}, 900), (131026, {"Retry_After": "5"}, None), (131026, {}, None), (131049, {}, 86_400),
        (4, {"Retry_After": "999999999"}, 86_400), (4, {"Retry_After": "soon"}, 60), (4,
        {"Retry_After": "²"}, 60),
    ],
)  # fmt: skip
def test_time_to_wait(graph, code, headers, wait_s):
    assert refused(graph, 400, error(code), **headers).retry_after_s == wait_s


def test_time_to_wait_as_a_date(graph):
    found = refused(graph, 429, b"slow down", Retry_After=formatdate(time.time() + 100, usegmt=True))

    assert found.reason == "throttled"
    assert found.retry_after_s == pytest.approx(100, abs=5)


def test_unknown_object_is_a_matter_of_the_account(graph):
    found = refused(graph, 400, error(100, error_subcode=33))

    assert (found.reason, found.permanent, found.provider_code) == ("config", True, "100")


@pytest.mark.parametrize(
    ("status", "keys", "expected"),
    [
        (400, {}, ("invalid", True, False)),
        (500, {}, ("unavailable", False, True)),
        (400, {"is_transient": True}, ("unavailable", False, False)),
        (500, {"is_transient": True}, ("unavailable", False, True)),
        (429, {}, ("throttled", False, False)),
        (401, {}, ("auth", True, False)),
    ],
)
@pytest.mark.parametrize("code", [777_777, "new", None, "131047x"])
def test_code_younger_than_this_table_goes_by_the_status(graph, code, status, keys, expected):
    found = refused(graph, status, error(code, **keys))

    assert (found.reason, found.permanent, found.may_have_sent) == expected
    assert found.detail == f"(#{code}) no"


def test_code_as_text_is_the_same_code(graph):
    assert refused(graph, 400, error("131047")).reason == "window_closed"


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        ({"details": "d"}, "d"),
        ('{"details": "d"}', "d"),
        ("plain words", "plain words"),
        (None, "(#131047) no"),
        ([], "(#131047) no"),
    ],
)
def test_detail_is_found_wherever_it_stands(graph, data, detail):
    assert refused(graph, 400, error(131047, error_data=data)).detail == detail


VAGUE = [
    b"", b"<html>ok</html>", b"[]", b"{}", {"success": True}, {"messages": []}, {"messages": [{}]},
    {"messages": "x"}, {"messages": [{"id": None}]},
]  # fmt: skip


@pytest.mark.parametrize("body", VAGUE)
def test_yes_that_names_no_message_may_have_sent(graph, body):
    found = refused(graph, 200, body)

    assert (found.reason, found.permanent, found.may_have_sent) == ("unavailable", False, True)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (302, {"Location": "https://elsewhere.example"}, ("config", True, False)),
        (401, {}, ("auth", True, False)),
        (403, {}, ("auth", True, False)),
        (404, {}, ("config", True, False)),
        (408, {}, ("unavailable", False, False)),
        (413, {}, ("invalid", True, False)),
        (422, {}, ("invalid", True, False)),
        (429, {}, ("throttled", False, False)),
        (500, {}, ("unavailable", False, True)),
        (502, {}, ("unavailable", False, True)),
        (503, {}, ("unavailable", False, True)),
        (503, {"Retry_After": "30"}, ("unavailable", False, False)),
        (504, {}, ("unavailable", False, True)),
    ],
)
def test_page_of_something_in_between_goes_by_the_status(graph, status, headers, expected):
    found = refused(graph, status, b"<html>sorry</html>", **headers)

    assert (found.reason, found.permanent, found.may_have_sent) == expected
    assert str(status) in found.detail
    assert found.retry_after_s == (10 if status == 429 else 30 if headers.get("Retry_After") else None)


def _outcome(url: str, **keys: Any) -> SendError:
    with pytest.raises(SendError) as caught:
        Adapter().send(account(url), outbound(**keys))
    return caught.value


def test_connection_lost_after_the_request_may_have_sent():
    def hang_up(connection, server):
        connection.recv(65536)

    with byte_server(hang_up) as server:
        found = _outcome(server.url)

    assert (found.reason, found.permanent, found.may_have_sent) == ("unavailable", False, True)


def test_garbage_instead_of_http_may_have_sent():
    with byte_server(answering(b"220 mail.example ESMTP\r\n")) as server:
        assert _outcome(server.url).may_have_sent


def test_an_answer_without_end_may_have_sent():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with byte_server(endless(head, b"10000\r\n" + b"x" * 65_536 + b"\r\n")) as server:
        found = _outcome(server.url)

    assert (found.reason, found.permanent, found.may_have_sent) == ("unavailable", False, True)


def test_a_request_that_is_taken_and_never_answered_may_have_sent():
    def hang(connection, server):
        read_request(connection)
        connection.recv(1)  # until the other side gives up

    with byte_server(hang) as server, pytest.raises(SendError) as caught:
        ask(account(server.url), "POST", "1", "messages", body=Body(json={}), sends=True, timeout_s=0.3)

    assert (caught.value.reason, caught.value.may_have_sent) == ("unavailable", True)


def test_nobody_listening_has_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    found = _outcome(f"http://127.0.0.1:{port}")

    assert (found.reason, found.permanent, found.may_have_sent) == ("unavailable", False, False)


def test_address_that_may_not_be_called_is_a_matter_of_the_account():
    found = _outcome("https://169.254.169.254")

    assert (found.reason, found.permanent, found.may_have_sent) == ("config", True, False)


def test_failed_upload_has_sent_nothing(graph):
    graph.answer(500, b"")

    with pytest.raises(SendError) as caught:
        Adapter().send(account(graph.url), outbound(kind="image", text="", file=a_file()))

    assert (caught.value.may_have_sent, len(graph.asked)) == (False, 1)


def test_upload_cut_off_has_sent_nothing():
    def hang_up(connection, server):
        connection.recv(100)

    with byte_server(hang_up) as server:
        found = _outcome(server.url, kind="image", text="", file=a_file(content=b"x" * 2_000_000))

    assert (found.reason, found.may_have_sent) == ("unavailable", False)


def test_many_threads_send_at_once(graph):
    for _ in range(40):
        graph.answer(200, TAKEN)
    results: list[str] = []

    def five() -> None:
        results.extend(Adapter().send(account(graph.url), outbound()).external_id for _ in range(5))

    threads = [threading.Thread(target=five) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == ["wamid.OUT"] * 40
