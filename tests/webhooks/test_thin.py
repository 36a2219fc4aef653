"""Thin events: an endpoint that asks for them gets ids and addresses, and nothing of what people wrote."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve

from common.ids import uuid7
from events.models import Change, Event
from tests.api.caller import BASE as API
from tests.api.caller import Caller
from tests.api.conftest import customer_writes, program_of
from tests.webhooks.conftest import House
from tests.webhooks.receiver import Receiver, is_signed, saying
from webhooks.envelopes import MAX_BYTES
from webhooks.models import Endpoint
from webhooks.operations.endpoints import change_endpoint
from webhooks.thin import PLACES, thin_data

pytestmark = pytest.mark.django_db

WORDS = "My card is gone"
CONSOLE = "/console/webhooks/"


@pytest.fixture
def program(house: House) -> Caller:
    return program_of(house.cast.acme)


def path_of(url: str) -> tuple[str, dict[str, Any]]:
    """An address of the API as a caller takes it."""
    parts = urlsplit(url)
    return parts.path.removeprefix(API), dict(pair.split("=") for pair in parts.query.split("&") if pair)


def test_a_customers_message_comes_as_ids_in_the_same_envelope(house: House, servers: Any) -> None:
    full, thin = servers(), servers()
    house.listens(full.url, "message.received")
    endpoint, secret = house.listens(thin.url, "message.received", event_format="thin")

    message = customer_writes(house.cast.acme_number, WORDS, name="Ada Tester")
    house.carry()

    [asked], [whole] = thin.asked, full.events
    assert is_signed(asked, secret)
    said = asked.json
    here = "http://" + urlsplit(said["data"]["url"]).netloc
    assert said == whole | {
        "data": {
            "object": {
                "type": "message", "id": str(message.id), "url": f"{here}/api/v1/messages/{message.id}",
            },
            "thread_id": str(message.thread_id),
            "customer_id": str(message.thread.customer_id),
            "url": f"{here}/api/v1/events?after={said['seq'] - 1}&limit=1",
        },
        "actor": whole["actor"] | {"name": ""},
    }  # fmt: skip
    assert whole["actor"]["name"] == "Ada Tester"
    assert b"Ada" not in asked.body
    assert b"card" not in asked.body
    assert house.states(endpoint) == ["delivered"]


def test_its_addresses_lead_to_the_thing_and_to_the_whole_event(
    house: House, server: Receiver, program: Caller
) -> None:
    house.listens(server.url, "message.received", event_format="thin")
    message = customer_writes(house.cast.acme_number, WORDS)
    house.carry()

    [said] = server.events
    thing, _ = path_of(said["data"]["object"]["url"])
    log, query = path_of(said["data"]["url"])

    assert program.get(thing).data["id"] == str(message.id)
    [event] = program.get(log, **query).data["data"]
    assert (event["id"], event["data"]["message"]["text"]) == (said["id"], WORDS)


def test_the_api_shows_a_thing_of_each_kind_that_has_an_address() -> None:
    for place in PLACES.values():
        assert "GET" in resolve(f"{API}{place}/{uuid4()}").func.view_class.scopes  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "data", "thing"),
    [
        ("message.sent", {"message_id": "0190a0c4-0000-7000-8000-000000000001"}, "messages/0190"),
        ("webhook_endpoint.disabled", {"endpoint": {"id": str(uuid7())}}, "webhook_endpoints/"),
        ("note.added", {"note": {"id": str(uuid7()), "text": WORDS}}, None),
    ],
)
def test_the_thing_is_found_by_the_noun_of_the_type(
    house: House, kind: str, data: Any, thing: str | None
) -> None:
    with house.scope():
        found = thin_data(Event(seq=7, type=kind, data=data), "https://here/api/v1", None)["object"]

    assert found is not None
    assert found["type"] == kind.partition(".")[0]
    assert (found["url"] or "").startswith(f"https://here/api/v1/{thing}" if thing else "")
    assert bool(found["url"]) is bool(thing)


@pytest.mark.parametrize(
    "data", [{}, {"odd": "Ada"}, {"odd_id": WORDS}, {"odd": {"id": WORDS}}, {"odd": {"id": None}}]
)
def test_what_is_no_id_is_never_passed_on(house: House, data: Any) -> None:
    with house.scope():
        assert thin_data(Event(seq=7, type="odd.happened", data=data), "", None)["object"] is None


def test_however_large_an_event_is_its_thin_one_is_whole(house: House, server: Receiver) -> None:
    house.listens(server.url, event_format="thin")

    house.happens(data={"text": "é" * MAX_BYTES})
    house.carry()

    [said] = server.events
    assert said["is_reference"] is False
    assert len(server.asked[0].body) < 1_000


def test_what_waits_leaves_in_the_format_that_is_asked_for_then(house: House, server: Receiver) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(500)
    house.happens(data={"text": WORDS})
    house.carry()

    with house.scope():
        change_endpoint(endpoint=endpoint, by=house.by, event_format="thin")
    house.later(hours=1)
    house.carry()

    before, after = (one.body.decode() for one in server.asked)
    assert WORDS in before
    assert WORDS not in after


def test_a_sample_comes_in_that_format_too(house: House, server: Receiver, program: Caller) -> None:
    endpoint, _ = house.listens(server.url, description="Orders", event_format="thin")

    assert program.post(f"webhook_endpoints/{endpoint.id}/test", {}).data["status"] == 200

    [said] = server.events
    assert said["data"]["object"]["id"] == str(endpoint.id)
    assert said["data"]["url"] is None
    assert "Orders" not in server.asked[0].body.decode()
    assert program.get(path_of(said["data"]["object"]["url"])[0]).status == 200


# ---------------------------------------------------------------- choosing it


def test_programs_choose_it_and_go_back(house: House, program: Caller) -> None:
    shop = {"url": "https://shop.example/hooks"}
    assert program.post("webhook_endpoints", shop).data["format"] == "full"
    made = program.post("webhook_endpoints", shop | {"format": "thin"}).data
    one = f"webhook_endpoints/{made['id']}"

    assert made["format"] == "thin"
    assert program.patch(one, {"description": "Shop"}).data["format"] == "thin"
    assert program.patch(one, {"format": "full"}).data["format"] == "full"
    wrong = program.patch(one, {"format": "slim"})
    assert (wrong.status, wrong.data["errors"][0]["pointer"]) == (400, "/format")
    with house.scope():
        last = Change.objects.filter(action="webhook_endpoint.changed").latest("id")
        assert (last.before, last.after) == ({"event_format": "thin"}, {"event_format": "full"})


def test_an_admin_chooses_it_in_the_console(house: House, server: Receiver, alice_client: Client) -> None:
    said = {"url": server.url, "description": "Orders", "format": "thin"}
    assert "Only references" in alice_client.get(f"{CONSOLE}new/").content.decode()

    page = alice_client.post(f"{CONSOLE}new/", said, follow=True).content.decode()
    assert "Only references" in page
    house.happens(data={"text": WORDS})
    house.carry()

    with house.scope():
        endpoint = Endpoint.objects.get()
    one = f"{CONSOLE}{endpoint.id}/"
    row = house.delivery(endpoint)
    assert WORDS not in alice_client.get(f"{one}deliveries/{row.id}/").content.decode()
    assert 'value="thin"' in alice_client.get(f"{one}change/").content.decode()
    del said["format"]  # a page that was open before there was this choice
    alice_client.post(f"{one}change/", said | {"description": "Till"})
    assert house.fresh(endpoint).event_format == "thin"
    alice_client.post(f"{one}change/", said | {"format": "full"})
    assert house.fresh(endpoint).event_format == "full"


def test_code_from_before_adds_endpoints_that_get_everything() -> None:
    """It names no format, so the database does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_default FROM information_schema.columns"
            " WHERE table_name = 'webhooks_endpoint' AND column_name = 'event_format'"
        )
        assert cursor.fetchone()[0].startswith("'full'")
