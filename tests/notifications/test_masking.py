"""Values declared personal are hidden from those who need not see them; who reveals them is noted."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from events.models import Event
from notifications.masking import hide, masked_data, masked_message, secrets_of
from notifications.operations import engine
from tests.api.caller import Caller
from tests.api.conftest import alice_calls, bob_calls, program, program_of, stranger  # noqa: F401 - fixtures
from tests.cast import Cast
from tests.notifications.campaigning import a_file, line
from tests.notifications.conftest import ask, make_type, send

VARIABLES: list[dict[str, Any]] = [
    {"name": "first_name", "type": "text", "example": "Amara", "personal": True},
    {"name": "balance", "type": "money", "example": {"amount": 1, "currency": "EUR"}, "personal": True},
    {"name": "shop", "type": "text", "example": "ELEKTRO-24"},
]
DATA = {"first_name": "Ada", "balance": {"amount": 124000, "currency": "EUR"}, "shop": "ELEKTRO-24"}
LOG = "/console/notifications/log/"


def test_every_way_a_personal_value_is_written_is_hidden() -> None:
    secrets = secrets_of(VARIABLES, DATA, ["en", "pt"])

    assert masked_data(VARIABLES, DATA) == {"first_name": "•••", "balance": "•••", "shop": "ELEKTRO-24"}
    assert hide("Ada, € 1,240.00 at ELEKTRO-24", secrets) == "•••, ••• at ELEKTRO-24"
    assert hide({"body": ["Olá Ada", "€ 1.240,00"], "n": 7}, secrets) == {"body": ["Olá •••", "•••"], "n": 7}


def test_the_mark_and_the_ids_of_a_message_stay() -> None:
    message = {"id": "Ada-1", "text": "Hi Ada", "content": {"notification": {"id": "Ada"}, "x": "Ada"}}

    assert masked_message(message, ["Ada"]) == {
        "id": "Ada-1",
        "text": "Hi •••",
        "content": {"notification": {"id": "Ada"}, "x": "•••"},
    }


@pytest.fixture
def run(cast: Cast) -> str:
    """Acme tells Ada of a payment; the message is queued."""
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        [accepted] = send(cast.alice, ask(named))
        engine.take_turn()
        return str(accepted.notification.id)  # type: ignore[union-attr]


@pytest.mark.django_db
def test_the_api_shows_them_to_those_who_may_see_them(
    run: str,
    program: Caller,  # noqa: F811
    bob_calls: Caller,  # noqa: F811
    stranger: Caller,  # noqa: F811
) -> None:
    for calls, name in ((program, "Ada"), (bob_calls, "•••")):
        page = calls.get(f"notifications/{run}").data
        [listed] = calls.get("notifications").data["data"]
        assert page["notification"]["data"]["first_name"] == listed["data"]["first_name"] == name
        assert page["messages"][0]["text"].startswith(f"{name}, was it you who paid € 1,240.00")
        assert page["notification"]["data"]["merchant"] == "ELEKTRO-24"
    assert stranger.get(f"notifications/{run}").status == 404


@pytest.mark.django_db
def test_the_console_hides_them_until_an_admin_looks_which_is_noted(
    run: str,
    cast: Cast,
    alice_client: Client,
    bob_client: Client,
    charlie_client: Client,
) -> None:
    hidden = alice_client.get(f"{LOG}{run}/").content.decode()
    agents = bob_client.get(f"{LOG}{run}/").content.decode()
    shown = alice_client.post(f"{LOG}{run}/reveal/").content.decode()

    assert "•••, was it you" in hidden
    assert "Show personal values" in hidden
    assert "•••, was it you" in agents
    assert "Show personal values" not in agents
    assert "Ada, was it you" in shown
    with tenant_context(cast.acme.id):
        [event] = Event.objects.filter(type="notification_personal.revealed")
        assert (event.actor["name"], event.data["notification_id"]) == ("Alice", run)
        assert "Ada" not in str(event.data)
    assert bob_client.post(f"{LOG}{run}/reveal/").status_code == 404
    assert charlie_client.post(f"{LOG}{run}/reveal/").status_code == 404


@pytest.mark.django_db
def test_a_campaign_hides_them_in_its_samples_its_rows_and_its_csv(
    cast: Cast,
    alice_client: Client,
    bob_client: Client,
    program: Caller,  # noqa: F811
    bob_calls: Caller,  # noqa: F811
) -> None:
    with tenant_context(cast.acme.id):
        campaign = a_file(cast.alice, line())
    one = f"/console/notifications/campaigns/{campaign.id}/"
    manager = program_of(cast.acme, "notifications:read", "notifications:manage")

    for client, name in ((alice_client, "Ada"), (bob_client, "•••")):
        assert f"{name}</span>, was it you who paid" in client.get(one).content.decode()
        [cells] = csv.reader(
            io.StringIO(client.get(f"{one}rows/?format=csv").content.decode()).readlines()[1:]
        )
        assert cells[2:5] == [name, "12.40 EUR", "ELEKTRO-24"]
    for calls, name in ((program, "Ada"), (manager, "•••")):
        assert calls.get(f"campaigns/{campaign.id}/rows").data["data"][0]["data"]["first_name"] == name
        [sample] = calls.get(f"campaigns/{campaign.id}/preview").data["samples"]
        assert sample["rungs"][0]["text"].startswith(f"{name}, was it you")
    assert bob_calls.get(f"campaigns/{campaign.id}/rows").data["data"][0]["data"]["first_name"] == "•••"
