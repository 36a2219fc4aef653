"""Sending, reading, trying again, reacting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Customer
from inbox.models import Delivery, Message, Reach, Thread
from tests import hooks
from tests.api.caller import Caller
from tests.api.conftest import Writes, customer_writes
from tests.cast import Cast

NOWHERE = "0190a0c4-0000-7000-8000-000000000000"


def close_windows(cast: Cast) -> None:
    """Everybody wrote two days ago."""
    with tenant_context(cast.acme.id):
        Reach.objects.update(last_inbound_at=timezone.now() - timedelta(days=2))


# ---------------------------------------------------------------- answering


def test_an_answer_is_queued_and_shown_at_once(cast: Cast, thread: Thread, bob_calls: Caller) -> None:
    sent = bob_calls.post(f"threads/{thread.id}/messages", {"text": " Hello\n", "client_ref": "c1"})

    assert sent.status == 201
    message = sent.data
    assert (message["text"], message["status"], message["direction"]) == (" Hello\n", "queued", "outbound")
    assert message["author"] == {"kind": "member", "id": str(cast.bob.id), "name": "Bob"}
    assert (message["client_ref"], message["thread_id"]) == ("c1", str(thread.id))
    assert [entry["status"] for entry in message["status_history"]] == ["queued"]
    assert bob_calls.get(f"messages/{message['id']}").data == message
    row = bob_calls.get(f"threads/{thread.id}").data
    assert (row["last_message"]["id"], row["waiting_since"]) == (message["id"], None)
    with tenant_context(cast.acme.id):
        assert Delivery.objects.get().message_id.hex == message["id"].replace("-", "")


def test_a_program_answers_under_its_own_name(thread: Thread, program: Caller) -> None:
    sent = program.post(f"threads/{thread.id}/messages", {"text": "Hello"})

    assert (sent.data["author"]["kind"], sent.data["author"]["name"]) == ("api_key", "Shop")
    assert sent.data["client_ref"]


def test_the_same_client_ref_is_the_same_message(thread: Thread, bob_calls: Caller) -> None:
    first = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Hello", "client_ref": "c1"})
    again = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Hello", "client_ref": "c1"})

    assert first.data["id"] == again.data["id"]


def test_quoting_the_customer(thread: Thread, bob_calls: Caller, cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        asked = Message.objects.get()

    sent = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Which?", "reply_to": str(asked.id)})

    assert sent.data["reply_to"] == {
        "provider_id": asked.external_id, "id": str(asked.id), "text": "My card is gone", "kind": "text",
        "direction": "inbound", "author": None,
    }  # fmt: skip


def test_an_answer_that_quotes_something_unknown_keeps_its_provider_id(
    writes: Writes, program: Caller
) -> None:
    message = writes("Yes", context={"from": "447700900201", "id": "wamid.unknown"})

    assert program.get(f"messages/{message.id}").data["reply_to"] == {"provider_id": "wamid.unknown"}


def test_sending_an_uploaded_file(thread: Thread, bob_calls: Caller) -> None:
    file = bob_calls.upload(
        "attachments", file=SimpleUploadedFile("terms.pdf", b"%PDF-1.4", content_type="application/pdf")
    ).data

    sent = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Here", "attachment_ids": [file["id"]]})
    again = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Here", "attachment_ids": [file["id"]]})

    assert (sent.data["kind"], sent.data["attachments"]) == ("document", [file])
    assert again.pointers == ["/attachment_ids/0"]


def test_sending_a_template_outside_the_window(cast: Cast, thread: Thread, bob_calls: Caller) -> None:
    close_windows(cast)
    template = {
        "name": "card_sent",
        "language": "en",
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ada"}]}],
    }

    free = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Hello"})
    sent = bob_calls.post(f"threads/{thread.id}/messages", {"template": template})

    assert (free.status, free.code) == (409, "window_closed")
    assert (sent.status, sent.data["kind"], sent.data["content"]) == (201, "template", template)


@pytest.mark.parametrize(
    ("body", "status", "code", "pointers"),
    [
        ({}, 422, "nothing_to_send", ["/text"]),
        ({"text": "x" * 5_000}, 422, "text_too_long", ["/text"]),
        ({"text": "x", "channel_id": NOWHERE}, 400, "validation_failed", ["/channel_id"]),
        ({"text": "x", "reply_to": NOWHERE}, 400, "validation_failed", ["/reply_to"]),
        ({"text": "x", "attachment_ids": [NOWHERE]}, 400, "validation_failed", ["/attachment_ids/0"]),
        ({"text": "x", "attachment_ids": [NOWHERE] * 11}, 400, "validation_failed", ["/attachment_ids"]),
        ({"text": "x", "template": {"name": "a"}}, 400, "validation_failed", ["/template/language"]),
        (
            {"text": "x", "template": {"name": "a", "language": "en", "x": 1}},
            400,
            "validation_failed",
            ["/template/x"],
        ),
        ({"text": "x", "kind": "telepathy"}, 400, "validation_failed", ["/kind"]),
        ({"text": "x", "content": []}, 400, "validation_failed", ["/content"]),
        ({"text": 7.5e18, "client_ref": "x" * 81}, 400, "validation_failed", ["/client_ref"]),
        ({"text": ["x"]}, 400, "validation_failed", ["/text"]),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason(
    thread: Thread, bob_calls: Caller, body: Any, status: int, code: str, pointers: list[str]
) -> None:
    answer = bob_calls.post(f"threads/{thread.id}/messages", body)

    assert (answer.status, answer.code, answer.pointers) == (status, code, pointers)


def test_a_closed_thread_takes_no_answer(thread: Thread, bob_calls: Caller) -> None:
    bob_calls.put(f"threads/{thread.id}/closure")

    assert bob_calls.post(f"threads/{thread.id}/messages", {"text": "x"}).code == "thread_closed"


def test_a_message_of_another_customer_cannot_be_quoted(
    thread: Thread, writes: Writes, bob_calls: Caller
) -> None:
    other = writes("Hello", phone="447700900777")

    answer = bob_calls.post(f"threads/{thread.id}/messages", {"text": "x", "reply_to": str(other.id)})

    assert answer.pointers == ["/reply_to"]


# ---------------------------------------------------------------- writing first


def test_writing_to_a_phone_makes_customer_and_thread(cast: Cast, program: Caller) -> None:
    template = {"name": "card_sent", "language": "en"}

    sent = program.post(
        "messages", {"to": {"phone": "+44 (7700) 900555"}, "name": "Grace", "template": template}
    )

    assert sent.status == 201
    thread = program.get(f"threads/{sent.data['thread_id']}").data
    assert thread["customer"]["name"] == "Grace"
    assert [(one["kind"], one["value"]) for one in thread["customer"]["addresses"]] == [
        ("phone", "+447700900555")
    ]
    again = program.post("messages", {"to": {"phone": "447700900555"}, "template": template})
    assert again.data["thread_id"] == sent.data["thread_id"]


def test_writing_to_a_customer_by_id_or_address(thread: Thread, program: Caller) -> None:
    by_id = program.post("messages", {"to": {"customer_id": str(thread.customer_id)}, "text": "Hello"})
    by_address = program.post(
        "messages", {"to": {"kind": "phone", "value": f"+{hooks.PHONE}"}, "text": "Hello"}
    )

    assert by_id.data["thread_id"] == by_address.data["thread_id"] == str(thread.id)


@pytest.mark.parametrize(
    ("to", "pointers"),
    [
        ({}, ["/to"]),
        ({"phone": "+447700900555", "customer_id": NOWHERE}, ["/to"]),
        ({"kind": "phone"}, ["/to"]),
        ({"phone": "call me"}, ["/to/phone"]),
        ({"phone": "+44"}, ["/to/phone"]),
        ({"phone": "0" * 40}, ["/to/phone"]),
        ({"customer_id": NOWHERE}, ["/to/customer_id"]),
        ({"email": "ada@example.com"}, ["/to/email"]),
        ("call me", ["/to/phone"]),
        (447700900555, ["/to"]),
    ],
)
def test_a_wrong_receiver_is_named(program: Caller, to: Any, pointers: list[str]) -> None:
    answer = program.post("messages", {"to": to, "text": "Hello"})

    assert (answer.status, answer.code, answer.pointers) == (400, "validation_failed", pointers)


def test_a_refused_first_message_leaves_no_customer_behind(cast: Cast, program: Caller) -> None:
    answer = program.post("messages", {"to": {"phone": "+447700900555"}, "text": "Hello"})

    assert answer.code == "window_closed"
    with tenant_context(cast.acme.id):
        assert not Customer.objects.exists()
        assert not Thread.objects.exists()


# ---------------------------------------------------------------- reading


def test_a_message_is_found_by_its_providers_id(cast: Cast, writes: Writes, program: Caller) -> None:
    message = writes("Hello", message_id="wamid.found")
    writes("Other", phone="447700900777")

    found = program.get("messages", provider_id="wamid.found")
    exact = program.get(
        "messages", provider_id="wamid.found", channel=str(cast.acme_number.id), thread=str(message.thread_id)
    )

    assert [one["id"] for one in found.data["data"]] == [str(message.id)]
    assert exact.data == found.data
    assert program.get("messages", provider_id="wamid.other").data["data"] == []


def test_messages_of_a_thread_page_newest_first(thread: Thread, writes: Writes, program: Caller) -> None:
    for n in range(5):
        writes(f"line {n}", at=1_790_000_000 + n)

    first = program.get("messages", thread=str(thread.id), limit=4)
    rest = program.get("messages", thread=str(thread.id), limit=4, after=first.data["next"])

    found = [one["text"] for one in first.data["data"] + rest.data["data"]]
    assert sorted(found) == sorted(["My card is gone", *(f"line {n}" for n in range(5))])
    assert found.index("line 4") < found.index("line 0")


def test_a_page_of_messages_costs_the_same_however_many(writes: Writes, program: Caller) -> None:
    first = writes("Hello")
    reply_to = {"context": {"from": "447700900201", "id": first.external_id}}
    writes("And", **reply_to)
    program.get("messages")
    with CaptureQueriesContext(connection) as few:
        program.get("messages")
    for _ in range(10):
        writes("And", **reply_to)
    with CaptureQueriesContext(connection) as many:
        assert len(program.get("messages").data["data"]) == 12

    assert len(few) == len(many)


# ---------------------------------------------------------------- again, and reactions


def test_only_a_failed_message_can_be_tried_again(cast: Cast, thread: Thread, bob_calls: Caller) -> None:
    sent = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Hello"}).data
    path = f"messages/{sent['id']}/retry"

    assert bob_calls.post(path).code == "conflict"

    with tenant_context(cast.acme.id):
        Message.objects.filter(id=sent["id"]).update(
            status="failed",
            error={"code": "recipient", "title": "Not on WhatsApp", "provider_code": "131026"},
        )
    assert bob_calls.get(f"messages/{sent['id']}").data["error"]["provider_code"] == "131026"
    again = bob_calls.post(path)
    assert (again.data["id"], again.data["status"], again.data["error"]) == (sent["id"], "queued", None)


def test_reacting_and_taking_it_back(cast: Cast, thread: Thread, bob_calls: Caller) -> None:
    with tenant_context(cast.acme.id):
        message = Message.objects.get()
    path = f"messages/{message.id}/reaction"

    put = bob_calls.put(path, {"emoji": "👍🏽"})
    taken = bob_calls.delete(path)

    assert [(one["emoji"], one["by"]) for one in put.data["reactions"]] == [("👍🏽", "us")]
    assert taken.data["reactions"] == []
    assert bob_calls.put(path, {"emoji": ""}).pointers == ["/emoji"]


def test_a_customers_reaction_stands_on_its_message_and_not_in_the_line(
    writes: Writes, program: Caller
) -> None:
    message = writes("Look")
    writes(
        "",
        message_id="wamid.react",
        type="reaction",
        reaction={"message_id": message.external_id, "emoji": "❤️"},
    )

    shown = program.get(f"messages/{message.id}").data["reactions"]
    line = program.get(f"threads/{message.thread_id}/timeline").data["data"]

    assert [(one["emoji"], one["by"]) for one in shown] == [("❤️", "customer")]
    assert [entry["message"]["kind"] for entry in line if entry["type"] == "message"] == ["text"]


# ---------------------------------------------------------------- the stranger


def test_charlie_of_globex_sees_none_of_it(
    cast: Cast, thread: Thread, charlie_calls: Caller, bob_calls: Caller
) -> None:
    with tenant_context(cast.acme.id):
        message = Message.objects.get()
    file = bob_calls.upload(
        "attachments", file=SimpleUploadedFile("a.pdf", b"%PDF-1.4", content_type="application/pdf")
    ).data
    own = customer_writes(cast.globex_number, "Hello Globex").thread

    for answer in (
        charlie_calls.get(f"messages/{message.id}"),
        charlie_calls.post(f"messages/{message.id}/retry"),
        charlie_calls.put(f"messages/{message.id}/reaction", {"emoji": "👍"}),
        charlie_calls.delete(f"messages/{message.id}/reaction"),
    ):
        assert (answer.status, answer.code) == (404, "not_found")
    assert charlie_calls.get("messages", provider_id=message.external_id).data["data"] == []
    assert charlie_calls.get("messages", thread=str(thread.id)).data["data"] == []
    assert charlie_calls.get("messages", channel=str(cast.acme_number.id)).data["data"] == []
    path = f"threads/{own.id}/messages"
    assert charlie_calls.post(path, {"text": "x", "reply_to": str(message.id)}).pointers == ["/reply_to"]
    assert charlie_calls.post(path, {"text": "x", "attachment_ids": [file["id"]]}).pointers == [
        "/attachment_ids/0"
    ]
    assert charlie_calls.post(path, {"text": "x", "channel_id": str(cast.acme_number.id)}).pointers == [
        "/channel_id"
    ]
    to = {"customer_id": str(thread.customer_id)}
    assert charlie_calls.post("messages", {"to": to, "text": "x"}).pointers == ["/to/customer_id"]


def test_an_answer_waits_when_a_colleague_answered_after_what_the_writer_saw(
    thread: Thread, cast: Cast, alice_calls: Caller, bob_calls: Caller, program: Caller
) -> None:
    seen = str(thread.last_message_id)
    path = f"threads/{thread.id}/messages"
    first = alice_calls.post(path, {"text": "By Alice", "client_ref": "a", "seen_message_id": seen}).data

    held = bob_calls.post(path, {"text": "By Bob", "client_ref": "b", "seen_message_id": seen})

    assert (held.status, held.code) == (409, "answered_meanwhile")
    assert held.data["message"]["id"] == first["id"]
    again = alice_calls.post(path, {"text": "By Alice", "client_ref": "a", "seen_message_id": seen})
    assert again.data["id"] == first["id"]
    assert alice_calls.post(path, {"text": "More", "client_ref": "c", "seen_message_id": seen}).status == 201
    newest = alice_calls.get(f"threads/{thread.id}").data["last_message"]["id"]
    assert bob_calls.post(path, {"text": "Now", "client_ref": "d", "seen_message_id": newest}).status == 201
    assert program.post(path, {"text": "By program", "client_ref": "e"}).status == 201
