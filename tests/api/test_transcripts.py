"""A conversation to keep, as text and as JSON; and going to a day of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox.models import Message, Thread
from inbox.operations.attachments import upload_attachment
from inbox.operations.authors import Author
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.threads import assign_thread
from tests.api.caller import Caller
from tests.cast import Cast

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def told(cast: Cast, thread: Thread) -> Thread:
    """What Ada wrote, an answer with a file, a note, and a change."""
    with tenant_context(cast.acme.id):
        by = Author.of(cast.bob)
        terms = SimpleUploadedFile("terms.pdf", b"%PDF-1.4 terms", content_type="application/pdf")
        file = upload_attachment(file=terms, member=cast.bob)  # type: ignore[arg-type]
        reply(thread=thread, by=by, text="Here are\nthe terms", attachments=[file], client_ref="1")
        add_note(thread=thread, by=cast.bob, text="She called twice", client_ref="2", mentions=[])
        assign_thread(thread=thread, assignee=cast.bob, team=None, by=by)
    return thread


def kept(client: Client, thread: Thread, form: str) -> bytes:
    answer = client.get(f"/inbox/transcripts/{thread.id}.{form}")
    assert answer.status_code == 200
    assert f'filename="conversation-{thread.id}.{form}"' in answer.headers["Content-Disposition"]
    return b"".join(cast_bytes(answer))


def cast_bytes(answer: Any) -> Iterable[bytes]:
    return cast(Iterable[bytes], answer.streaming_content)


def test_the_text_tells_who_said_what_and_where_its_files_are(
    told: Thread, bob_client: Client, settings: Any
) -> None:
    text = kept(bob_client, told, "txt").decode()

    said = [line.strip() for line in text.splitlines()]
    assert said.index("Here are") + 1 == said.index("the terms")
    assert "She called twice" in said
    assert any("Bob (internal note)" in line for line in said)
    assert any(line.endswith("Bob: assigned") for line in said)
    (link,) = [line for line in said if line.startswith("[terms.pdf]")]
    assert link.startswith(f"[terms.pdf] {settings.PUBLIC_URL}/api/v1/attachments/")


def test_the_json_equals_the_timeline_and_its_files_open_for_their_reader_only(
    told: Thread, bob_client: Client, bob_calls: Caller, charlie_client: Client, settings: Any
) -> None:
    found = orjson.loads(kept(bob_client, told, "json"))

    timeline = bob_calls.get(f"threads/{told.id}/timeline", limit=200).data["data"]
    assert [one["id"] for one in found["entries"]] == [one["id"] for one in timeline]
    assert found["thread"]["id"] == str(told.id)
    files = [file for one in found["entries"] for file in one.get("message", {}).get("attachments", ())]
    path = files[0]["url"].removeprefix(settings.PUBLIC_URL)
    leads = bob_client.get(path)
    assert leads.status_code == 302
    assert b"".join(cast_bytes(Client().get(leads.headers["Location"]))) == b"%PDF-1.4 terms"
    assert charlie_client.get(path).status_code == 404


def test_a_long_conversation_is_read_a_stretch_at_a_time(
    cast: Cast, thread: Thread, bob_client: Client
) -> None:
    _lines(cast, thread, 500)

    answer = bob_client.get(f"/inbox/transcripts/{thread.id}.txt")
    stream = iter(cast_bytes(answer))
    with CaptureQueriesContext(connection) as first:
        next(stream)
        next(stream)
    with CaptureQueriesContext(connection) as rest:
        text = b"".join(stream).decode()

    assert [line for line in text.split() if line.startswith("line-")][-1] == "line-499"
    assert text.count("line-") == 499
    assert len(first) <= 12
    assert len(rest) < 40


def _lines(cast: Cast, thread: Thread, n: int) -> None:
    """`n` messages of the customer, an hour apart."""
    with tenant_context(cast.acme.id):
        Message.objects.filter(thread=thread).delete()
        address = thread.customer.addresses.all()[0]
        insert_rows([
            Message(
                id=uuid7(), thread=thread, customer=thread.customer, channel=cast.acme_number,
                address=address, direction="inbound", kind="text", text=f"line-{i}",
                external_id=f"wamid.{uuid7()}",
                status="received", at=START + timedelta(hours=i), created_at=START,
            )
            for i in range(n)
        ])  # fmt: skip


def test_a_time_leads_to_the_first_entries_then_or_later(
    cast: Cast, thread: Thread, bob_calls: Caller
) -> None:
    _lines(cast, thread, 60)
    address = f"threads/{thread.id}/timeline"

    def lines(found: Any) -> list[str]:
        return [one["message"]["text"] for one in found["data"] if one["type"] == "message"]

    found = bob_calls.get(address, since="2026-11-02T00:00:00Z", limit=5).data
    assert lines(found) == [f"line-{n}" for n in range(15, 20)]
    assert found["has_before"] is found["has_after"] is True
    assert lines(bob_calls.get(address, after=found["after"], limit=2).data) == ["line-20", "line-21"]
    assert lines(bob_calls.get(address, before=found["before"], limit=2).data) == ["line-13", "line-14"]
    first = bob_calls.get(address, since="2020-01-01T00:00:00Z", limit=1).data
    assert (lines(first), first["has_before"]) == (["line-0"], False)
    late = bob_calls.get(address, since="2099-01-01T00:00:00Z", limit=3).data
    assert late["has_before"] is True
    assert late["has_after"] is False
    assert bob_calls.get(address, since="2026-11-02T00:00:00Z", before="x").code == "validation_failed"


def test_a_stranger_and_who_is_not_signed_in_get_nothing(told: Thread, charlie_client: Client) -> None:
    for form in ("txt", "json"):
        assert charlie_client.get(f"/inbox/transcripts/{told.id}.{form}").status_code == 404
        assert Client().get(f"/inbox/transcripts/{told.id}.{form}").status_code == 302
