"""Groups of a number: made, changed, who is in them and who asks; the provider is the simulator."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests
from django.test import Client
from PIL import Image

from channels_whatsapp.models import Errand, Group
from common.tenancy import tenant_context
from customers.models import Address, Customer
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph
from tests.whatsapp.test_profile import picture

OMAR, BEA = "447700900145", "447700900146"


@pytest.fixture
def program(cast: Cast) -> Caller:
    return program_of(cast.acme)


@pytest.fixture
def page(cast: Cast, provider: FarEnd) -> str:
    for one in at_meta(provider):
        graph(provider, "DELETE", one["id"])
    return f"/console/channels/{cast.acme_number.id}/groups/"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def at_meta(provider: FarEnd) -> list[dict[str, str]]:
    found: list[dict[str, str]] = graph(provider, "GET", f"{ACME_ACCOUNT}/groups").json()["data"]["groups"]
    return found


def joins(provider: FarEnd, group_id: str, *people: str) -> None:
    for one in people:
        provider._call("POST", f"/control/groups/{group_id}/members", {"from": one})


def made(cast: Cast, provider: FarEnd, page: str, client: Client, **typed: str) -> tuple[Group, str]:
    """A group made on the page, and its own page."""
    client.post(page, {"subject": "Harbour tour", **typed})
    client.post(f"{page}reading/")
    with tenant_context(cast.acme.id):
        row = Group.objects.get(is_gone=False)
    return row, f"{page}{row.id}/"


def test_a_group_is_made_renamed_and_deleted(
    cast: Cast, provider: FarEnd, page: str, alice_client: Client
) -> None:
    assert "No groups are known" in words(alice_client.get(page))
    _, one = made(cast, provider, page, alice_client, description="We meet at pier 4")

    assert [found["subject"] for found in at_meta(provider)] == ["Harbour tour"]
    assert "The group has not been read yet" in words(alice_client.get(one))
    shown = words(alice_client.post(f"{one}reading/", follow=True))
    assert "Nobody has joined yet" in shown
    assert "https://chat.whatsapp.com/" in shown
    assert "We meet at pier 4" in shown
    alice_client.post(one, {"subject": "Harbour <b>walk</b>", "description": ""})
    alice_client.post(f"{one}reading/")
    assert "Harbour &lt;b&gt;walk&lt;/b&gt;" in words(alice_client.get(one))
    assert "leads nowhere" in words(alice_client.get(f"{one}deletion/"))
    alice_client.post(f"{one}deletion/")
    assert at_meta(provider) == []
    assert alice_client.get(one).status_code == 404


def test_who_asks_is_let_in_or_turned_away_and_who_is_in_may_be_taken_out(
    cast: Cast, provider: FarEnd, page: str, alice_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        omar = Customer.objects.create(name="Omar Sample")
        Address.objects.create(customer=omar, kind="phone", value=f"+{OMAR}")
    row, one = made(cast, provider, page, alice_client, needs_approval="on")
    joins(provider, row.group_id, OMAR, BEA)
    asking = words(alice_client.post(f"{one}reading/", follow=True))
    with tenant_context(cast.acme.id):
        row.refresh_from_db()
    requests = {found["person"]: found["id"] for found in row.requests}

    assert "Omar Sample" in asking
    assert f"+{BEA}" in asking
    said = words(
        alice_client.post(f"{one}answer/", {"request": requests[f"+{OMAR}"], "lets_in": "1"}, follow=True)
    )
    assert "This person is let in" in said
    alice_client.post(f"{one}answer/", {"request": requests[f"+{BEA}"]})
    with tenant_context(cast.acme.id):
        row.refresh_from_db()
    assert (row.people, row.requests) == ([f"+{OMAR}"], [])
    again = words(alice_client.post(f"{one}answer/", {"request": requests[f"+{BEA}"]}, follow=True))
    assert "no longer asks to join" in again
    alice_client.post(f"{one}removal/", {"person": f"+{OMAR}"})
    alice_client.post(f"{one}reading/")
    with tenant_context(cast.acme.id):
        row.refresh_from_db()
    assert row.people == []


def test_the_invite_link_is_made_anew(cast: Cast, provider: FarEnd, page: str, alice_client: Client) -> None:
    row, one = made(cast, provider, page, alice_client)
    alice_client.post(f"{one}reading/")
    with tenant_context(cast.acme.id):
        row.refresh_from_db()
    before = row.invite_link

    shown = words(alice_client.post(f"{one}link/", follow=True))

    assert before not in shown
    assert graph(provider, "GET", f"{row.group_id}/invite_link").json()["invite_link"] in shown


def test_a_new_picture_reaches_the_group(
    cast: Cast, provider: FarEnd, page: str, alice_client: Client
) -> None:
    row, one = made(cast, provider, page, alice_client)
    typed = {"subject": "Harbour tour", "description": ""}

    wrong = alice_client.post(one, {**typed, "picture": picture((300, 200))})
    alice_client.post(one, {**typed, "picture": picture()})

    assert "square" in words(wrong)
    listed = provider._call("GET", f"/control/groups?channel={ACME_ACCOUNT}")["data"]
    shown = next(group["picture"] for group in listed if group["id"] == row.group_id)
    drawn = requests.get(f"{provider.url}{shown}", timeout=10)
    with Image.open(io.BytesIO(drawn.content)) as found:
        assert (found.format, found.size) == ("JPEG", (640, 640))


def test_a_number_that_may_have_no_groups_is_told_so_and_nothing_typed_is_lost(
    cast: Cast, provider: FarEnd, page: str, alice_client: Client
) -> None:
    provider.register(ACME_ACCOUNT, groups=False)
    try:
        answer = alice_client.post(page, {"subject": "Harbour tour"})
    finally:
        provider.register(ACME_ACCOUNT, groups=True)

    assert answer.status_code == 422
    assert 'value="Harbour tour"' in words(answer)
    with tenant_context(cast.acme.id):
        assert Errand.objects.latest("id").code == "131215"


@pytest.mark.parametrize(
    "typed", [{"subject": ""}, {"subject": "x" * 129}, {"subject": "x", "description": "y" * 2_049}]
)
def test_what_meta_would_refuse_is_not_asked(
    cast: Cast, page: str, alice_client: Client, typed: dict[str, str]
) -> None:
    assert alice_client.post(page, typed).status_code == 422
    with tenant_context(cast.acme.id):
        assert not Errand.objects.exists()


def test_a_program_has_groups_too(cast: Cast, provider: FarEnd, page: str, program: Caller) -> None:
    place = f"whatsapp/numbers/{cast.acme_number.id}/groups"
    assert program.post(place, {"subject": "Harbour tour", "needs_approval": True}).status == 202
    (group,) = program.get(place).data["data"]
    one = f"{place}/{group['id']}"
    joins(provider, group["group_id"], OMAR)

    asking = program.get(one).data["requests"]
    assert [found["person"] for found in asking] == [f"+{OMAR}"]
    let_in = program.put(f"{one}/requests", {"request": asking[0]["id"], "lets_in": True}).data
    assert let_in["people"] == [f"+{OMAR}"]
    assert program.put(f"{one}/invite_link").data["invite_link"] != group["invite_link"]
    program.patch(one, {"subject": "Harbour walk"})
    assert program.get(one).data["subject"] == "Harbour walk"
    program.delete(f"{one}/people/%2B{OMAR}")
    assert program.get(one).data["people"] == []
    assert program.delete(one).status == 200
    assert program.get(one).status == 404
    assert at_meta(provider) == []


def test_agents_and_strangers_see_and_change_nothing(
    cast: Cast, provider: FarEnd, page: str, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    _, one = made(cast, provider, page, alice_client)
    for client in (bob_client, charlie_client):
        assert client.get(page).status_code == 404
        assert client.get(one).status_code == 404
        for what in ("reading", "link", "removal", "answer", "deletion"):
            assert client.post(f"{one}{what}/", {"person": "x", "request": "x"}).status_code == 404
    assert len(at_meta(provider)) == 1
    with tenant_context(cast.globex.id):
        assert not Group.objects.exists()
