"""What happens in a workspace reaches its own servers: signed, at least once, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.tenancy import tenant_context
from events import bus
from events.models import Event
from inbox.operations.authors import Author
from tests.api.conftest import customer_writes
from tests.webhooks.conftest import House
from tests.webhooks.receiver import Receiver, is_signed, saying
from webhooks.envelopes import MAX_BYTES
from webhooks.models import Endpoint
from webhooks.operations import turns
from webhooks.operations.endpoints import change_endpoint, make_endpoint
from webhooks.operations.turns import Room, take_turn
from webhooks.patterns import fits, is_pattern

pytestmark = pytest.mark.django_db

ROOM = Room(24, 8)


def test_a_customers_message_reaches_the_server_signed_in_its_envelope(
    house: House, server: Receiver
) -> None:
    endpoint, secret = house.listens(server.url, "message.received")

    message = customer_writes(house.cast.acme_number, "My card is gone")
    house.carry()

    [asked] = server.asked
    assert is_signed(asked, secret)
    assert asked.headers["content-type"] == "application/json"
    with house.scope():
        event = Event.objects.get(type="message.received")
    said = asked.json
    assert said["data"]["message"]["id"] == str(message.id)
    assert {**said, "data": None} == {
        "id": str(event.id),
        "seq": event.seq,
        "type": "message.received",
        "created": event.at.isoformat().replace("+00:00", "Z"),
        "api_version": "v1",
        "workspace": {
            "id": str(house.cast.acme.id), "name": house.cast.acme.name, "slug": house.cast.acme.slug,
        },
        "test": False,
        "is_reference": False,
        "data": None,
        "actor": event.actor,
    }  # fmt: skip
    assert asked.headers["webhook-id"] == said["id"]
    assert house.states(endpoint) == ["delivered"]


def test_only_what_happens_from_now_on_and_of_the_types_it_listens_to(house: House, servers: Any) -> None:
    some, every = servers(), servers()
    house.happens("thread.opened")
    house.listens(some.url, "message.*", "*.closed")
    house.listens(every.url)

    for kind in ("message.read", "thread.closed", "thread.assigned", "note.added"):
        house.happens(kind)
    for _ in range(4):
        house.carry()

    assert sorted(some.types) == ["message.read", "thread.closed"]
    assert sorted(every.types) == ["message.read", "note.added", "thread.assigned", "thread.closed"]


@pytest.mark.parametrize(
    ("pattern", "kind", "is_wanted"),
    [
        ("message.received", "message.received", True),
        ("message.received", "message.received_late", False),
        ("message.*", "message.read", True),
        ("message.*", "messages.read", False),
        ("*.failed", "notification.failed", True),
        ("*.failed", "message.failed_twice", False),
        ("*", "anything.at_all", True),
    ],
)
def test_patterns(pattern: str, kind: str, is_wanted: bool) -> None:
    assert is_pattern(pattern)
    assert fits([pattern], kind) is is_wanted


@pytest.mark.parametrize("odd", ["", ".", "message.", "Message.read", "a b", "message.**", "(.*)", "x" * 65])
def test_what_is_no_pattern(odd: str) -> None:
    assert not is_pattern(odd)


def test_what_is_for_one_members_eyes_never_leaves(house: House, server: Receiver) -> None:
    house.listens(server.url)

    house.happens("draft.saved", audience=house.cast.bob.id)
    house.happens("thread.closed")
    house.carry()

    assert server.types == ["thread.closed"]


def test_another_tenants_events_never_leave(house: House, servers: Any) -> None:
    ours, theirs = servers(), servers()
    house.listens(ours.url)
    with tenant_context(house.cast.globex.id):
        make_endpoint(by=Author.of(house.cast.charlie), url=theirs.url)
        bus.record("thread.closed", {"whose": "Globex"})

    house.happens("thread.closed", data={"whose": "Acme"})
    house.carry()

    assert [one["data"]["whose"] for one in ours.events] == ["Acme"]
    assert [one["data"]["whose"] for one in theirs.events] == ["Globex"]


def test_what_is_heard_of_late_comes_all_the_same(house: House, server: Receiver) -> None:
    house.listens(server.url)

    house.happens("message.delivered", at=timezone.now() - timedelta(days=90))
    house.carry()

    assert server.types == ["message.delivered"]


def test_what_is_too_large_goes_by_reference(house: House, server: Receiver) -> None:
    house.listens(server.url)

    house.happens(data={"text": "é" * MAX_BYTES})
    house.carry()

    [asked] = server.asked
    assert len(asked.body) < 1_000
    assert asked.json["is_reference"] is True
    assert asked.json["data"]["url"].endswith(f"/api/v1/events?after={asked.json['seq'] - 1}&limit=1")


def test_every_event_comes_once_however_few_a_turn_reads(
    house: House, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "EVENTS_AT_ONCE", 7)
    endpoint, _ = house.listens(server.url)

    for _ in range(5):
        house.happens(n=9)
        house.happens("draft.saved", audience=house.cast.bob.id)
        house.carry()
    while house.carry():
        pass

    with house.scope():
        head = bus.head()
        wanted = Event.objects.filter(type="thread.closed").order_by("seq").values_list("seq", flat=True)
        assert sorted(one["seq"] for one in server.events) == list(wanted)
    assert len(server.events) == 45
    assert house.fresh(endpoint).seq == head


def test_a_turn_costs_the_same_few_statements_however_much_there_is(house: House, server: Receiver) -> None:
    def statements(events: int) -> int:
        house.happens(n=events)
        with (
            house.scope(),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            assert take_turn(ROOM).batches
        return len(seen)

    for _ in range(3):
        house.listens(server.url)
    few = statements(2)
    for _ in range(3):
        house.listens(server.url)

    assert statements(300) <= few + 4  # 1,500 deliveries are written by the five hundred
    assert few <= 12


def test_a_tenant_takes_at_most_half_of_the_threads_that_are_free(house: House) -> None:
    for n in range(12):
        house.listens(f"http://127.0.0.1:9/{n}")
    house.happens(n=20)

    def threads(room: Room) -> int:
        with house.scope():
            batches = take_turn(room).batches
            Endpoint.objects.update(leased_until=None)
        return sum(batch.strands for batch in batches)

    assert threads(Room(well=32, suspect=8)) == 4  # all are new, and get one each
    with house.scope():
        Endpoint.objects.update(delivered_at=timezone.now())
    assert threads(Room(well=32, suspect=8)) == 16
    assert threads(Room(well=1, suspect=0)) == 1
    assert threads(Room(well=0, suspect=8)) == 0


def test_paused_it_hears_nothing_and_resumed_it_hears_what_it_missed(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url)
    with house.scope():
        change_endpoint(endpoint=endpoint, by=house.by, is_enabled=False)
    house.happens()
    house.carry()
    assert server.asked == []

    with house.scope():
        change_endpoint(endpoint=endpoint, by=house.by, is_enabled=True)
    house.carry()

    assert server.types == ["thread.closed"]


def test_the_answer_is_kept_as_far_as_people_read_it(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(200, b"\0" + "ä".encode() * 60_000)

    house.happens()
    house.carry()

    [tried] = house.delivery(endpoint).tries
    assert tried | {"at": "", "ms": 0} == {
        "at": "", "status": 200, "ms": 0, "error": None, "answer": "ä" * 1_000,
    }  # fmt: skip


def test_bytes_that_are_signed_are_those_that_are_sent(house: House, server: Receiver) -> None:
    _, secret = house.listens(server.url)

    house.happens(data={"text": "café ✈", "n": 1e-7})
    house.carry()

    [asked] = server.asked
    assert is_signed(asked, secret)
    assert orjson.loads(asked.body)["data"] == {"text": "café ✈", "n": 1e-7}
