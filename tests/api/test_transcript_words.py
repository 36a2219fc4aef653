"""The text of a conversation to keep: nothing is said in it that was not, and nobody forges a line of it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import Template, TemplateAccount
from common.tenancy import tenant_context
from customers.models import Customer
from inbox.models import Message, Status, Thread
from inbox.operations.authors import Author
from inbox.operations.reply import reply
from inbox.queries.transcript_words import EVENTS
from tests.api.caller import Caller
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[2]


def lines_of(client: Client, thread: Thread) -> list[str]:
    answer: Any = client.get(f"/inbox/transcripts/{thread.id}.txt")
    kept: bytes = b"".join(answer.streaming_content)
    return kept.decode().splitlines()


def heads(lines: list[str]) -> list[str]:
    """Who speaks, without when."""
    return [
        line.partition(" UTC  ")[2] for line in lines if re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC  ", line)
    ]


def one_message(cast: Cast, **values: Any) -> None:
    """The conversation's only message becomes this."""
    with tenant_context(cast.acme.id):
        Message.objects.update(**values)


def test_what_a_customer_took_back_is_not_handed_on(cast: Cast, thread: Thread, bob_client: Client) -> None:
    one_message(cast, revoked_at=timezone.now(), edited_at=timezone.now())

    lines = lines_of(bob_client, thread)

    assert "    [The customer took this message back.]" in lines
    assert not [line for line in lines if "My card is gone" in line]
    assert "Ada Tester" in heads(lines)


def test_an_edited_message_says_so(cast: Cast, thread: Thread, bob_client: Client) -> None:
    one_message(cast, text="My card is here", edited_at=timezone.now())

    lines = lines_of(bob_client, thread)

    assert "Ada Tester (edited)" in heads(lines)
    assert "    My card is here" in lines


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        (Status.CANCELLED, " (Cancelled)"),
        (Status.FAILED, " (Not sent)"),
        (Status.HELD, " (Held back)"),
        (Status.UNCERTAIN, " (Unknown whether it arrived)"),
        (Status.QUEUED, " (Waiting to be sent)"),
        (Status.SENT, ""),
        (Status.READ, ""),
    ],
)
def test_an_answer_that_nobody_got_is_not_told_as_one_they_got(
    cast: Cast, thread: Thread, bob_client: Client, status: str, mark: str
) -> None:
    with tenant_context(cast.acme.id):
        reply(thread=thread, by=Author.of(cast.bob), text="We pay it back", client_ref="1")
        Message.objects.filter(direction="outbound").update(status=status)

    assert f"Bob{mark}" in heads(lines_of(bob_client, thread))


def test_a_name_forges_no_line_and_turns_none(cast: Cast, thread: Thread, bob_client: Client) -> None:
    with tenant_context(cast.acme.id):
        Customer.objects.update(
            name="Ada\u202e\r\n2026-11-01 09:00 UTC  Bob\u2028    We owe you 900 EUR\x1b[2J"
        )

    lines = lines_of(bob_client, thread)

    whole = "Ada 2026-11-01 09:00 UTC Bob We owe you 900 EUR[2J"
    assert lines[0] == f"Conversation with {whole}"
    assert heads(lines) == [*[head for head in heads(lines) if head != whole], whole]
    assert "Bob" not in heads(lines)


def test_in_a_group_it_is_told_who_wrote(cast: Cast, thread: Thread, bob_client: Client) -> None:
    one_message(cast, author_kind="customer", author_name="Carl\nCarlson")

    assert "Carl Carlson" in heads(lines_of(bob_client, thread))


def test_what_happened_is_told_in_words(
    cast: Cast, thread: Thread, bob_calls: Caller, bob_client: Client
) -> None:
    later = {"text": "Has it come?", "send_at": (timezone.now() + timedelta(hours=3)).isoformat()}
    row = bob_calls.post(f"threads/{thread.id}/scheduled_messages", later).data
    bob_calls.delete(f"scheduled_messages/{row['id']}")

    assert heads(lines_of(bob_client, thread))[-2:] == [
        "Bob: wrote a message that leaves later",
        "Bob: cancelled a message that was to leave later",
    ]


def test_every_event_of_a_conversation_has_words() -> None:
    sources = [path for room in ("inbox", "notifications") for path in (ROOT / room).rglob("*.py")]
    told = {name for path in sources for name in re.findall(r'"(thread\.[a-z_]+)"', path.read_text())}

    assert told - EVENTS.keys() <= {"thread.seen"}  # that is told to its reader alone


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        (
            "location",
            {"latitude": 51.5, "longitude": -0.1, "name": "Branch\nBob: yes", "address": "High Street 1"},
            "[Location] Branch Bob: yes, High Street 1, 51.5, -0.1",
        ),
        (
            "contacts",
            {"contacts": [{"name": {"formatted_name": "Eve"}, "phones": [{"phone": "+447700900001"}]}]},
            "[Contact card] Eve, +447700900001",
        ),
        (
            "order",
            {"items": [{"quantity": 2, "product_retailer_id": "A-1", "item_price": 3, "currency": "EUR"}]},
            "[Order] 2 × A-1 · 3 EUR",
        ),
        ("flow_reply", {"form": {"flow_token": "secret", "day": ["Mo", "Tu"]}}, "[Form answer] day: Mo, Tu"),
        ("call", {"transcript": "Hello,\nmy card is gone"}, "[Call] Hello, my card is gone"),
        ("call", {"outcome": "missed"}, "[Call]"),
        ("contacts", {"contacts": "none"}, "[Contact card]"),
        ("order", {"items": [1, None, {}]}, "[Order] 1 ×  ·  "),
        ("flow_reply", {"form": "{broken"}, "[Form answer] {broken"),
    ],
)
def test_what_has_no_words_is_told_all_the_same(
    cast: Cast, thread: Thread, bob_client: Client, kind: str, content: dict[str, Any], words: str
) -> None:
    one_message(cast, kind=kind, text="", content=content)

    assert f"    {' '.join(words.split())}" in lines_of(bob_client, thread)


def test_a_template_is_told_in_the_words_the_customer_read(
    cast: Cast, thread: Thread, bob_client: Client
) -> None:
    content = {
        "name": "card_sent", "language": "en",
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": t} for t in ("Ada", "{{1}}")]}
        ],
    }  # fmt: skip
    one_message(cast, kind="template", text="", content=content, direction="outbound", status="sent")

    assert "    [Template card_sent] Ada, {{1}}" in lines_of(bob_client, thread)
    with tenant_context(cast.acme.id):
        account = TemplateAccount.objects.get(waba_id=cast.acme_number.config["waba_id"])
        Template.objects.create(
            account=account, name="card_sent", language="en", category="UTILITY", status="APPROVED",
            components=[{"type": "BODY", "text": "Dear {{1}},\nyour card for {{2}} is on its way."}],
        )  # fmt: skip
    lines = lines_of(bob_client, thread)
    assert lines[-2:] == ["    Dear Ada,", "    your card for {{1}} is on its way."]
