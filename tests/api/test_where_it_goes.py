"""Choosing among several addresses of a customer on one channel."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from common.tenancy import tenant_context
from inbox.models import Message, ScheduledMessage
from tests.api.caller import Caller
from tests.api.conftest import Writes, customer_writes
from tests.cast import Cast

AGAIN = "447700900124"


def merged(bob_calls: Caller, writes: Writes) -> tuple[Message, Message]:
    """Ada's two numbers as one customer; the second wrote last."""
    first, second = writes("one"), writes("two", phone=AGAIN)
    base = f"customers/{first.customer_id}"
    token = bob_calls.get(f"{base}/merge_preview", other=str(second.customer_id)).data["token"]
    assert (
        bob_calls.post(f"{base}/merges", {"other_id": str(second.customer_id), "token": token}).status == 201
    )
    return first, second


def sent_to(cast: Cast, message: dict[str, Any]) -> Any:
    with tenant_context(cast.acme.id):
        return Message.objects.get(id=message["id"]).address_id


def test_a_reply_goes_where_its_writer_says(
    cast: Cast, bob_calls: Caller, charlie_calls: Caller, writes: Writes
) -> None:
    first, second = merged(bob_calls, writes)
    path = f"threads/{first.thread_id}/messages"

    usual = bob_calls.post(path, {"text": "Hello"})
    chosen = bob_calls.post(path, {"text": "Hello", "address_id": str(first.address_id)})

    assert sent_to(cast, usual.data) == second.address_id
    assert sent_to(cast, chosen.data) == first.address_id
    card = bob_calls.get(f"customers/{first.customer_id}").data
    heads = [place["address_ids"][0] for place in card["places"]]
    assert heads == [str(second.address_id), str(first.address_id)]
    refused = charlie_calls.post(path, {"text": "Hello", "address_id": str(first.address_id)})
    assert refused.status == 404


def test_an_address_of_somebody_else_is_refused(
    cast: Cast, bob_calls: Caller, writes: Writes, thread: Any
) -> None:
    other = writes("me too", phone="447700900555")
    foreign = customer_writes(cast.globex_number, "hello")
    path = f"threads/{thread.id}/messages"

    unknown = [
        bob_calls.post(path, {"text": "Hello", "address_id": str(key)})
        for key in (uuid4(), foreign.address_id)
    ]
    theirs = bob_calls.post(path, {"text": "Hello", "address_id": str(other.address_id)})

    assert [(one.status, one.pointers) for one in unknown] == [(400, ["/address_id"])] * 2
    assert (theirs.status, theirs.code, theirs.pointers) == (422, "no_address", ["/address_id"])


def test_a_later_message_and_a_macro_keep_the_address(
    cast: Cast, bob_calls: Caller, alice_calls: Caller, writes: Writes
) -> None:
    first, _ = merged(bob_calls, writes)
    where = {"address_id": str(first.address_id)}
    later = bob_calls.post(
        f"threads/{first.thread_id}/scheduled_messages",
        {"text": "Later", "send_at": "2027-11-01T09:00:00Z", **where},
    )
    assert later.data["address_id"] == str(first.address_id)
    with tenant_context(cast.acme.id):
        assert ScheduledMessage.objects.get().address == first.address_id

    macro = alice_calls.post("macros", {"name": "Hi", "steps": {"reply": "Hi there"}, "is_shared": True}).data
    run = bob_calls.post(f"threads/{first.thread_id}/macro_runs", {"macro_id": macro["id"], **where}).data
    assert sent_to(cast, {"id": run["message_id"]}) == first.address_id
