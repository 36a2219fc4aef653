"""Calling customers over the API: whoever allowed it; the provider is a real one."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from common.tenancy import tenant_context
from inbox.models import Call, Channel, Thread
from tests import hooks
from tests.api.caller import Answer, Caller
from tests.api.conftest import Writes
from tests.api.test_calls import kinds, lines
from tests.calls import ANSWER, OFFER, event, status, terminate, told
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph

ASKS = {
    "messaging_product": "whatsapp", "to": hooks.PHONE, "type": "interactive",
    "interactive": {
        "type": "call_permission_request", "body": {"text": "May we?"},
        "action": {"name": "call_permission_request"},
    },
}  # fmt: skip
REF = "0190a0c4-0000-7000-8000-00000000ca11"


@pytest.fixture
def provider(cast: Cast, far_end: FarEnd) -> FarEnd:
    """The provider as Acme's channel reaches it; Ada has said nothing of calls yet."""
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    far_end.clear_line(ACME_ACCOUNT)
    return far_end


@pytest.fixture
def thread(writes: Writes) -> Thread:
    """Ada has written to Acme; the provider knows her by her number."""
    return writes("My card is gone", from_user_id=None).thread


def allows(provider: FarEnd, answer: bool = True) -> None:
    """Ada answers whether Acme may call her."""
    reply = {"response": "accept" if answer else "reject", "is_permanent": answer}
    said = {"type": "call_permission_reply", "call_permission_reply": reply}
    provider.write(ACME_ACCOUNT, hooks.PHONE, raw={"type": "interactive", "interactive": said})


def dial(caller: Caller, thread: Thread, ref: str = REF) -> Answer:
    return caller.put(f"threads/{thread.id}/calls/{ref}", {"sdp": OFFER})


def joined(call: dict[str, Any]) -> dict[str, Any]:
    """The webhook with the session of Ada's phone."""
    return event(call["provider_id"], "connect", ours=True, session={"sdp_type": "answer", "sdp": ANSWER})


def test_who_allowed_it_is_called_answers_and_hangs_up(
    thread: Thread, cast: Cast, provider: FarEnd, alice_calls: Caller, charlie_calls: Caller
) -> None:
    allows(provider)
    line = alice_calls.get(f"threads/{thread.id}/call_line").data
    call = dial(alice_calls, thread).data
    again = dial(alice_calls, thread).data
    [there] = provider.calls(ACME_ACCOUNT)

    told(cast.acme_number, joined(call))
    session = alice_calls.get(f"calls/{call['id']}/session").data
    told(cast.acme_number, statuses=(status(call["provider_id"], "RINGING"),))
    told(cast.acme_number, statuses=(status(call["provider_id"], "ACCEPTED"),))
    talking = alice_calls.get(f"calls/{call['id']}").data
    told(cast.acme_number, terminate(call["provider_id"], 12, ours=True))
    over = alice_calls.get(f"calls/{call['id']}").data
    [entry] = lines(alice_calls, call)

    assert (line["may_call"], line["until"], line["ice_servers"]) == (True, None, [])
    assert (call["state"], call["direction"], call["member"]["name"]) == ("dialing", "outbound", "Alice")
    assert (again["id"], there["call_id"], there["offer"]) == (call["id"], call["provider_id"], OFFER)
    assert session == {"type": "answer", "sdp": ANSWER, "ice_servers": []}
    assert (talking["state"], over["state"], over["outcome"], over["duration_s"]) == (
        "talking", "ended", "answered", 12,
    )  # fmt: skip
    assert (entry["direction"], entry["text"], entry["author"]["name"]) == (
        "outbound",
        "Outgoing call",
        "Alice",
    )
    assert (entry["content"]["duration_s"], entry["status"]) == (12, "sent")
    assert alice_calls.get(f"threads/{thread.id}").data["waiting_since"] is None
    assert kinds(alice_calls)[1:] == [
        "call.started", "call.joined", "call.answered", "call.ended", "message.queued",
    ]  # fmt: skip
    assert dial(charlie_calls, thread).status == 404
    assert charlie_calls.get(f"threads/{thread.id}/call_line").status == 404


def test_who_has_not_allowed_it_is_asked_and_not_called(
    thread: Thread, cast: Cast, provider: FarEnd, alice_calls: Caller
) -> None:
    allows(provider, False)
    before = alice_calls.get(f"threads/{thread.id}/call_line").data
    refused = dial(alice_calls, thread)
    asked = graph(provider, "POST", f"{ACME_ACCOUNT}/messages", json=ASKS)
    after = alice_calls.get(f"threads/{thread.id}/call_line").data

    assert (before["may_call"], before["may_ask"]) == (False, True)
    assert (refused.status, refused.code) == (409, "call_refused")
    assert refused.data["detail"].startswith("This person has not allowed calls: ask them first.")
    assert asked.status_code == 200
    assert (after["may_call"], after["may_ask"]) == (False, False)
    assert lines(alice_calls, {"thread_id": thread.id}) == []
    with tenant_context(cast.acme.id):
        [call] = Call.objects.all()
        assert (call.state, call.outcome, (call.error or {})["provider_code"]) == (
            "ended",
            "failed",
            "138006",
        )


