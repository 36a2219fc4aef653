"""Macros: several steps at once, all or none, and one undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Customer
from events.models import Event
from inbox.models import Delivery, Macro, MacroRun, Message, Note, Thread
from inbox.operations import macro_runs
from inbox.operations.authors import Author
from inbox.operations.macros import change_macro, delete_macro
from inbox.operations.recall import recall_messages
from inbox.operations.reply import reply
from inbox.operations.threads import assign_thread, label_thread
from tenants.operations.teams import create_team
from tests.api.caller import Answer, Caller
from tests.api.conftest import Writes
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


def test_two_who_change_a_macro_at_once_lose_nothing_and_bring_none_back(cast: Cast, macro: str) -> None:
    with tenant_context(cast.acme.id):
        one, two = Macro.objects.get(), Macro.objects.get()
        change_macro(macro=one, name="All done")
        changed = change_macro(macro=two, steps={"close": True})
        assert (changed.name, changed.steps) == ("All done", {"close": True})

        delete_macro(macro=one)
        with pytest.raises(Macro.DoesNotExist):
            change_macro(macro=two, name=two.name, steps={"note": "Back again"})
        assert not Macro.objects.exists()


def test_a_macro_whose_team_is_gone_can_still_be_renamed_and_says_why_it_does_not_run(
    cast: Cast, bob_calls: Caller, thread: Thread
) -> None:
    with tenant_context(cast.acme.id):
        team = create_team(name="Fraud", members=[])
    made = make(bob_calls, "To fraud", {"assign": {"to": "team", "id": str(team.id)}}).data["id"]
    with tenant_context(cast.acme.id):
        team.delete()

    refused = run(bob_calls, thread, made)
    renamed = bob_calls.patch(f"macros/{made}", {"name": "Was for fraud"})

    assert (refused.code, "is gone" in refused.data["detail"]) == ("conflict", True)
    assert renamed.data["name"] == "Was for fraud"


def test_a_label_too_many_is_refused_rather_than_left_out(
    cast: Cast, bob_calls: Caller, thread: Thread, macro: str
) -> None:
    labels = [f"label {n}" for n in range(19)]
    with tenant_context(cast.acme.id):
        label_thread(thread=thread, labels=labels, by=Author.of(cast.alice))

    refused = run(bob_calls, thread, macro)

    assert (refused.code, "more than 20 labels" in refused.data["detail"]) == ("conflict", True)
    assert state(bob_calls, thread) == ("open", labels, None, "none")


def test_an_undo_sees_what_a_colleague_changes_while_it_takes_the_reply_back(
    cast: Cast, bob_calls: Caller, thread: Thread, macro: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(bob_calls, thread, macro, hold_s=10).data

    def recall(keys: list[UUID], *, why: str) -> set[UUID]:
        label_thread(thread=thread, labels=["card", "done", "vip"], by=Author.of(cast.alice))
        return recall_messages(keys, why=why)

    monkeypatch.setattr(macro_runs, "recall_messages", recall)
    bob_calls.post(f"macro_runs/{made['id']}/undo")

    assert state(bob_calls, thread) == ("open", ["card", "done", "vip"], None, "none")


def test_an_undo_takes_the_reply_back_even_where_the_customer_has_begun_anew(
    cast: Cast, bob_calls: Caller, writes: Writes, thread: Thread, macro: str
) -> None:
    made = run(bob_calls, thread, macro, hold_s=10).data
    with tenant_context(cast.acme.id):
        Thread.objects.update(closed_at=timezone.now() - timedelta(days=30))
    assert writes("And another thing").thread_id != thread.id

    undone = bob_calls.post(f"macro_runs/{made['id']}/undo")

    assert (undone.status, undone.data["reply_left"]) == (200, False)
    assert bob_calls.get(f"messages/{made['message_id']}").data["status"] == "cancelled"
    assert state(bob_calls, thread) == ("closed", [], None, "none")
    with tenant_context(cast.acme.id):
        assert not Note.objects.exists()


@pytest.mark.parametrize("name", ["größe", "branch name", "فرع", "card-no."])
def test_a_place_is_one_whatever_letters_its_attribute_has(
    cast: Cast, bob_calls: Caller, thread: Thread, name: str
) -> None:
    made = make(bob_calls, "Where", {"reply": f"It is {{{{ customer.{name} }}}}."}).data["id"]

    refused = run(bob_calls, thread, made)
    with tenant_context(cast.acme.id):
        Customer.objects.update(attributes={name: "42"})
    told = run(bob_calls, thread, made)

    assert (refused.code, refused.pointers) == ("refused", ["/texts/reply"])
    assert bob_calls.get(f"messages/{told.data['message_id']}").data["text"] == "It is 42."
