"""Macros: several steps at once, all or none, and one undo."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Customer
from events.models import Event
from inbox.models import Delivery, MacroRun, Message, Note, Thread
from inbox.operations.authors import Author
from inbox.operations.reply import reply
from inbox.operations.threads import assign_thread, label_thread
from tenants.operations.teams import create_team
from tests.api.caller import Answer, Caller
from tests.cast import Cast

STEPS = {
    "reply": "Dear {{customer.first_name}}, it is done. {{agent.name}}",
    "note": "Done for {{customer.name}}",
    "add_labels": ["card", "done"],
    "assign": {"to": "me"},
    "priority": "low",
    "close": True,
}


@pytest.fixture
def macro(bob_calls: Caller) -> str:
    key: str = make(bob_calls, "Done", STEPS).data["id"]
    return key


def make(caller: Caller, name: str, steps: dict[str, Any], **said: Any) -> Answer:
    return caller.post("macros", {"name": name, "steps": steps, **said})


def run(caller: Caller, thread: Thread, macro: str, **said: Any) -> Answer:
    return caller.post(f"threads/{thread.id}/macro_runs", {"macro_id": macro, **said})


def state(caller: Caller, thread: Thread) -> tuple[Any, ...]:
    row = caller.get(f"threads/{thread.id}").data
    return row["status"], row["labels"], row["assignee_id"], row["priority"]


def test_a_macro_does_every_step_and_one_undo_puts_all_of_it_back(
    cast: Cast, bob_calls: Caller, charlie_calls: Caller, thread: Thread, macro: str
) -> None:
    with tenant_context(cast.acme.id):
        label_thread(thread=thread, labels=["vip"], by=Author.of(cast.alice))

    made = run(bob_calls, thread, macro, client_ref="m1", hold_s=10)

    assert state(bob_calls, thread) == ("closed", ["vip", "card", "done"], str(cast.bob.id), "low")
    message = bob_calls.get(f"messages/{made.data['message_id']}").data
    assert (message["text"], message["status"]) == ("Dear Ada, it is done. Bob", "queued")
    with tenant_context(cast.acme.id):
        assert Note.objects.get().text == "Done for Ada Tester"
        assert Delivery.objects.get().due_at > timezone.now()
    assert run(bob_calls, thread, macro, client_ref="m1").data["id"] == made.data["id"]
    assert charlie_calls.post(f"macro_runs/{made.data['id']}/undo").status == 404
    assert run(charlie_calls, thread, macro).status == 404

    undone = bob_calls.post(f"macro_runs/{made.data['id']}/undo").data

    assert undone["reply_left"] is False
    assert state(bob_calls, thread) == ("open", ["vip"], None, "none")
    with tenant_context(cast.acme.id):
        assert (Note.objects.count(), Message.objects.get(id=message["id"]).status) == (0, "cancelled")
        assert Event.objects.get(type="note.removed").data["note_id"] == made.data["note_id"]
    assert bob_calls.post(f"macro_runs/{made.data['id']}/undo").data["undone_at"] == undone["undone_at"]


def test_an_undo_leaves_what_others_changed_since_and_says_that_the_reply_has_left(
    cast: Cast, bob_calls: Caller, thread: Thread, macro: str
) -> None:
    made = run(bob_calls, thread, macro).data
    with tenant_context(cast.acme.id):
        assign_thread(thread=thread, assignee=cast.alice, team=None, by=Author.of(cast.alice))
        Delivery.objects.update(state="sent")

    undone = bob_calls.post(f"macro_runs/{made['id']}/undo").data

    assert undone["reply_left"] is True
    assert state(bob_calls, thread) == ("open", [], str(cast.alice.id), "none")


def test_when_one_step_cannot_be_done_none_is(
    cast: Cast, bob_calls: Caller, program: Caller, thread: Thread, macro: str
) -> None:
    unknown = make(bob_calls, "Gap", {**STEPS, "reply": "Your branch is {{customer.branch}}"}).data["id"]
    shared = make(program, "Noted", {"note": "Hello", "close": True}).data["id"]
    with tenant_context(cast.acme.id):
        label_thread(thread=thread, labels=["vip"], by=Author.of(cast.alice))
        reply(thread=thread, by=Author.of(cast.alice), client_ref="a", text="I am on it")
        first = Message.objects.order_by("id").first()
    before = state(bob_calls, thread)

    gap = run(bob_calls, thread, unknown)
    assert (gap.code, gap.pointers) == ("refused", ["/texts/reply"])
    assert run(bob_calls, thread, unknown, texts={"note": "x"}).code == "refused"
    assert first
    assert run(bob_calls, thread, macro, seen_message_id=str(first.id)).code == "answered_meanwhile"
    assert run(program, thread, shared).code == "conflict"
    assert run(program, thread, macro).code == "validation_failed"

    assert state(bob_calls, thread) == before
    with tenant_context(cast.acme.id):
        assert (MacroRun.objects.count(), Note.objects.count()) == (0, 0)
        Customer.objects.update(attributes={"branch": "Leeds"})
    assert run(bob_calls, thread, unknown, texts={"reply": "It is {{customer.branch}}!"}).status == 201
    with tenant_context(cast.acme.id):
        assert Message.objects.get(text="It is Leeds!").author_id == cast.bob.id


def test_shared_macros_are_everybodys_and_own_ones_their_owners(
    alice_calls: Caller, bob_calls: Caller, charlie_calls: Caller, macro: str
) -> None:
    shared = make(alice_calls, "Shared", {"snooze": {"hours": 3}}, is_shared=True).data["id"]

    def names(caller: Caller) -> list[str]:
        return [one["name"] for one in caller.get("macros").data["data"]]

    assert (names(bob_calls), names(alice_calls), names(charlie_calls)) == (
        ["Done", "Shared"],
        ["Shared"],
        [],
    )
    assert make(bob_calls, "X", {"close": True}, is_shared=True).code == "forbidden"
    assert make(bob_calls, "Done", {"close": True}).code == "conflict"
    assert bob_calls.patch(f"macros/{shared}", {"name": "Mine"}).status == 404
    assert bob_calls.patch(f"macros/{macro}", {"steps": {"close": True}}).data["steps"] == {"close": True}
    for caller in (charlie_calls, alice_calls):
        assert caller.delete(f"macros/{macro}").status == 404
    assert bob_calls.delete(f"macros/{macro}").status == 204


def test_steps_that_make_no_sense_are_refused(cast: Cast, bob_calls: Caller) -> None:
    nobody = {"to": "member", "id": str(cast.charlie.id)}
    with tenant_context(cast.acme.id):
        team = create_team(name="Fraud", members=[])
    wrong: dict[str, dict[str, Any]] = {
        "/steps": {"reply": "  "},
        "/steps/close": {"close": True, "snooze": {"hours": 1}},
        "/steps/assign": {"assign": nobody},
        "/steps/priority": {"priority": "soon"},
        "/steps/snooze/hours": {"snooze": {"hours": 0}},
    }
    for pointer, steps in wrong.items():
        assert make(bob_calls, "Wrong", steps).pointers == [pointer], steps
    assert make(bob_calls, "Right", {"assign": {"to": "team", "id": str(team.id)}}).status == 201
