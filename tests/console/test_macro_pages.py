"""The console's pages of macros: everybody's, which admins keep, and one's own."""

from __future__ import annotations

from typing import Any

from django.test import Client

from common.tenancy import tenant_context
from inbox.models import Macro
from inbox.operations.macros import create_macro
from tests.cast import Cast


def macros(cast: Cast) -> dict[str, Any]:
    with tenant_context(cast.acme.id):
        return {row.name: row.steps for row in Macro.objects.order_by("name")}


def test_an_admin_makes_changes_and_deletes_one_for_everybody(
    cast: Cast, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    assert "No macros yet" in alice_client.get("/console/macros/").content.decode()
    typed = {
        "name": "Card sent", "reply": "Dear {{customer.first_name}}", "labels": "card, sent",
        "assign": f"member:{cast.bob.id}", "priority": "low", "ending": "hours", "hours": "3",
        "is_shared": "on",
    }  # fmt: skip

    made = alice_client.post("/console/macros/new/", typed)

    assert made["Location"] == "/console/macros/"
    steps = {
        "reply": "Dear {{customer.first_name}}", "add_labels": ["card", "sent"], "priority": "low",
        "assign": {"to": "member", "id": str(cast.bob.id)}, "snooze": {"hours": 3},
    }  # fmt: skip
    assert macros(cast) == {"Card sent": steps}
    with tenant_context(cast.acme.id):
        address = f"/console/macros/{Macro.objects.get().id}/"
    shown = alice_client.get(address).content.decode()
    assert 'value="card, sent"' in shown
    assert "Card sent" in bob_client.get("/console/macros/").content.decode()
    for stranger in (bob_client, charlie_client):
        assert stranger.get(address).status_code == stranger.post(f"{address}deletion/").status_code == 404
    alice_client.post(address, {"name": "Card", "ending": "close"})
    assert macros(cast) == {"Card": {"close": True}}
    alice_client.post(f"{address}deletion/")
    assert macros(cast) == {}


def test_a_form_that_says_nothing_or_half_keeps_what_was_typed(cast: Cast, bob_client: Client) -> None:
    nothing = bob_client.post("/console/macros/new/", {"name": "Nothing"})
    half = bob_client.post("/console/macros/new/", {"name": "Half", "ending": "hours"})

    assert (nothing.status_code, half.status_code) == (422, 422)
    assert "Choose at least one thing to do." in nothing.content.decode()
    assert "Say for how many hours." in half.content.decode()
    assert 'value="Half"' in half.content.decode()
    bob_client.post("/console/macros/new/", {"name": "Mine", "note": "Look", "is_shared": "on"})
    with tenant_context(cast.acme.id):
        assert Macro.objects.get().owner_id == cast.bob.id


def test_labels_with_commas_and_many_of_them_outlast_a_new_name(cast: Cast, alice_client: Client) -> None:
    labels = ["Lost, found", *(f"{n:02} {'x' * 57}" for n in range(19))]
    with tenant_context(cast.acme.id):
        address = f"/console/macros/{create_macro(name='Old', steps={'add_labels': labels}, owner=None).id}/"
    shown = ", ".join(labels)
    assert shown in alice_client.get(address).content.decode()

    saved = alice_client.post(address, {"name": "New", "labels": shown})

    assert saved.status_code == 302
    assert macros(cast) == {"New": {"add_labels": labels}}
    alice_client.post(address, {"name": "New", "labels": "Lost, found"})
    assert macros(cast) == {"New": {"add_labels": ["Lost", "found"]}}
