"""Notes and drafts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Draft, Message, Note, Thread
from tests.api.caller import Caller
from tests.api.conftest import Writes
from tests.cast import APP_SECRET, Cast, connect_number


def test_a_note_is_written_and_its_reader_called(
    cast: Cast, thread: Thread, alice_calls: Caller, bob_calls: Caller
) -> None:
    body = {"text": "@Bob, look", "client_ref": "n1", "mentions": [str(cast.bob.id), str(cast.charlie.id)]}

    note = alice_calls.post(f"threads/{thread.id}/notes", body)
    again = alice_calls.post(f"threads/{thread.id}/notes", body)

    assert (note.status, again.data["id"]) == (201, note.data["id"])
    assert note.data["author"]["name"] == "Alice"
    assert note.data["mentions"] == [str(cast.bob.id)]
    assert [row["id"] for row in bob_calls.get("threads", view="mentions").data["data"]] == [str(thread.id)]
    line = bob_calls.get(f"threads/{thread.id}/timeline").data["data"]
    assert [entry["note"] for entry in line if entry["type"] == "note"] == [note.data]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": "x" * 10_001}, "/text"),
        ({"text": "x", "mentions": ["bob"]}, "/mentions/0"),
        ({"text": "x", "to": "customer"}, "/to"),
    ],
)
def test_a_wrong_note_is_refused(thread: Thread, bob_calls: Caller, body: Any, pointer: str) -> None:
    assert bob_calls.post(f"threads/{thread.id}/notes", body).pointers == [pointer]


def test_a_program_writes_no_notes_and_has_no_drafts(cast: Cast, thread: Thread, program: Caller) -> None:
    assert program.post(f"threads/{thread.id}/notes", {"text": "x"}).code == "member_only"
    assert program.put(f"threads/{thread.id}/drafts/reply", {"text": "x"}).code == "member_only"
    assert program.delete(f"threads/{thread.id}/drafts/reply").code == "member_only"
    with tenant_context(cast.acme.id):
        assert not Note.objects.exists()


def test_a_draft_is_kept_replaced_and_thrown_away(
    cast: Cast, thread: Thread, bob_calls: Caller, alice_calls: Caller
) -> None:
    with tenant_context(cast.acme.id):
        message = Message.objects.get()
    file = bob_calls.upload(
        "attachments", file=SimpleUploadedFile("a.pdf", b"%PDF-1.4", content_type="application/pdf")
    ).data
    path = f"threads/{thread.id}/drafts/reply"

    bob_calls.put(path, {"text": "Dear"})
    body = {"text": "Dear Ada", "reply_to": str(message.id), "attachment_ids": [file["id"]]}
    draft = bob_calls.put(path, body).data

    assert (draft["mode"], draft["text"], draft["reply_to"]) == ("reply", "Dear Ada", str(message.id))
    assert draft["attachments"] == [file]
    assert bob_calls.get(f"threads/{thread.id}").data["draft"] == "Dear Ada"
    assert alice_calls.get(f"threads/{thread.id}").data["draft"] is None
    assert [bob_calls.delete(path).status for _ in range(2)] == [204, 204]
    with tenant_context(cast.acme.id):
        assert not Draft.objects.exists()


def test_drafts_are_for_their_writers_eyes_only(
    cast: Cast, thread: Thread, bob_calls: Caller, alice_calls: Caller
) -> None:
    bob_calls.put(f"threads/{thread.id}/drafts/note", {"text": "secret"})

    seen_by_bob = {event["type"] for event in bob_calls.get("events", limit=200).data["data"]}
    seen_by_alice = {event["type"] for event in alice_calls.get("events", limit=200).data["data"]}

    assert "draft.saved" in seen_by_bob - seen_by_alice
    with tenant_context(cast.acme.id):
        assert Event.objects.get(type="draft.saved").audience == cast.bob.id


def test_each_channel_keeps_a_reply_of_its_own(cast: Cast, thread: Thread, bob_calls: Caller) -> None:
    """Without a channel it is the one the conversation answers on now; a stranger's channel is none."""
    with tenant_context(cast.acme.id):
        second = connect_number("318840571926605", APP_SECRET, cast.alice)
    usual, other, strange = str(thread.channel_id), str(second.id), str(cast.globex_number.id)
    path = f"threads/{thread.id}/drafts/reply"

    bob_calls.put(path, {"text": "Here"})
    bob_calls.put(path, {"text": "There", "channel_id": other})

    kept = bob_calls.get("bootstrap").data["drafts"]
    assert {one["channel_id"]: one["text"] for one in kept} == {usual: "Here", other: "There"}
    assert bob_calls.put(path, {"text": "x", "channel_id": strange}).pointers == ["/channel_id"]
    assert bob_calls.delete(f"{path}?channel={other}").status == 204
    assert [one["text"] for one in bob_calls.get("bootstrap").data["drafts"]] == ["Here"]


def test_a_draft_keeps_its_quote_when_the_quoted_part_was_split_off(
    writes: Writes, bob_calls: Caller, charlie_calls: Caller
) -> None:
    first, second = writes("My card is gone"), writes("And where is your branch?")
    body = {"text": "Which card", "reply_to": str(first.id)}
    bob_calls.put(f"threads/{first.thread_id}/drafts/reply", body)
    split = {"message_id": str(second.id)}
    later = bob_calls.post(f"threads/{first.thread_id}/splits", split).data["new_thread_id"]

    saved = bob_calls.put(f"threads/{later}/drafts/reply", {**body, "text": "Which card, please?"})

    assert (saved.status, saved.data["reply_to"]) == (200, str(first.id))
    strange = writes("Hello", phone="447700900199")
    path = f"threads/{strange.thread_id}/drafts/reply"
    assert bob_calls.put(path, body).pointers == ["/reply_to"]
    assert charlie_calls.put(path, {"text": "x"}).status == 404
