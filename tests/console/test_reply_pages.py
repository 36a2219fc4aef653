"""The console's pages of saved replies: everybody's, which admins keep, and one's own."""

from __future__ import annotations

from django.test import Client

from common.tenancy import tenant_context
from inbox.models import SavedReply
from inbox.operations.saved_replies import change_saved_reply
from tests.cast import Cast

TEXT = "Dear {{customer.first_name}}, it is on its way."


def replies(cast: Cast) -> list[tuple[str, str, bool]]:
    with tenant_context(cast.acme.id):
        rows = SavedReply.objects.order_by("name")
        return [(row.name, row.text, row.owner_id is None) for row in rows]


def test_an_admin_makes_changes_and_deletes_one_for_everybody(
    cast: Cast, alice_client: Client, bob_client: Client
) -> None:
    assert "No saved replies yet" in alice_client.get("/console/replies/").content.decode()
    made = alice_client.post("/console/replies/new/", {"name": "Card", "text": TEXT, "is_shared": "on"})
    assert made["Location"] == "/console/replies/"
    assert replies(cast) == [("Card", TEXT, True)]
    with tenant_context(cast.acme.id):
        address = f"/console/replies/{SavedReply.objects.get().id}/"

    seen_by_bob = bob_client.get("/console/replies/").content.decode()
    assert "Card" in seen_by_bob
    assert address not in seen_by_bob
    alice_client.post(address, {"name": "Card", "text": "Changed"})
    assert replies(cast) == [("Card", "Changed", True)]
    alice_client.post(f"{address}deletion/")
    assert replies(cast) == []


def test_an_agent_keeps_their_own_and_cannot_make_one_for_everybody(
    cast: Cast, bob_client: Client, alice_client: Client, charlie_client: Client
) -> None:
    assert "For everybody" not in bob_client.get("/console/replies/new/").content.decode()
    bob_client.post("/console/replies/new/", {"name": "Mine", "text": "Hi", "is_shared": "on"})

    assert replies(cast) == [("Mine", "Hi", False)]
    for other in (alice_client, charlie_client):
        assert "Mine" not in other.get("/console/replies/").content.decode()
    again = bob_client.post("/console/replies/new/", {"name": "Mine", "text": "Other"})
    assert (again.status_code, "with this name already" in again.content.decode()) == (422, True)


def test_breaks_of_lines_count_once_and_change_nothing_by_themselves(
    cast: Cast, alice_client: Client
) -> None:
    """A browser sends each as two characters."""
    long = "\n".join(["x" * 9] * 409)  # 4,089 characters, of which 408 are breaks
    alice_client.post("/console/replies/new/", {"name": "Long", "text": long.replace("\n", "\r\n")})
    assert replies(cast) == [("Long", long, False)]
    with tenant_context(cast.acme.id):
        row = SavedReply.objects.get()
    address = f"/console/replies/{row.id}/"
    shown = alice_client.get(address)
    with tenant_context(cast.acme.id):
        change_saved_reply(reply=row, text="New words\nby a colleague")

    typed = {
        "name": "Longer",
        "text": long.replace("\n", "\r\n"),
        "seen": shown.context["form"]["seen"].value(),
    }
    saved = alice_client.post(address, typed)

    assert saved.status_code == 302
    assert replies(cast) == [("Longer", "New words\nby a colleague", False)]
