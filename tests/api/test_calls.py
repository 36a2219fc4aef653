"""Calls over the API: they ring, one of several takes them, they end; the provider is a real one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from channels_whatsapp import calls as whatsapp
from common.tenancy import tenant_context
from inbox.models import Call, Channel
from inbox.operations.call_sweep import end_overdue
from inbox.ports import Account
from tests import hooks
from tests.api.caller import Caller
from tests.calls import ANSWER, OFFER, connect, event, status, terminate, told
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd

Rings = Callable[[], str]
MINE = {"ref": "mias-window", "sdp": ANSWER}


@pytest.fixture
def provider(cast: Cast, far_end: FarEnd) -> FarEnd:
    """The provider as Acme's channel reaches it."""
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    return far_end


@pytest.fixture
def rings(cast: Cast, provider: FarEnd, alice_calls: Caller) -> Rings:
    """Ada calls Acme; gives our id of her call."""

    def ring() -> str:
        provider.clear_line(ACME_ACCOUNT)
        told(cast.acme_number, connect(provider.ring(ACME_ACCOUNT, hooks.PHONE)))
        return str(alice_calls.get("calls").data["data"][-1]["id"])

    return ring


def kinds(caller: Caller, after: int = 0) -> list[str]:
    """What happened to calls and conversations, in order."""
    found = caller.get("events", after=str(after), limit="200").data["data"]
    return [one["type"] for one in found if one["type"].split(".")[0] in ("call", "message")]


