"""Answers that leave later: kept, changed, sent at their time, or told why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from common.models import WorkQueue
from common.tenancy import tenant_context
from common.wire import stamp
from events.models import Event
from inbox.models import Delivery, Message, Reach, ScheduledMessage, Thread
from inbox.operations.authors import Author
from inbox.operations.handover import release_member
from inbox.operations.scheduled import send_due
from inbox.operations.threads import close_thread
from tests.api.caller import Answer, Caller
from tests.api.conftest import Writes
from tests.cast import Cast

HOUR = timedelta(hours=1)


def later(hours: float = 1) -> str:
    return stamp(timezone.now() + hours * HOUR)


def schedule(caller: Caller, thread: Thread, text: str = "Has it arrived?", **said: Any) -> Answer:
    body = {"text": text, "send_at": later(), **said}
    return caller.post(f"threads/{thread.id}/scheduled_messages", body)


def waiting(caller: Caller, thread: Thread) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get("scheduled_messages", thread=thread.id).data["data"]
    return found


def clock_strikes(cast: Cast, hours: float) -> int:
    """The clock job looks at this many hours from now, as the queue would let it."""
    WorkQueue.objects.filter(queue="scheduled").update(due_at=timezone.now() - HOUR)
    return send_due(now=datetime.now(UTC) + hours * HOUR)


def sent_texts(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(
            Message.objects.filter(direction="outbound").order_by("id").values_list("text", flat=True)
        )


def types(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        rows = Event.objects.filter(type__contains="message_").order_by("seq")
        return [name for name in rows.values_list("type", flat=True) if name.startswith("thread.")]


def test_a_message_leaves_when_its_time_has_come_and_never_twice(
    cast: Cast, bob_calls: Caller, charlie_calls: Caller, thread: Thread
) -> None:
    made = schedule(bob_calls, thread, client_ref="later-1")
    again = schedule(bob_calls, thread, client_ref="later-1")

    assert (made.status, made.data["state"], again.data["id"]) == (201, "waiting", made.data["id"])
    assert bob_calls.get(f"threads/{thread.id}").data["scheduled_count"] == 1
    with tenant_context(cast.acme.id):
        row = ScheduledMessage.objects.get()
        assert WorkQueue.objects.get(queue="scheduled").due_at == row.send_at
    assert clock_strikes(cast, 0.9) == 0
    assert sent_texts(cast) == []

    assert (clock_strikes(cast, 1.1), clock_strikes(cast, 1.2)) == (1, 0)

    assert sent_texts(cast) == ["Has it arrived?"]
    found = bob_calls.get(f"scheduled_messages/{made.data['id']}").data
    message = bob_calls.get(f"messages/{found['message_id']}").data
    assert (found["state"], message["author"]["name"], message["client_ref"]) == ("sent", "Bob", "later-1")
    assert bob_calls.get(f"threads/{thread.id}").data["scheduled_count"] == 0
    assert waiting(bob_calls, thread) == []
    with tenant_context(cast.acme.id):
        assert Delivery.objects.count() == 1
    assert charlie_calls.get(f"scheduled_messages/{made.data['id']}").status == 404
    assert charlie_calls.get("scheduled_messages", thread=thread.id).data["data"] == []


def test_it_is_changed_cancelled_and_sent_early(
    cast: Cast, alice_calls: Caller, bob_calls: Caller, charlie_calls: Caller, thread: Thread
) -> None:
    first, second = (schedule(bob_calls, thread, text).data["id"] for text in ("First", "Second"))
    moved = later(5)

    changed = alice_calls.patch(f"scheduled_messages/{first}", {"text": "First, better", "send_at": moved})

    assert (changed.data["text"], changed.data["send_at"]) == ("First, better", moved)
    assert [row["id"] for row in waiting(bob_calls, thread)] == [second, first]
    assert bob_calls.delete(f"scheduled_messages/{second}").status == 204
    assert bob_calls.delete(f"scheduled_messages/{second}").status == 204
    assert bob_calls.patch(f"scheduled_messages/{second}", {"text": "x"}).code == "conflict"
    sent = alice_calls.post(f"scheduled_messages/{first}/dispatch")
    assert (sent.data["text"], sent.data["author"]["name"]) == ("First, better", "Bob")
    assert bob_calls.post(f"scheduled_messages/{first}/dispatch").code == "conflict"
    assert bob_calls.delete(f"scheduled_messages/{first}").code == "conflict"
    assert clock_strikes(cast, 9) == 0
    assert sent_texts(cast) == ["First, better"]
    kinds = ["scheduled", "scheduled", "rescheduled", "unscheduled"]
    assert types(cast) == [f"thread.message_{kind}" for kind in kinds]
    for call in (charlie_calls.get, charlie_calls.delete):
        assert call(f"scheduled_messages/{first}").status == 404
    assert charlie_calls.post(f"scheduled_messages/{first}/dispatch").status == 404


def test_what_may_not_leave_stays_with_its_reason_and_its_writer_is_told(
    cast: Cast, alice_calls: Caller, bob_calls: Caller, thread: Thread
) -> None:
    key = schedule(bob_calls, thread).data["id"]
    with tenant_context(cast.acme.id):
        Reach.objects.update(last_inbound_at=timezone.now() - 25 * HOUR)

    assert clock_strikes(cast, 2) == 0

    [row] = waiting(bob_calls, thread)
    assert (row["state"], row["error"]["code"]) == ("failed", "window_closed")
    assert "only a template can be sent" in row["error"]["detail"]
    seen = bob_calls.get(f"threads/{thread.id}").data
    assert (seen["scheduled_count"], seen["mentioned"]) == (1, True)
    assert not alice_calls.get(f"threads/{thread.id}").data["mentioned"]
    last = bob_calls.get(f"threads/{thread.id}/timeline").data["data"][-1]["event"]
    assert (last["type"], last["actor"]["kind"]) == ("thread.message_unsent", "system")
    assert last["data"]["scheduled_message"]["error"] == row["error"]
    assert bob_calls.post(f"scheduled_messages/{key}/dispatch").code == "window_closed"

    with tenant_context(cast.acme.id):
        Reach.objects.update(last_inbound_at=timezone.now())
    again = bob_calls.patch(f"scheduled_messages/{key}", {"send_at": later(3)}).data
    assert (again["state"], again["error"]) == ("waiting", None)
    assert clock_strikes(cast, 4) == 1


def test_a_closed_conversation_and_a_writer_who_left_keep_it_from_leaving(
    cast: Cast, alice_calls: Caller, bob_calls: Caller, thread: Thread, writes: Writes
) -> None:
    other = writes("Me too", phone="447700900555").thread
    schedule(alice_calls, thread, "To a closed one")
    schedule(bob_calls, other, "By one who left")
    schedule(alice_calls, other, "By one who stays")
    with tenant_context(cast.acme.id):
        close_thread(thread=thread, by=Author.of(cast.alice))
        release_member(member=cast.bob, by=cast.alice)

    assert clock_strikes(cast, 2) == 1

    assert sent_texts(cast) == ["By one who stays"]
    assert waiting(alice_calls, thread)[0]["error"]["code"] == "thread_closed"
    assert waiting(alice_calls, other)[0]["error"]["detail"].startswith("Bob, who wrote it, no longer works")


def test_what_could_never_be_sent_is_refused_at_once(bob_calls: Caller, thread: Thread) -> None:
    assert schedule(bob_calls, thread, send_at=later(-1)).pointers == ["/send_at"]
    assert schedule(bob_calls, thread, send_at=later(24 * 400)).pointers == ["/send_at"]
    assert schedule(bob_calls, thread, " ").code == "nothing_to_send"
    assert schedule(bob_calls, thread, "x" * 5000).code == "text_too_long"
    assert schedule(bob_calls, thread, send_at="soon").code == "validation_failed"
    assert waiting(bob_calls, thread) == []


def test_a_program_schedules_in_its_own_name(
    cast: Cast, program: Caller, stranger: Caller, thread: Thread
) -> None:
    made = schedule(program, thread).data

    assert made["author"]["kind"] == "api_key"
    assert clock_strikes(cast, 2) == 1
    with tenant_context(cast.acme.id):
        message = Message.objects.get(direction="outbound")
        event = Event.objects.get(type="message.queued")
    assert (message.author_kind, message.author_name, event.actor) == ("api_key", "Shop", made["author"])
    assert schedule(stranger, thread).status == 404


def test_what_leaves_later_is_found_by_the_id_of_a_conversation_that_was_taken_in(
    cast: Cast, bob_calls: Caller, writes: Writes, thread: Thread
) -> None:
    bob_calls.put(f"threads/{thread.id}/closure")
    made = schedule(bob_calls, thread).data
    with tenant_context(cast.acme.id):
        Thread.objects.update(closed_at=timezone.now() - timedelta(days=30))
    newer = writes("Still there?").thread
    bob_calls.post(f"threads/{newer.id}/joins", {"other_id": str(thread.id)})

    assert [row["id"] for row in waiting(bob_calls, newer)] == [made["id"]]
    assert [row["id"] for row in waiting(bob_calls, thread)] == [made["id"]]
