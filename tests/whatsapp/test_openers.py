"""What a new chat offers, and the username: read, changed, kept within Meta's limits, never overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from channels_whatsapp.models import Errand, NumberCopy
from channels_whatsapp.operations.numbers import refresh_number
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import SYSTEM
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.reading import find
from tests.whatsapp.conftest import graph

TYPED = {"prompt_0": "Where is my order?", "command_0": "/track", "hint_0": "Track an order"}


@pytest.fixture
def meta(cast: Cast, far_end: FarEnd) -> FarEnd:
    far_end.register(ACME_ACCOUNT, openers={}, links=[], username="")
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    return far_end


@pytest.fixture
def page(cast: Cast, meta: FarEnd, alice_client: Client) -> str:
    address = f"/console/channels/{cast.acme_number.id}/openers/"
    assert "have not been read yet" in words(alice_client.get(address))
    alice_client.post(f"{address}reading/")
    return address


@pytest.fixture
def program(cast: Cast) -> Caller:
    """A program of Acme."""
    return program_of(cast.acme)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def at_meta(meta: FarEnd) -> dict[str, Any]:
    fields = "conversational_automation,username"
    found: dict[str, Any] = graph(meta, "GET", ACME_ACCOUNT, params={"fields": fields}).json()
    return found


def test_texts_and_commands_are_saved_at_meta_and_shown_as_on_a_phone(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    seen = find(r'name="seen" value="([^"]+)"', words(alice_client.get(page)))

    shown = words(alice_client.post(page, {**TYPED, "seen": seen}, follow=True))

    there = at_meta(meta)["conversational_automation"]
    assert there["prompts"] == ["Where is my order?"]
    assert there["commands"] == [{"command_name": "track", "command_description": "Track an order"}]
    assert "New chats with this number show it" in shown
    assert '<b dir="auto">/track</b>' in shown
    live = words(alice_client.post(f"{page}preview/", {"prompt_0": "Just typed"}))
    assert "Just typed" in live


def test_what_others_changed_at_meta_stays_and_a_clash_shows_both(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    seen = find(r'name="seen" value="([^"]+)"', words(alice_client.get(page)))
    said = {"prompts": ["Set elsewhere"]}
    assert graph(meta, "POST", f"{ACME_ACCOUNT}/conversational_automation", json=said).ok

    clash = alice_client.post(page, {**TYPED, "seen": seen})
    again = find(r'name="seen" value="([^"]+)"', words(clash))
    alice_client.post(page, {"prompt_0": "Set elsewhere", "prompt_1": "Mine", "seen": again})

    assert clash.status_code == 422
    assert "changed this to “Set elsewhere” meanwhile" in words(clash)
    assert at_meta(meta)["conversational_automation"]["prompts"] == ["Set elsewhere", "Mine"]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"prompt_0": "x" * 81}, "prompt_0", "at most 80"),
        ({"prompt_0": "Hi 🚲"}, "prompt_0", "no emoji"),
        ({"prompt_0": "Hi", "prompt_1": "hi"}, "prompt_1", "twice"),
        ({"command_0": "x" * 33, "hint_0": "y"}, "command_0", "at most 32"),
        ({"command_0": "x", "hint_0": "y" * 257}, "hint_0", "at most 256"),
        ({"command_0": "x"}, "hint_0", "Say what the command does"),
        ({"hint_0": "y"}, "command_0", "Give the command a name"),
    ],
)
def test_what_meta_would_refuse_is_said_beside_its_field(
    cast: Cast, page: str, alice_client: Client, typed: dict[str, str], field: str, said: str
) -> None:
    answer = alice_client.post(page, typed)

    shown = words(answer)
    assert answer.status_code == 422
    assert said in shown[shown.index(f'id="id_{field}_error"') :][:400]
    with tenant_context(cast.acme.id):
        assert not Errand.objects.filter(what="openers").exists()


def test_a_refusal_keeps_what_was_typed(meta: FarEnd, page: str, alice_client: Client) -> None:
    meta.faults(channel=ACME_ACCOUNT, error_code=190, calls="all", count=1)

    answer = alice_client.post(page, TYPED)

    assert answer.status_code == 422
    assert 'value="Where is my order?"' in words(answer)
    assert "Make a permanent token" in words(answer)


def test_a_program_reads_and_changes_them(cast: Cast, meta: FarEnd, program: Caller) -> None:
    place = f"whatsapp/numbers/{cast.acme_number.id}/openers"
    wanted = {"prompts": ["Book a table"], "commands": [{"name": "menu", "hint": "See the menu"}]}

    before, changed = program.get(place), program.put(place, wanted)

    assert before.data == {"prompts": [], "commands": []}
    assert changed.data == wanted
    assert at_meta(meta)["conversational_automation"]["prompts"] == ["Book a table"]
    meta.faults(channel=ACME_ACCOUNT, error_code=190, calls="all", count=1)
    assert program.put(place, wanted).data["code"] == "provider_failed"


def test_a_username_is_taken_and_given_up(cast: Cast, meta: FarEnd, alice_client: Client) -> None:
    page = f"/console/channels/{cast.acme_number.id}/number/"
    wrong = alice_client.post(f"{page}username/", {"username": "acme.com"})
    taken = words(alice_client.post(f"{page}username/", {"username": "@Acme_Bikes"}, follow=True))

    assert wrong.status_code == 422
    assert "does not follow the rules" in words(wrong)
    assert "@acme_bikes" in taken
    assert at_meta(meta)["username"] == "acme_bikes"
    with tenant_context(cast.acme.id):
        Channel.objects.filter(id=cast.acme_number.id).update(standing={})
    refresh_number(tenant_id=cast.acme.id, channel_id=cast.acme_number.id, by=SYSTEM)
    assert "Give up @acme_bikes?" in words(alice_client.get(f"{page}username/end/"))
    gone = words(alice_client.post(f"{page}username/end/", follow=True))
    assert "The username is given up" in gone
    assert "People find the business as" not in gone
    assert at_meta(meta)["username"] == ""


def test_a_program_takes_a_username_by_the_rules(cast: Cast, meta: FarEnd, program: Caller) -> None:
    place = f"whatsapp/numbers/{cast.acme_number.id}/username"
    assert program.put(place, {"username": "www.acme"}).data["code"] == "validation_failed"
    assert program.put(place, {"username": "acme.bikes"}).data == {
        "username": "acme.bikes",
        "status": "approved",
    }
    assert program.get(place).data["username"] == "acme.bikes"
    assert program.delete(place).data == {"username": "", "status": ""}


def test_agents_and_strangers_see_and_change_nothing(
    cast: Cast, meta: FarEnd, page: str, bob_client: Client, charlie_client: Client
) -> None:
    for client in (bob_client, charlie_client):
        assert client.get(page).status_code == 404
        assert client.post(page, TYPED).status_code == 404
        assert client.post(f"{page}reading/").status_code == 404
    assert at_meta(meta)["conversational_automation"]["prompts"] == []
    with tenant_context(cast.globex.id):
        assert not NumberCopy.objects.exists()
