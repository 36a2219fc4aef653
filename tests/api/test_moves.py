"""Splitting and joining conversations over the API: done, seen everywhere, undone; never by Charlie."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.tenancy import tenant_context
from inbox.models import Message, Thread
from tests.api.caller import Caller
from tests.api.conftest import Writes
from tests.cast import Cast


def _words(calls: Caller, thread: Any) -> list[str]:
    return [one["text"] for one in calls.get("messages", thread=str(thread)).data["data"]][::-1]


def test_a_conversation_is_made_two_and_one_again(
    bob_calls: Caller, charlie_calls: Caller, writes: Writes
) -> None:
    first, second = writes("My card is gone"), writes("And where is your branch?")
    base, body = f"threads/{first.thread_id}", {"message_id": str(second.id)}

    assert charlie_calls.post(f"{base}/splits", body).status == 404
    made = bob_calls.post(f"{base}/splits", body)
    assert (made.status, made.data["thread_id"]) == (201, str(first.thread_id))
    new = made.data["new_thread_id"]

    assert bob_calls.get(base).data["status"] == "closed"
    assert bob_calls.get(f"threads/{new}").data["status"] == "open"
    assert _words(bob_calls, new) == ["And where is your branch?"]
    assert _words(bob_calls, first.thread_id) == ["My card is gone"]
    again = bob_calls.post(f"threads/{new}/splits", body)
    assert (again.status, again.code) == (409, "conflict")

    undo = f"{base}/splits/{made.data['id']}"
    assert charlie_calls.delete(undo).status == 404
    one = bob_calls.delete(undo)
    assert (one.data["id"], one.data["status"]) == (str(first.thread_id), "open")
    assert bob_calls.get(f"threads/{new}").data["id"] == str(first.thread_id)
    assert bob_calls.delete(undo).code == "conflict"


def test_two_conversations_are_made_one_and_two_again(
    cast: Cast, bob_calls: Caller, charlie_calls: Caller, writes: Writes
) -> None:
    first = writes("My card is gone")
    bob_calls.put(f"threads/{first.thread_id}/closure")
    with tenant_context(cast.acme.id):
        Thread.objects.update(closed_at=timezone.now() - timedelta(days=30))
    second = writes("It is still gone")
    base, body = f"threads/{first.thread_id}", {"other_id": str(second.thread_id)}

    assert charlie_calls.post(f"{base}/joins", body).status == 404
    made = bob_calls.post(f"{base}/joins", body)
    assert (made.status, made.data["thread_id"], made.data["joined_id"]) == (
        201,
        str(second.thread_id),
        str(first.thread_id),
    )
    assert bob_calls.get(base).data["id"] == str(second.thread_id)
    assert _words(bob_calls, first.thread_id) == ["My card is gone", "It is still gone"]
    assert bob_calls.post(f"{base}/joins", body).code == "conflict"

    undo = f"threads/{second.thread_id}/joins/{made.data['id']}"
    assert charlie_calls.delete(undo).status == 404
    assert bob_calls.delete(undo).data["id"] == str(second.thread_id)
    assert bob_calls.delete(undo).code == "conflict"
    assert bob_calls.get(base).data["status"] == "closed"
    assert _words(bob_calls, first.thread_id) == ["My card is gone"]


def test_what_is_split_is_named_by_the_body(bob_calls: Caller, writes: Writes) -> None:
    message: Message = writes("Hello")
    nobody = {"message_id": str(message.thread_id)}

    refused = bob_calls.post(f"threads/{message.thread_id}/splits", nobody)

    assert (refused.code, refused.pointers) == ("validation_failed", ["/message_id"])
