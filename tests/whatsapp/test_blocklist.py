"""Meta's block list held against ours: who is blocked on one side only is named, then blocked on both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from inbox.models import Reach
from inbox.operations.blocks import tell_blocks
from tests import hooks
from tests.api.caller import Caller
from tests.api.conftest import customer_writes, program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph

BEA, CAL = "447700900124", "447700900125"


@pytest.fixture
def program(cast: Cast) -> Caller:
    return program_of(cast.acme)


@pytest.fixture
def page(cast: Cast, provider: FarEnd) -> Iterator[str]:
    """Ada wrote to both sides, Bea and Cal to Meta's alone; the provider remembers longer than a test."""
    for phone in (hooks.PHONE, BEA, CAL):
        provider.write(ACME_ACCOUNT, phone, text="Hello")
    yield f"/console/channels/{cast.acme_number.id}/blocked/"
    at_meta(provider, "DELETE", hooks.PHONE, BEA, CAL)


def at_meta(provider: FarEnd, method: str, *phones: str) -> None:
    people = [{"user": phone} for phone in phones]
    body = {"messaging_product": "whatsapp", "block_users": people}
    graph(provider, method, f"{ACME_ACCOUNT}/block_users", json=body)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_both_lists_are_held_against_each_other_and_brought_into_line(
    cast: Cast, provider: FarEnd, page: str, alice_client: Client, program: Caller
) -> None:
    ada = customer_writes(cast.acme_number, "Hello", name="Ada Here", from_user_id=None).thread
    bea = customer_writes(
        cast.acme_number, "Hello", phone=BEA, name="Bea There", message_id="wamid.BEA", from_user_id=None
    ).thread
    program.put(f"customers/{ada.customer_id}/blocks/{cast.acme_number.id}")
    tell_blocks()
    at_meta(provider, "DELETE", hooks.PHONE)
    at_meta(provider, "POST", BEA, CAL)
    assert "has not been read yet" in words(alice_client.get(page))

    shown = words(alice_client.post(f"{page}reading/", follow=True))
    found = program.get(f"whatsapp/numbers/{cast.acme_number.id}/blocked").data

    assert "2 people are blocked at Meta. 1 of them has never written to your team." in shown
    assert (found["count"], found["unknown"], found["there_count"], found["here_count"]) == (2, 1, 1, 1)
    assert [one["id"] for one in found["there"]] == [str(bea.customer_id)]
    assert [one["id"] for one in found["here"]] == [str(ada.customer_id)]

    aligned = words(alice_client.post(f"{page}alignment/", follow=True))
    told = tell_blocks()
    again = program.get(f"whatsapp/numbers/{cast.acme_number.id}/blocked").data

    assert "Meta is told again of the others" in aligned
    assert told == 1  # of Ada; Meta knows of Bea
    assert (again["count"], again["there_count"], again["here_count"]) == (3, 0, 0)
    assert "Both lists name the same people" in words(alice_client.get(page))
    with tenant_context(cast.acme.id):
        assert Reach.objects.filter(blocked=True, address__customer=bea.customer_id).exists()


def test_a_refusal_changes_nothing_and_says_what_to_do(
    cast: Cast, provider: FarEnd, page: str, alice_client: Client, program: Caller
) -> None:
    at_meta(provider, "POST", BEA)
    provider.faults(channel=ACME_ACCOUNT, error_code=190, calls="all", count=2)

    shown = words(alice_client.post(f"{page}alignment/", follow=True))

    assert "Make a permanent token" in shown
    refused = program.put(f"whatsapp/numbers/{cast.acme_number.id}/blocked")
    assert refused.data["code"] == "provider_failed"
    with tenant_context(cast.acme.id):
        assert not Reach.objects.filter(blocked=True).exists()


def test_agents_and_strangers_see_and_change_nothing(
    cast: Cast, page: str, bob_client: Client, charlie_client: Client
) -> None:
    for client in (bob_client, charlie_client):
        assert client.get(page).status_code == 404
        assert client.post(f"{page}reading/").status_code == 404
        assert client.post(f"{page}alignment/").status_code == 404
