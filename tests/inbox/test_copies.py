"""Messages that did not pass through us, and calls: kept in their conversation; no work is made of them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Channel, Message, Reach, Thread
from inbox.operations.receipts import drain
from tests.cast import Cast
from tests.hooks import PHONE, post, text_message, webhook

pytestmark = pytest.mark.django_db(transaction=True)

NOW = int(time.time())


def hears(channel: Channel, field: str, **lists: Any) -> None:
    value = {"metadata": {"phone_number_id": channel.external_id}, **lists}
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}],
    }
    post(channel, body)
    drain()


def echo(text: str, **keys: Any) -> dict[str, Any]:
    said = {"from": "447700900201", "to": PHONE, "id": f"wamid.{text}", "timestamp": str(NOW), "type": "text"}
    return {**said, "text": {"body": text}, **keys}


def test_what_was_written_on_the_phone_stands_in_the_conversation_as_sent(committed_cast: Cast) -> None:
    channel = committed_cast.acme_number
    post(channel, webhook(channel, messages=[text_message("wamid.q", "Open today?", at=NOW - 60)]))
    drain()
    for _ in range(2):  # the same webhook twice
        hears(channel, "smb_message_echoes", message_echoes=[echo("Until six")])

    with tenant_context(committed_cast.acme.id):
        [ours] = Message.objects.filter(direction="outbound")
        thread = Thread.objects.get()
        assert (ours.text, ours.status, ours.author_name) == ("Until six", "sent", "Phone app")
        assert (thread.last_text, thread.waiting_since, thread.inbound_count) == ("Until six", None, 1)
        assert Event.objects.filter(type="message.queued").count() == 1


def test_an_echo_opens_no_window(committed_cast: Cast) -> None:
    hears(committed_cast.acme_number, "smb_message_echoes", message_echoes=[echo("Hello first")])

    with tenant_context(committed_cast.acme.id):
        assert Thread.objects.get().window_until is None
        assert not Reach.objects.filter(last_inbound_at__isnull=False).exists()


def change(target: str, kind: str, **what: Any) -> dict[str, Any]:
    said = echo(f"{kind} of {target}", type=kind, timestamp=str(NOW + 5))
    del said["text"]
    return {**said, kind: {"original_message_id": f"wamid.{target}", **what}}


@pytest.mark.parametrize("is_late", [True, False])
def test_what_is_changed_or_deleted_on_the_phone_changes_here_whichever_comes_first(
    committed_cast: Cast, is_late: bool
) -> None:
    channel = committed_cast.acme_number
    post(channel, webhook(channel, messages=[text_message("wamid.q", "Open today?", at=NOW - 60)]))
    drain()
    new = {"message": {"type": "text", "text": {"body": "Until seven"}}}
    changes = [change("Until six", "edit", **new), change("Not this", "revoke"), change("q", "revoke")]
    echoes = [echo("Until six"), echo("Not this")]
    for said in (echoes, changes) if is_late else (changes, echoes):
        hears(channel, "smb_message_echoes", message_echoes=said)
    hears(channel, "smb_message_echoes", message_echoes=changes)  # twice

    with tenant_context(committed_cast.acme.id):
        edited, deleted = Message.objects.filter(direction="outbound").order_by("at", "text")[::-1]
        theirs = Message.objects.get(direction="inbound")
        assert (edited.text, edited.edited_at is not None) == ("Until seven", True)
        assert (deleted.text, deleted.revoked_at is not None) == ("Not this", True)
        assert theirs.revoked_at is None  # nobody of the business takes back what the customer wrote
        told = Event.objects.filter(type__in=["message.edited", "message.revoked"])
        assert {one.actor["kind"] for one in told} <= {"system"}
        assert told.count() == (2 if is_late else 0)
        assert Thread.objects.get().inbound_count == 1


def test_history_is_kept_in_order_on_both_sides_and_nobody_waits(committed_cast: Cast) -> None:
    old = NOW - 30 * 86_400
    messages = [
        echo("Our answer", timestamp=str(old + 60), history_context={"status": "READ"}),
        {**text_message("wamid.old", "An old question", at=old), "history_context": {"status": "READ"}},
    ]
    chunk = {
        "metadata": {"phase": 0, "chunk_order": 1, "progress": 100},
        "threads": [{"id": PHONE, "messages": messages}],
    }
    hears(committed_cast.acme_number, "history", history=[chunk])

    with tenant_context(committed_cast.acme.id):
        rows = list(Message.objects.order_by("at").values_list("text", "direction", "status"))
        thread = Thread.objects.get()
    assert rows == [("An old question", "inbound", "received"), ("Our answer", "outbound", "sent")]
    assert (thread.inbound_count, thread.waiting_since, thread.window_until) == (0, None, None)


def call(event: str, **keys: Any) -> dict[str, Any]:
    said = {"id": "wacid.1", "from": PHONE, "to": "447700900201", "event": event, "timestamp": str(NOW)}
    return {**said, "direction": "USER_INITIATED", **keys}


def test_a_missed_call_waits_for_an_answer_and_opens_the_window(committed_cast: Cast) -> None:
    for one in (call("terminate", status="COMPLETED"), call("connect")):  # in the wrong order
        hears(committed_cast.acme_number, "calls", calls=[one])

    with tenant_context(committed_cast.acme.id):
        [message] = Message.objects.all()
        thread = Thread.objects.get()
        assert (message.kind, message.text, message.content["answered"]) == ("call", "Missed call", False)
        assert thread.waiting_since is not None
        assert thread.window_until is not None
        assert Reach.objects.get(address__kind="phone").last_inbound_at is not None


def test_a_call_of_ours_is_only_told(committed_cast: Cast) -> None:
    ours = call("terminate", direction="BUSINESS_INITIATED")
    hears(committed_cast.acme_number, "calls", calls=[ours])

    with tenant_context(committed_cast.acme.id):
        assert not Message.objects.exists()
