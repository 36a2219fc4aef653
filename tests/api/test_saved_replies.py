"""Saved replies: everybody's and one's own; and whom a note mentions."""

from __future__ import annotations

import pytest

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import SavedReply, Thread
from inbox.operations.saved_replies import change_saved_reply, delete_saved_reply
from tenants.operations.teams import create_team
from tests.api.caller import Caller
from tests.cast import Cast

TEXT = "Dear {{customer.first_name}}, it is on its way."


def names(caller: Caller) -> list[str]:
    return [one["name"] for one in caller.get("saved_replies").data["data"]]


def test_shared_replies_are_everybodys_and_own_ones_their_owners(
    alice_calls: Caller, bob_calls: Caller, charlie_calls: Caller, program: Caller
) -> None:
    shared = alice_calls.post("saved_replies", {"name": "Card", "text": TEXT, "is_shared": True}).data
    own = bob_calls.post("saved_replies", {"name": "Mine", "text": "Hi"}).data
    program.post("saved_replies", {"name": "By program", "text": "Hi"})

    assert (shared["is_shared"], own["is_shared"]) == (True, False)
    assert names(bob_calls) == ["By program", "Card", "Mine"]
    assert names(alice_calls) == names(program) == ["By program", "Card"]
    assert names(charlie_calls) == []


def test_only_who_may_changes_a_reply(alice_calls: Caller, bob_calls: Caller, charlie_calls: Caller) -> None:
    shared = alice_calls.post("saved_replies", {"name": "Card", "text": TEXT, "is_shared": True}).data["id"]
    own = bob_calls.post("saved_replies", {"name": "Mine", "text": "Hi"}).data["id"]

    assert bob_calls.post("saved_replies", {"name": "X", "text": "Y", "is_shared": True}).code == "forbidden"
    assert bob_calls.patch(f"saved_replies/{shared}", {"text": "Mine now"}).code == "not_found"
    assert alice_calls.patch(f"saved_replies/{own}", {"text": "Mine now"}).code == "not_found"
    assert bob_calls.patch(f"saved_replies/{own}", {"text": "Hello"}).data["text"] == "Hello"
    for caller in (charlie_calls, bob_calls):
        assert caller.delete(f"saved_replies/{shared}").code == "not_found"
    alice_calls.delete(f"saved_replies/{shared}")
    assert names(alice_calls) == []


def test_a_name_stands_once_per_owner(alice_calls: Caller, bob_calls: Caller) -> None:
    alice_calls.post("saved_replies", {"name": "Card", "text": TEXT, "is_shared": True})

    again = alice_calls.post("saved_replies", {"name": "Card", "text": "Other", "is_shared": True})

    assert again.code == "conflict"
    assert bob_calls.post("saved_replies", {"name": "Card", "text": "My own words"}).status == 201
    assert bob_calls.post("saved_replies", {"name": " ", "text": "Y"}).code == "validation_failed"


def test_a_note_alerts_the_mentioned_and_nobody_else(
    cast: Cast, alice_calls: Caller, bob_calls: Caller, thread: Thread
) -> None:
    with tenant_context(cast.acme.id):
        team = create_team(name="Fraud", members=[cast.alice, cast.bob])

    note = alice_calls.post(
        f"threads/{thread.id}/notes", {"text": "@Fraud look", "client_ref": "1", "teams": [str(team.id)]}
    ).data

    assert set(note["mentions"]) == {str(cast.alice.id), str(cast.bob.id)}
    with tenant_context(cast.acme.id):
        (event,) = Event.objects.filter(type="member.mentioned")
        assert event.audience == cast.bob.id
        assert event.data == {"thread_id": str(thread.id), "note_id": note["id"], "text": "@Fraud look"}
        assert SavedReply.objects.count() == 0
    assert bob_calls.get("threads", view="mentions").data["data"][0]["id"] == str(thread.id)


def test_two_who_change_a_reply_at_once_lose_nothing_and_bring_none_back(
    cast: Cast, alice_calls: Caller
) -> None:
    alice_calls.post("saved_replies", {"name": "Card", "text": TEXT, "is_shared": True})
    with tenant_context(cast.acme.id):
        one, two = SavedReply.objects.get(), SavedReply.objects.get()
        change_saved_reply(reply=one, name="Card sent")
        changed = change_saved_reply(reply=two, text="It is on its way.")
        assert (changed.name, changed.text) == ("Card sent", "It is on its way.")

        delete_saved_reply(reply=one)
        with pytest.raises(SavedReply.DoesNotExist):
            change_saved_reply(reply=two, name=two.name, text="Back again")
        assert not SavedReply.objects.exists()