def test_a_customer_who_declines_ends_it_and_the_line_says_so(
    thread: Thread, cast: Cast, provider: FarEnd, alice_calls: Caller
) -> None:
    allows(provider)
    call = dial(alice_calls, thread).data

    told(cast.acme_number, statuses=(status(call["provider_id"], "REJECTED"),))
    told(cast.acme_number, terminate(call["provider_id"], ours=True))
    told(cast.acme_number, terminate(call["provider_id"], ours=True))
    [entry] = lines(alice_calls, call)

    assert alice_calls.get(f"calls/{call['id']}").data["outcome"] == "declined"
    assert (entry["text"], entry["content"]["outcome"]) == ("Outgoing call, declined", "declined")


def test_hanging_up_before_anybody_answers_is_a_call_not_answered(
    thread: Thread, provider: FarEnd, alice_calls: Caller
) -> None:
    allows(provider)
    call = dial(alice_calls, thread).data

    ended = alice_calls.put(f"calls/{call['id']}/end", {"ref": REF}).data

    assert (ended["state"], ended["outcome"], provider.calls(ACME_ACCOUNT)) == ("ended", "missed", [])
    assert lines(alice_calls, call)[0]["text"] == "Outgoing call, not answered"


def test_a_talk_that_is_told_of_after_it_was_hung_up_stands_in_the_conversation_as_a_talk(
    thread: Thread, cast: Cast, provider: FarEnd, alice_calls: Caller
) -> None:
    """They spoke, Alice hung up, and only then did the webhooks come that say so."""
    allows(provider)
    call = dial(alice_calls, thread).data
    told(cast.acme_number, joined(call))
    alice_calls.put(f"calls/{call['id']}/end", {"ref": REF})
    before = alice_calls.get(f"threads/{thread.id}").data

    told(cast.acme_number, statuses=(status(call["provider_id"], "ACCEPTED"),))
    for _ in range(2):
        told(cast.acme_number, terminate(call["provider_id"], 12, ours=True))
    [entry] = lines(alice_calls, call)
    after = alice_calls.get(f"threads/{thread.id}").data
    [told_of] = [one for one in _events(alice_calls) if one["type"] == "message.attached"]

    assert (before["last_message"]["text"], before["waiting_since"] is None) == (
        "Outgoing call, not answered",
        False,
    )
    assert alice_calls.get(f"calls/{call['id']}").data["outcome"] == "answered"
    assert (entry["text"], entry["content"]["outcome"], entry["content"]["duration_s"]) == (
        "Outgoing call", "answered", 12,
    )  # fmt: skip
    assert (after["last_message"]["text"], after["waiting_since"]) == ("Outgoing call", None)
    assert (told_of["data"]["message"]["text"], told_of["data"]["thread"]["waiting_since"]) == (
        "Outgoing call",
        None,
    )


def test_what_the_customer_has_written_since_a_call_waits_for_an_answer_whatever_is_told_of_it(
    thread: Thread, cast: Cast, provider: FarEnd, alice_calls: Caller, writes: Writes
) -> None:
    allows(provider)
    call = dial(alice_calls, thread).data
    alice_calls.put(f"calls/{call['id']}/end", {"ref": REF})
    alice_calls.post(f"threads/{thread.id}/messages", {"text": "I tried to call", "client_ref": "1"})
    writes("I am here now", from_user_id=None)

    told(cast.acme_number, terminate(call["provider_id"], 12, ours=True))

    now = alice_calls.get(f"threads/{thread.id}").data
    assert now["last_message"]["text"] == "I am here now"
    assert now["waiting_since"] is not None


def _events(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get("events", limit="200").data["data"]
    return found


def test_a_call_whose_id_was_lost_on_the_way_is_known_by_what_we_gave_it(
    thread: Thread, cast: Cast, provider: FarEnd, alice_calls: Caller
) -> None:
    """The provider took it and its answer never came; the phone's session tells of it, then its statuses."""
    allows(provider)
    provider.faults(calls="all", channel=ACME_ACCOUNT, drop_after_accept=True, count=1)

    call = dial(alice_calls, thread, str(uuid4())).data
    [there] = provider.calls(ACME_ACCOUNT)
    told(cast.acme_number, joined({"provider_id": there["call_id"]}))

    assert (call["state"], call["provider_id"]) == ("dialing", None)
    found = alice_calls.get(f"calls/{call['id']}").data
    assert (found["state"], found["provider_id"]) == ("ringing", there["call_id"])


def test_a_conversation_without_a_channel_that_carries_calls_says_so(
    thread: Thread, cast: Cast, alice_calls: Caller
) -> None:
    with tenant_context(cast.acme.id):
        Channel.objects.update(is_active=False)

    answer = alice_calls.get(f"threads/{thread.id}/call_line")

    assert answer.data["detail"] == "No channel of this conversation carries calls."
