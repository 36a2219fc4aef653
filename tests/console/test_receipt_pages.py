"""Receipts: finding one, reading it, reading it again; raw text only for its sole owner."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from common.tenancy import tenant_context
from inbox.models import Receipt, ReceiptOutcome
from inbox.queries.receipts import PAGE
from tests.cast import Cast, connect_number
from tests.console.rows import receipt
from tests.reading import find


def listed(client: Client, query: str = "") -> list[str]:
    return re.findall(
        r'href="/console/receipts/([0-9a-f-]{36})/"',
        client.get(f"/console/receipts/{query}").content.decode(),
    )


def test_the_newest_stands_first(cast: Cast, alice_client: Client) -> None:
    ids = [str(receipt(cast.acme_number)) for _ in range(3)]

    assert listed(alice_client) == ids[::-1]


def test_filters(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        second = connect_number("318840571926612", "second-secret-0123456789", cast.alice)
    old = str(receipt(cast.acme_number, at=timezone.now() - timedelta(hours=30)))
    bad = str(receipt(cast.acme_number, outcome="quarantined"))
    other = str(receipt(second, outcome="duplicate"))

    assert listed(alice_client, "?outcome=quarantined") == [bad]
    assert listed(alice_client, "?hours=24") == [other, bad]
    assert listed(alice_client, f"?channel={second.id}") == [other]
    assert listed(alice_client, f"?channel={cast.acme_number.id}&outcome=stored&hours=168") == [old]
    assert listed(alice_client, "?outcome=stored&hours=1") == []


@pytest.mark.parametrize(
    "odd", ["?outcome=lost", "?hours=-5", "?hours=x", "?channel=1", "?before=x", "?before=%00"]
)
def test_odd_filters_mean_all(cast: Cast, alice_client: Client, odd: str) -> None:
    one = str(receipt(cast.acme_number))

    assert listed(alice_client, odd) == [one]


def test_pages_go_by_key(cast: Cast, alice_client: Client) -> None:
    ids = [str(receipt(cast.acme_number)) for _ in range(PAGE + 3)]

    first = alice_client.get("/console/receipts/?outcome=stored").content.decode()
    older = find(r'href="\?([^"]*before=[^"]+)"', first).replace("&amp;", "&")
    receipt(cast.acme_number)
    second = listed(alice_client, f"?{older}")

    assert second == ids[2::-1]


def test_one_receipt_shows_body_and_items_as_text(cast: Cast, alice_client: Client) -> None:
    one = receipt(cast.acme_number, outcome="quarantined", reason="It names <b>nobody</b>.")

    page = alice_client.get(f"/console/receipts/{one}/").content.decode()

    assert "canary-7f3" in page
    assert "<script>alert" not in page
    assert "It names &lt;b&gt;nobody&lt;/b&gt;." in page


def test_a_shared_body_is_shown_to_nobody(cast: Cast, alice_client: Client) -> None:
    one = receipt(cast.acme_number, whole=False)

    page = alice_client.get(f"/console/receipts/{one}/").content.decode()

    assert "canary-7f3" not in page
    assert "items of others" in page


def test_a_body_that_became_somebody_elses_is_not_shown(cast: Cast, alice_client: Client) -> None:
    one = receipt(cast.acme_number)
    Receipt.objects.filter(id=one).update(tenant_id=cast.globex.id)

    assert "canary-7f3" not in alice_client.get(f"/console/receipts/{one}/").content.decode()


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00 not json", b'{"a": "\\u0000"}', b"[" * 3_000, b"", b'{"a": NaN}']
)
def test_any_body_can_be_shown(cast: Cast, alice_client: Client, body: bytes) -> None:
    one = receipt(cast.acme_number, body=body)

    assert alice_client.get(f"/console/receipts/{one}/").status_code == 200


def test_reading_it_again(cast: Cast, alice_client: Client) -> None:
    one = receipt(cast.acme_number, outcome="quarantined")

    answer = alice_client.post(f"/console/receipts/{one}/replay/", follow=True)

    assert b"read once more" in answer.content
    assert Receipt.objects.get(id=one).state == "new"
    with tenant_context(cast.acme.id):
        assert not ReceiptOutcome.objects.filter(receipt_id=one).exists()
