"""The numbered log."""

from __future__ import annotations

from inbox.models import Thread
from tests.api.caller import Caller
from tests.api.conftest import Writes, customer_writes
from tests.cast import Cast


def test_events_are_read_once_each_in_order_from_a_number(
    writes: Writes, program: Caller, bob_calls: Caller
) -> None:
    for n in range(4):
        thread = writes("Hello", phone=f"44770090060{n}").thread
    bob_calls.post(f"threads/{thread.id}/notes", {"text": "Look"})

    after, walked = "0", []
    while True:
        page = program.get("events", after=after, limit=3).data
        walked += page["data"]
        after = page["next"]
        if not page["has_more"]:
            break

    numbers = [event["seq"] for event in walked]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert [event["type"] for event in walked if event["type"] == "message.received"] == [
        "message.received"
    ] * 4
    assert walked[-1]["type"] == "note.added"
    assert program.get("events", after=after).data == {"data": [], "has_more": False, "next": after}


def test_one_type_can_be_asked_for(thread: Thread, program: Caller) -> None:
    found = program.get("events", type="message.received").data["data"]

    assert [event["data"]["message"]["text"] for event in found] == ["My card is gone"]


def test_a_wrong_number_is_named(program: Caller) -> None:
    for number in ("-1", "x", str(2**63)):
        assert program.get("events", after=number).pointers == ["?after"]


def test_charlie_of_globex_sees_only_his_own(
    cast: Cast, thread: Thread, charlie_calls: Caller, stranger: Caller
) -> None:
    before = {event["type"] for event in charlie_calls.get("events").data["data"]}
    customer_writes(cast.globex_number, "Hello Globex")

    found = charlie_calls.get("events").data["data"]

    assert "message.received" not in before
    assert [e["data"]["message"]["text"] for e in found if e["type"] == "message.received"] == [
        "Hello Globex"
    ]
    assert stranger.get("events").data["data"] == found