def lines(caller: Caller, call: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of calls in a conversation."""
    found = caller.get(f"threads/{call['thread_id']}/timeline").data["data"]
    return [one["message"] for one in found if one["type"] == "message" and one["message"]["kind"] == "call"]


def test_a_customer_calls_one_of_two_agents_takes_it_and_the_other_is_told_who(
    rings: Rings, provider: FarEnd, alice_calls: Caller, bob_calls: Caller, charlie_calls: Caller
) -> None:
    key = rings()
    [ringing] = alice_calls.get("calls").data["data"]
    session = alice_calls.get(f"calls/{key}/session").data

    taken = alice_calls.put(f"calls/{key}/answer", MINE)
    late = bob_calls.put(f"calls/{key}/answer", {"ref": "bobs-window", "sdp": ANSWER})

    assert (ringing["state"], ringing["customer"]["name"], ringing["member"]) == (
        "ringing",
        "Ada Tester",
        None,
    )
    assert (session["type"], session["sdp"], session["ice_servers"]) == ("offer", OFFER, [])
    assert (taken.data["state"], taken.data["member"]["name"], taken.data["ref"]) == (
        "talking", "Alice", "mias-window",
    )  # fmt: skip
    assert (late.status, late.code, late.data["call"]["member"]["name"]) == (409, "call_taken", "Alice")
    assert late.data["detail"] == "Alice has taken this call."
    assert bob_calls.get(f"calls/{key}/session").code == "call_taken"
    assert bob_calls.put(f"calls/{key}/end", {}).code == "call_taken"
    assert [one["status"] for one in provider.calls(ACME_ACCOUNT)] == ["talking"]
    assert kinds(alice_calls) == ["call.rang", "call.taken", "call.answered"]
    for method, path, body in (
        ("get", f"calls/{key}", None), ("get", f"calls/{key}/session", None),
        ("put", f"calls/{key}/answer", MINE), ("put", f"calls/{key}/end", {}),
        ("put", f"calls/{key}/recipient", {"member_id": None}),
    ):  # fmt: skip
        call = getattr(charlie_calls, method)
        assert (call(path) if body is None else call(path, body)).status == 404
    assert charlie_calls.get("calls").data["data"] == []


def test_the_page_that_has_it_hangs_up_and_the_conversation_says_who_spoke_for_how_long(
    rings: Rings, cast: Cast, provider: FarEnd, alice_calls: Caller
) -> None:
    key = rings()
    alice_calls.put(f"calls/{key}/answer", MINE)

    ended = alice_calls.put(f"calls/{key}/end", {"ref": "mias-window"}).data
    told(cast.acme_number, terminate(ended["provider_id"], 75))
    [line] = lines(alice_calls, ended)

    assert (ended["state"], ended["outcome"], provider.calls(ACME_ACCOUNT)) == ("ended", "answered", [])
    assert alice_calls.get(f"calls/{key}").data["duration_s"] == 75
    assert (line["direction"], line["text"]) == ("inbound", "Call of 1 min 15 s")
    assert (line["content"]["outcome"], line["content"]["by"]["name"]) == ("answered", "Alice")
    assert alice_calls.get(f"threads/{ended['thread_id']}").data["waiting_since"] is None
    assert alice_calls.put(f"calls/{key}/end", {}).data["state"] == "ended"
    assert alice_calls.put(f"calls/{key}/answer", MINE).code == "call_over"


def test_a_call_nobody_takes_is_missed_and_waits_for_an_answer_like_a_message(
    rings: Rings, cast: Cast, alice_calls: Caller
) -> None:
    key = rings()
    call = alice_calls.get(f"calls/{key}").data

    told(cast.acme_number, terminate(call["provider_id"]))
    late = alice_calls.put(f"calls/{key}/answer", MINE)
    thread = alice_calls.get(f"threads/{call['thread_id']}").data

    assert (late.code, late.data["call"]["outcome"]) == ("call_over", "missed")
    assert (thread["inbound_count"], thread["last_message"]["text"]) == (1, "Missed call")
    assert thread["waiting_since"] is not None
    assert lines(alice_calls, call)[0]["content"]["outcome"] == "missed"
    assert kinds(alice_calls) == ["call.rang", "call.ended", "message.received"]


def test_declining_ends_it_for_everybody_and_says_who_declined(
    rings: Rings, cast: Cast, provider: FarEnd, bob_calls: Caller
) -> None:
    key = rings()

    call = bob_calls.put(f"calls/{key}/end", {"ref": "bobs-window"}).data
    told(cast.acme_number, terminate(call["provider_id"]))
    [line] = lines(bob_calls, call)

    assert (call["state"], call["outcome"], call["member"]["name"]) == ("ended", "declined", "Bob")
    assert provider.calls(ACME_ACCOUNT) == []
    assert (line["text"], line["content"]["by"]["name"]) == ("Declined call", "Bob")


def test_a_call_is_passed_to_a_colleague_and_back_to_everybody(
    rings: Rings, cast: Cast, alice_calls: Caller, bob_calls: Caller
) -> None:
    key = rings()

    passed = alice_calls.put(f"calls/{key}/recipient", {"member_id": str(cast.bob.id)}).data
    back = bob_calls.put(f"calls/{key}/recipient", {"member_id": None}).data
    stranger = alice_calls.put(f"calls/{key}/recipient", {"member_id": str(cast.charlie.id)})
    bob_calls.put(f"calls/{key}/answer", MINE)
    late = alice_calls.put(f"calls/{key}/recipient", {"member_id": str(cast.bob.id)})

    assert (passed["passed_to"]["name"], back["passed_to"]) == ("Bob", None)
    assert (stranger.code, late.code) == ("validation_failed", "call_taken")


def test_webhooks_may_come_twice_late_and_in_the_wrong_order(cast: Cast, alice_calls: Caller) -> None:
    number, first, second = cast.acme_number, f"wacid.{uuid4().hex}", f"wacid.{uuid4().hex}"

    told(number, terminate(first))
    told(number, connect(first))
    told(number, connect(second), connect(second), terminate(second, 5))
    receipt = told(number, connect(second), terminate(second, 5))

    assert alice_calls.get("calls").data["data"] == []
    with tenant_context(cast.acme.id):
        calls = {row.external_id: row for row in Call.objects.all()}
        outcomes = {call_id: (row.state, row.outcome) for call_id, row in calls.items()}
    assert outcomes == {first: ("ended", "missed"), second: ("ended", "answered")}
    assert kinds(alice_calls).count("message.received") == 2
    items = alice_calls.get(f"receipts/{receipt.id}").data["items"]
    assert [item["outcome"] for item in items] == ["duplicate"] * 3
    assert calls[second].offer == ""


def test_an_answer_that_was_lost_on_the_way_back_leaves_the_call_with_who_took_it(
    rings: Rings, provider: FarEnd, alice_calls: Caller
) -> None:
    """The provider took `accept`, and its answer never came; the page asks again."""
    key = rings()
    provider.faults(calls="all", channel=ACME_ACCOUNT, drop_after_accept=True, count=2)

    taken = alice_calls.put(f"calls/{key}/answer", MINE)
    again = alice_calls.put(f"calls/{key}/answer", MINE)

    assert (taken.data["state"], again.data["state"]) == ("talking", "talking")
    assert again.data["version"] == taken.data["version"]


def test_a_crash_between_the_provider_and_our_answer_is_made_good_by_asking_again(
    rings: Rings, cast: Cast, provider: FarEnd, alice_calls: Caller, bob_calls: Caller
) -> None:
    key = rings()
    alice_calls.put(f"calls/{key}/answer", MINE)
    with tenant_context(cast.acme.id):
        Call.objects.update(state="answering")  # what stood there when the power went

    other = bob_calls.put(f"calls/{key}/answer", {"ref": "bobs-window", "sdp": ANSWER})
    again = alice_calls.put(f"calls/{key}/answer", MINE)

    assert other.code == "call_taken"
    assert (again.status, again.data["state"]) == (200, "talking")
    assert [one["status"] for one in provider.calls(ACME_ACCOUNT)] == ["talking"]


def test_a_provider_that_refuses_lets_the_call_ring_on_for_others(
    rings: Rings, provider: FarEnd, alice_calls: Caller, bob_calls: Caller
) -> None:
    key = rings()
    provider.faults(calls="all", channel=ACME_ACCOUNT, error_code=138019, count=1)

    refused = alice_calls.put(f"calls/{key}/answer", MINE)
    taken = bob_calls.put(f"calls/{key}/answer", {"ref": "bobs-window", "sdp": ANSWER})

    assert (refused.status, refused.code) == (409, "call_refused")
    assert refused.data["detail"].startswith("The sound could not be set up.")
    assert taken.data["member"]["name"] == "Bob"
    assert kinds(alice_calls)[1:3] == ["call.taken", "call.freed"]


def test_a_call_that_is_long_over_rings_no_longer_for_being_tried(
    rings: Rings, cast: Cast, provider: FarEnd, alice_calls: Caller, bob_calls: Caller
) -> None:
    """The customer has hung up and the webhook that says so was lost: every try would add its minute."""
    key = rings()
    [there] = provider.calls(ACME_ACCOUNT)
    provider.on_call(there["call_id"], hang_up=True)
    with tenant_context(cast.acme.id):
        until = Call.objects.get().due_at

    tried = [alice_calls.put(f"calls/{key}/answer", MINE), bob_calls.put(f"calls/{key}/answer", MINE)]

    assert [one.code for one in tried] == ["call_refused", "call_refused"]
    with tenant_context(cast.acme.id):
        call = Call.objects.get()
    assert (call.state, call.due_at) == ("ringing", until)


def test_a_call_hung_up_while_the_provider_is_told_to_connect_it_does_not_run_on_there(
    rings: Rings, cast: Cast, provider: FarEnd, alice_calls: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is closed in that moment: nobody of us would be in a call that the customer hears begin."""
    key, connects = rings(), whatsapp.accept_call

    def slowly(account: Account, **said: Any) -> None:
        with tenant_context(cast.acme.id):
            Call.objects.filter(id=key).update(state="ended", outcome="missed")
        connects(account, **said)

    monkeypatch.setattr(whatsapp, "accept_call", slowly)
    answer = alice_calls.put(f"calls/{key}/answer", MINE)

    assert answer.data["state"] == "ended"
    assert provider.calls(ACME_ACCOUNT) == []


def test_a_call_whose_end_nobody_told_is_over_all_the_same(
    rings: Rings, cast: Cast, provider: FarEnd, alice_calls: Caller
) -> None:
    forgotten, stuck = rings(), ""
    call = alice_calls.get(f"calls/{forgotten}").data
    with tenant_context(cast.acme.id):
        Call.objects.update(due_at="2026-01-01T00:00Z")
    _make_due(cast)
    assert end_overdue() == 1

    stuck = rings()
    alice_calls.put(f"calls/{stuck}/answer", MINE)
    with tenant_context(cast.acme.id):
        Call.objects.filter(id=stuck).update(state="answering", due_at="2026-01-01T00:00Z")
    _make_due(cast)
    assert end_overdue() == 1

    assert alice_calls.get(f"calls/{forgotten}").data["outcome"] == "missed"
    assert lines(alice_calls, call)[0]["text"] == "Missed call"
    assert alice_calls.get(f"calls/{stuck}").data["state"] == "ended"
    assert provider.calls(ACME_ACCOUNT) == []
    told(cast.acme_number, terminate(call["provider_id"]))
    assert len(lines(alice_calls, call)) == 2


def _make_due(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE common_workqueue SET due_at = now() WHERE queue = 'calls'")


def test_a_call_that_rings_is_told_of_however_many_others_run(
    rings: Rings, cast: Cast, alice_calls: Caller
) -> None:
    """To a page that has just been opened."""
    key = rings()
    with tenant_context(cast.acme.id):
        ringing = Call.objects.get()
        for n in range(100):
            ringing.id, ringing.external_id, ringing.state = uuid4(), f"wacid.{n}", "talking"
            ringing.rang_at -= timedelta(seconds=1)
            ringing.save(force_insert=True)

    found = alice_calls.get("calls").data["data"]

    assert (len(found), found[-1]["id"], found[-1]["state"]) == (100, key, "ringing")


def test_turn_servers_get_a_password_of_their_own(rings: Rings, alice_calls: Caller, settings: Any) -> None:
    settings.STUN_URLS, settings.TURN_URLS = ["stun:stun.example.org"], ["turn:turn.example.org"]
    settings.TURN_SECRET = "shared"

    [stun, turn] = alice_calls.get(f"calls/{rings()}/session").data["ice_servers"]

    assert stun == {"urls": ["stun:stun.example.org"], "username": "", "credential": ""}
    assert turn["username"].partition(":")[2]
    assert turn["credential"]


def test_what_cannot_be_read_or_is_not_ours_harms_nothing(cast: Cast, alice_calls: Caller) -> None:
    number = cast.acme_number

    told(number, event("wacid.x", "connect", session="nothing"))
    told(number, event("wacid.y", "terminate", ours=True, status="COMPLETED"))
    told(number, statuses=(status("wacid.y", "RINGING"), status("wacid.y", "SINGING")))

    outcomes = [one["outcome"] for row in _receipts(alice_calls) for one in row["items"]]
    assert sorted(outcomes) == ["ignored", "ignored", "ignored", "quarantined"]
    assert alice_calls.get("calls").data["data"] == []


def _receipts(caller: Caller) -> list[dict[str, Any]]:
    rows = caller.get("receipts").data["data"]
    return [caller.get(f"receipts/{row['id']}").data for row in rows]
