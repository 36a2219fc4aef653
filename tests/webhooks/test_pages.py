"""Webhooks in the console: the list, an endpoint and its log, one delivery."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.reading import find
from tests.webhooks.conftest import House
from tests.webhooks.receiver import Receiver, is_signed, saying
from webhooks.operations.outcomes import GAPS

pytestmark = pytest.mark.django_db

BASE = "/console/webhooks/"


def shown(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_admin_adds_a_server_and_copies_its_secret_this_once(
    house: House, server: Receiver, alice_client: Client
) -> None:
    assert "No endpoint yet" in shown(alice_client, BASE)
    said = {"url": server.url, "description": "Orders", "groups": ["thread.*"], "others": "message.received"}

    page = alice_client.post(f"{BASE}new/", said, follow=True).content.decode()
    secret = find(r">(whsec_[^<]+)<", page)
    one = find(rf'href="({BASE}[0-9a-f-]+/)change/"', page)

    assert secret not in shown(alice_client, one)
    assert "Orders" in shown(alice_client, BASE)
    assert re.search(r"message\.received</bdi>, Conversations", shown(alice_client, BASE))
    house.happens()
    house.carry()
    assert is_signed(server.asked[0], secret)
    assert "Delivered" in shown(alice_client, one)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"url": "shop"}, "This is not an address"),
        ({"url": "https://a.example", "others": "What?"}, "no type of events"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    house: House, alice_client: Client, said: dict[str, Any], words: str
) -> None:
    answer = alice_client.post(f"{BASE}new/", {"description": "Orders", **said})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert 'value="Orders"' in page


def test_it_is_changed_paused_resumed_and_taken_away(
    house: House, server: Receiver, alice_client: Client
) -> None:
    endpoint, _ = house.listens(server.url)
    one = f"{BASE}{endpoint.id}/"

    changed = alice_client.post(f"{one}change/", {"url": server.url, "description": "Till"}, follow=True)
    assert "Till" in changed.content.decode()
    assert "Paused" in alice_client.post(f"{one}pause/", follow=True).content.decode()
    assert "Paused" not in alice_client.post(f"{one}return/", follow=True).content.decode()
    secret = find(r">(whsec_[^<]+)<", alice_client.post(f"{one}secret/", follow=True).content.decode())
    assert secret
    assert "Remove “Till”?" in shown(alice_client, f"{one}deletion/")
    assert "No endpoint yet" in alice_client.post(f"{one}deletion/", follow=True).content.decode()
    assert alice_client.get(one).status_code == 404


def test_one_that_was_switched_off_says_why_and_since_when(
    house: House, server: Receiver, alice_client: Client
) -> None:
    endpoint, _ = house.listens(server.url)
    server.answer = saying(410)
    house.happens()
    house.carry()

    page = shown(alice_client, f"{BASE}{endpoint.id}/")

    assert "It answered 410" in page
    assert "Off since" in page
    assert "Switched off" in shown(alice_client, BASE)


def test_a_sample_says_what_came_back(house: House, server: Receiver, alice_client: Client) -> None:
    endpoint, _ = house.listens(server.url)
    one = f"{BASE}{endpoint.id}/"

    assert "status 200" in alice_client.post(f"{one}sample/", follow=True).content.decode()
    server.answer = saying(500, b"<b>Out of order</b>")
    page = alice_client.post(f"{one}sample/", follow=True).content.decode()

    assert "status 500" in page
    assert "&lt;b&gt;Out of order" in page


def test_the_log_shows_each_answer_and_delivers_again(
    house: House, server: Receiver, alice_client: Client
) -> None:
    endpoint, _ = house.listens(server.url)
    one = f"{BASE}{endpoint.id}/"
    server.answer = saying(404, b"Who are you?")
    house.happens()
    house.carry()
    row = house.delivery(endpoint)
    delivery = f"{one}deliveries/{row.id}/"

    assert "404" in shown(alice_client, one, state="waiting", type="thread.*")
    assert "None of these" in shown(alice_client, one, state="delivered")
    assert "thread.closed" in shown(alice_client, one, state="odd", after="x")
    page = shown(alice_client, delivery)
    assert "Who are you?" in page
    assert str(row.event_id) in page
    assert "&quot;seq&quot;" in page

    server.answer = saying(200)
    assert (
        "1 event is delivered again." in alice_client.post(f"{delivery}replay/", follow=True).content.decode()
    )
    house.later(hours=1)
    house.carry()
    assert house.states(endpoint) == ["delivered"]


def test_all_that_was_given_up_comes_again(house: House, server: Receiver, alice_client: Client) -> None:
    endpoint, _ = house.listens(server.url)
    one = f"{BASE}{endpoint.id}/"
    server.answer = saying(404)
    house.happens()
    for gap in (*GAPS, timedelta()):
        house.carry()
        house.later(seconds=gap.total_seconds() * 1.1)
    assert house.states(endpoint) == ["failed"]

    assert "Deliver all given up again" in shown(alice_client, one)
    alice_client.post(f"{one}replay/")

    assert house.states(endpoint) == ["waiting"]


def test_agents_and_strangers_find_no_such_page(
    house: House, server: Receiver, bob_client: Client, charlie_client: Client
) -> None:
    endpoint, _ = house.listens(server.url)
    house.happens()
    house.carry()
    one = f"{BASE}{endpoint.id}/"
    delivery = f"{one}deliveries/{house.delivery(endpoint).id}/"

    assert bob_client.get(BASE).status_code == 404
    for client in (bob_client, charlie_client):
        for path in (one, f"{one}change/", f"{one}deletion/", delivery):
            assert client.get(path).status_code == 404
        for deed in ("secret", "sample", "pause", "return", "deletion", "replay"):
            assert client.post(f"{one}{deed}/").status_code == 404
        assert client.post(f"{delivery}replay/").status_code == 404
    assert house.fresh(endpoint).is_enabled
