"""What two tenants share with the world outside finds each of them only their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.api.caller import Answer, Caller
from tests.crossfire.marks import CRM_ID, PHONE, REF, WAMID
from tests.crossfire.raiders import Canaries
from tests.crossfire.twins import Twin, Twins

LISTS = ["threads", "messages", "customers", "channels", "members", "teams", "keys", "receipts", "events"]


def program_of(twin: Twin) -> Caller:
    """A program with every scope."""
    return Caller(Client(), twin.keys["live"])


@pytest.fixture
def acme(small_twins: Twins) -> Caller:
    return program_of(small_twins.acme)


@pytest.fixture
def globex(small_twins: Twins) -> Caller:
    return program_of(small_twins.globex)


@pytest.mark.parametrize(
    ("path", "query", "row"),
    [
        ("messages", {"provider_id": WAMID}, "message"),
        ("customers", {"external_id": CRM_ID}, "customer"),
        ("customers", {"address": f"+{PHONE}"}, "customer"),
        ("customers", {"q": "Ada"}, "customer"),
        ("threads", {"q": PHONE}, "thread"),
    ],
)
def test_equal_ids_and_numbers_find_ones_own(
    small_twins: Twins, acme: Caller, globex: Caller, path: str, query: dict[str, Any], row: str
) -> None:
    found = [[one["id"] for one in calls.get(path, **query).data["data"]] for calls in (acme, globex)]

    assert found == [[small_twins.acme.rows[row]], [small_twins.globex.rows[row]]]


def test_equal_refs_answer_ones_own_message(small_twins: Twins, acme: Caller, globex: Caller) -> None:
    said = {"text": "again", "client_ref": REF}
    answers = [
        calls.post(f"threads/{twin.rows['thread']}/messages", said).data
        for calls, twin in ((acme, small_twins.acme), (globex, small_twins.globex))
    ]

    assert [one["id"] for one in answers] == [small_twins.acme.rows["sent"], small_twins.globex.rows["sent"]]


def test_an_equal_idempotency_key_replays_nothing_of_the_other(acme: Caller, globex: Caller) -> None:
    said: dict[str, Any] = {"to": {"phone": f"+{PHONE}"}, "text": "Your new card"}
    key = {"Idempotency-Key": "the-same"}

    first, second = acme.post("messages", said, key), globex.post("messages", said, key)

    assert (first.status, second.status) == (201, 201)
    assert "Idempotent-Replayed" not in second.headers
    assert first.data["id"] != second.data["id"]


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_of_acme_leads_globex_through_its_own_rows(acme: Caller, globex: Caller, path: str) -> None:
    canaries = Canaries({row["id"] for row in acme.get(path, limit=200).data["data"]})
    pages = list(_pages(acme, path))
    cursors = [page.data["next"] for page in pages if page.data["has_more"]]

    assert canaries.in_text(pages[0].body.decode())
    for page in [*_pages(globex, path), *(globex.get(path, after=cursor) for cursor in cursors)]:
        assert canaries.in_text(page.body.decode()) == []


def _pages(calls: Caller, path: str) -> Iterator[Answer]:
    """A list to its end, one row at a time."""
    after: dict[str, Any] = {}
    while True:
        page = calls.get(path, limit=1, **after)
        yield page
        if not page.data["has_more"]:
            return
        after = {"after": page.data["next"]}
