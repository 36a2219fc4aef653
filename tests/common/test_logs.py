"""No log line holds what customers wrote, their numbers, or a key to the house (reliability rule 42)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from common.ids import uuid7
from common.logs import JsonFormatter, Redact, redact
from common.tenancy import tenant_context
from inbox.operations.receipts import drain
from tests.cast import Cast
from tests.hooks import post, text_message, webhook

CANARY = "canary-7f3a-words"
PHONE = "447700900188"
ID = "0190a0c4-0000-7000-8000-000000000001"
KEY = "MQ-c5k2xv-0f3b9a7d5e1c4b6a8d9e0f1a2b3c4d5e"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("to +447700900188", "to [number]"),
        ("to +44 7700 900 188 now", "to [number] now"),
        ("to (0044) 7700-900.188", "to [number]"),
        ("card 4111 1111 1111 1111", "card [number]"),
        (f"Not Found: /accounts/invitations/{KEY}/", "Not Found: /accounts/invitations/[key]/"),
        ("token=abc&x=1", "token=[secret]&x=1"),
        ("Authorization: Bearer abc", "Authorization: Bearer [secret]"),
        ('null value\nDETAIL:  Failing row contains (1, "Hello")\n', "null value\n[row]\n"),
        ("bad\nLINE 1: SELECT 'Hello'\n               ^", "bad\n[row]"),
    ],
)
def test_what_must_not_be_known_is_cut_out(said: str, kept: str) -> None:
    assert redact(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        f"thread /api/v1/threads/{ID}/messages",
        "2026-11-29T02:07:51.123456Z took 12345678 bytes",
        "127.0.0.1:8000 - GET /inbox/",
        f"receipt {ID} of tenant {ID}",
    ],
)
def test_ids_times_and_addresses_stay_readable(said: str) -> None:
    assert redact(said) == said


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything any logger says meanwhile, as the product's handler writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(Redact())
    handler.setLevel(logging.DEBUG)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.django_db(transaction=True)
def test_a_customers_words_and_number_reach_no_line_even_when_storing_them_fails(
    committed_cast: Cast, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = committed_cast.acme_number
    post(channel, webhook(channel, messages=[text_message("wamid.7", CANARY, phone=PHONE)]))

    def break_a_row(rows: Any, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO inbox_message (tenant_id, text, author_name) VALUES (%s, %s, %s)",
                [committed_cast.acme.id, CANARY, PHONE],
            )

    monkeypatch.setattr("inbox.operations.receive.insert_rows", break_a_row)
    drain()

    said = written.getvalue()
    assert "an item was quarantined" in said
    assert "null value" in said
    assert CANARY not in said
    assert PHONE not in said


@pytest.mark.django_db(transaction=True)
def test_a_refused_row_is_logged_without_its_values(committed_cast: Cast, written: io.StringIO) -> None:
    log = logging.getLogger("inbox")
    with tenant_context(committed_cast.acme.id):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                statement = "INSERT INTO inbox_label (tenant_id, id, name, colour) VALUES (%s, %s, %s, NULL)"
                cursor.execute(statement, [committed_cast.acme.id, uuid7(), CANARY])
        except IntegrityError:
            log.exception("a label could not be stored")

    assert "a label could not be stored" in written.getvalue()
    assert CANARY not in written.getvalue()


@pytest.mark.django_db
def test_the_key_in_a_link_that_fails_is_not_logged(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("django.request"), "level", logging.DEBUG)
    Client().get(f"/accounts/nowhere/{KEY}/")

    assert "/accounts/nowhere/" in written.getvalue()
    assert KEY not in written.getvalue()
