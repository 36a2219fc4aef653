"""A conversation as one line of messages, notes and events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.ids import uuid7
from common.tenancy import tenant_context
from events import bus
from inbox.models import Message, Note, Thread
from inbox.queries.timeline import Window, timeline
from tests.api.caller import Caller
from tests.api.conftest import Writes
from tests.cast import Cast

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def line(cast: Cast, thread: Thread) -> list[str]:
    """Thirty entries, oldest first: each minute a message, a note and an event with the very same time."""
    with tenant_context(cast.acme.id):
        Message.objects.filter(thread=thread).delete()
        for minute in range(10):
            at = START + timedelta(minutes=minute)
            _message(cast, thread, f"m{minute}", at)
            Note.objects.create(
                thread=thread, author=cast.bob, text=f"n{minute}", client_ref=str(minute), created_at=at
            )
            data = {"thread": {"id": "then"}, "from": {"labels": []}, "to": {"labels": [f"e{minute}"]}}
            bus.record("thread.labeled", data, at=at, thread_id=thread.id)
        bus.record("thread.seen", {"read_count": 1}, at=START, thread_id=thread.id, audience=cast.bob.id)
    with tenant_context(cast.acme.id):
        whole = timeline(thread, Window(200))["data"]
    return [word(entry) for entry in whole if word(entry)]


def _message(cast: Cast, thread: Thread, text: str, at: datetime) -> Message:
    address = thread.customer.addresses.all()[0]
    return Message.objects.create(
        thread=thread, customer=thread.customer, channel=cast.acme_number, address=address,
        direction="inbound", kind="text", text=text, external_id=f"wamid.{uuid7()}", status="received",
        at=at, created_at=at,
    )  # fmt: skip


def word(entry: Any) -> str:
    """What stands in an entry, in short; "" for events that are not of this story."""
    if entry["type"] == "event":
        return str(entry["event"]["data"]["to"].get("labels", [""])[0])
    return str(entry[entry["type"]]["text"])


def words(answer: Any) -> list[str]:
    return [word(entry) for entry in answer.data["data"] if word(entry)]


def test_everything_stands_in_one_order(thread: Thread, line: list[str], bob_calls: Caller) -> None:
    answer = bob_calls.get(f"threads/{thread.id}/timeline", limit=200)

    assert words(answer) == line
    assert len(line) == 30
    places = [(entry["at"], entry["id"]) for entry in answer.data["data"]]
    assert places == sorted(places)
    assert {"m3", "n3", "e3"} == set(line[9:12])


def test_events_show_what_changed_and_not_the_thread_as_it_was(
    thread: Thread, line: list[str], bob_calls: Caller
) -> None:
    entries = bob_calls.get(f"threads/{thread.id}/timeline", limit=200).data["data"]

    changes = [entry["event"] for entry in entries if entry["type"] == "event"]
    assert all("thread" not in change["data"] for change in changes)
    assert "thread.seen" not in {change["type"] for change in changes}


@pytest.mark.parametrize("limit", [1, 2, 7, 30])
def test_walking_back_meets_every_entry_once(
    thread: Thread, line: list[str], bob_calls: Caller, limit: int
) -> None:
    path = f"threads/{thread.id}/timeline"
    answer = bob_calls.get(path, limit=limit)
    assert answer.data["has_after"] is False

    walked = words(answer)
    while answer.data["has_before"]:
        answer = bob_calls.get(path, limit=limit, before=answer.data["before"])
        assert answer.data["has_after"] is True
        walked = words(answer) + walked

    assert walked == line


@pytest.mark.parametrize("limit", [4, 29])
def test_going_round_one_entry_and_on_in_both_directions(
    thread: Thread, line: list[str], bob_calls: Caller, limit: int
) -> None:
    path = f"threads/{thread.id}/timeline"
    whole = bob_calls.get(path, limit=200).data["data"]

    for middle in (whole[0], whole[14], whole[-1]):
        answer = bob_calls.get(path, limit=limit, around=middle["id"])
        assert middle["id"] in [entry["id"] for entry in answer.data["data"]]
        assert len(answer.data["data"]) <= limit
        walked = answer.data["data"]
        back = ahead = answer
        while back.data["has_before"]:
            back = bob_calls.get(path, limit=limit, before=back.data["before"])
            walked = back.data["data"] + walked
        while ahead.data["has_after"]:
            ahead = bob_calls.get(path, limit=limit, after=ahead.data["after"])
            walked += ahead.data["data"]
        assert [entry["id"] for entry in walked] == [entry["id"] for entry in whole]


def test_newcomers_do_not_disturb_a_walk(
    thread: Thread, line: list[str], bob_calls: Caller, writes: Writes
) -> None:
    path = f"threads/{thread.id}/timeline"
    first = bob_calls.get(path, limit=10)
    writes("New here")

    rest = bob_calls.get(path, limit=200, before=first.data["before"])
    news = bob_calls.get(path, limit=200, after=first.data["after"])

    assert words(rest) + words(first) == line
    assert words(news) == ["New here"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"around": "0190a0c4-0000-7000-8000-000000000000"}, "?around"),
        ({"around": "nonsense"}, "?around"),
        ({"before": "nonsense"}, "?before"),
        ({"after": "nonsense"}, "?after"),
        ({"before": "a", "after": "b"}, "?around"),
        ({"limit": "0"}, "?limit"),
    ],
)
def test_a_wrong_place_is_named(
    thread: Thread, bob_calls: Caller, query: dict[str, Any], pointer: str
) -> None:
    assert bob_calls.get(f"threads/{thread.id}/timeline", **query).pointers == [pointer]


def test_an_entry_of_another_conversation_is_not_here(
    thread: Thread, writes: Writes, bob_calls: Caller
) -> None:
    other = writes("Hello", phone="447700900777")

    answer = bob_calls.get(f"threads/{thread.id}/timeline", around=str(other.id))

    assert answer.pointers == ["?around"]


def test_a_stretch_is_six_statements_however_long(cast: Cast, thread: Thread, line: list[str]) -> None:
    with tenant_context(cast.acme.id):
        for limit in (3, 200):
            with CaptureQueriesContext(connection) as statements:
                timeline(thread, Window(limit))
            assert len(statements) <= 6
