"""Messages that come in: stored once, in the right tenant and thread, whatever their order."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from pytest_django import DjangoAssertNumQueries

from common.tenancy import tenant_context
from customers.models import Address, Customer
from events.models import Event
from inbox.models import Message, Receipt, ReceiptOutcome, Thread
from inbox.operations.receipts import drain
from tests.cast import APP_SECRET, Cast, connect_number
from tests.hooks import post, text_message, webhook

pytestmark = pytest.mark.django_db


def test_a_first_message_makes_customer_thread_and_event(cast: Cast) -> None:
    post(cast.acme_number, webhook(cast.acme_number, messages=[text_message("wamid.1", "Hello")]))

    drain()

    with tenant_context(cast.acme.id):
        message = Message.objects.get()
        assert (message.text, message.kind, message.direction, message.status) == (
            "Hello",
            "text",
            "inbound",
            "received",
        )
        thread = Thread.objects.get()
        assert (thread.status, thread.inbound_count, thread.last_text) == ("open", 1, "Hello")
        assert thread.waiting_since is not None
        assert thread.window_until is not None
        assert Customer.objects.get().name == "Ada Tester"
        assert {row.kind for row in Address.objects.all()} == {"phone", "whatsapp_id"}
        assert list(Event.objects.order_by("seq").values_list("type", flat=True))[-2:] == [
            "thread.opened",
            "message.received",
        ]
    with tenant_context(cast.globex.id):
        assert not Message.objects.exists()


def test_the_same_message_twice_is_stored_once(cast: Cast) -> None:
    body = webhook(
        cast.acme_number, messages=[text_message("wamid.1", "Hello"), text_message("wamid.1", "Hello")]
    )
    post(cast.acme_number, body)
    post(cast.acme_number, body)

    drain()

    with tenant_context(cast.acme.id):
        assert Message.objects.count() == 1
        assert Thread.objects.get().inbound_count == 1
        outcomes = list(
            ReceiptOutcome.objects.order_by("received_at", "id").values_list("stored", "duplicate")
        )
        assert outcomes == [(1, 1), (0, 2)]


def test_second_message_joins_the_open_thread(cast: Cast) -> None:
    for n in (1, 2):
        post(cast.acme_number, webhook(cast.acme_number, messages=[text_message(f"wamid.{n}", f"Text {n}")]))
        drain()

    with tenant_context(cast.acme.id):
        assert Thread.objects.get().inbound_count == 2


def test_an_item_for_a_number_of_another_app_is_quarantined(cast: Cast) -> None:
    body = webhook(cast.acme_number, messages=[text_message("wamid.1", "for Acme")])
    body["entry"] += webhook(cast.globex_number, messages=[text_message("wamid.2", "for Globex")])["entry"]
    post(cast.acme_number, body)

    drain()

    with tenant_context(cast.acme.id):
        assert Message.objects.get().text == "for Acme"
        outcome = ReceiptOutcome.objects.get()
        assert (outcome.stored, outcome.quarantined) == (1, 1)
        assert "No connected channel" in outcome.items[1]["reason"]
    with tenant_context(cast.globex.id):
        assert not Message.objects.exists()


def test_one_body_may_carry_messages_for_two_tenants_that_share_an_app(cast: Cast) -> None:
    with tenant_context(cast.globex.id):
        shared = connect_number("318840571926777", APP_SECRET, cast.charlie)
    body = webhook(cast.acme_number, messages=[text_message("wamid.1", "for Acme")])
    body["entry"] += webhook(shared, messages=[text_message("wamid.2", "for Globex")])["entry"]
    receipt = post(cast.acme_number, body)

    drain()

    for tenant, text in ((cast.acme, "for Acme"), (cast.globex, "for Globex")):
        with tenant_context(tenant.id):
            assert Message.objects.get().text == text
            outcome = ReceiptOutcome.objects.get()
            assert (outcome.stored, outcome.whole, len(outcome.items)) == (1, False, 1)
    receipt.refresh_from_db()
    assert receipt.tenant_id is None


def test_a_broken_body_is_kept_with_a_reason(cast: Cast) -> None:
    receipt = post(cast.acme_number, b'{"object": "whatsapp_business_account", "entry": [')

    drain()

    receipt.refresh_from_db()
    assert receipt.state == "done"
    with tenant_context(cast.acme.id):
        outcome = ReceiptOutcome.objects.get()
        assert outcome.quarantined == 1
        assert "cannot be read" in outcome.items[0]["reason"]


def test_a_poisonous_item_leaves_its_neighbours_alone(cast: Cast) -> None:
    messages = [
        text_message("wamid.1", "fine"),
        {"id": 7, "type": None},
        text_message("wamid.3", "nul \x00 and \ud800"),
    ]
    post(cast.acme_number, orjson_lone(webhook(cast.acme_number, messages=messages)))

    drain()

    with tenant_context(cast.acme.id):
        assert list(Message.objects.order_by("at", "id").values_list("text", flat=True)) == [
            "fine",
            "nul � and �",
        ]
        assert ReceiptOutcome.objects.get().quarantined == 1


def orjson_lone(body: object) -> bytes:
    """JSON as a provider escapes it: ASCII only, so that a lone surrogate can be written at all."""
    return json.dumps(body).encode()


def test_a_message_to_a_closed_thread_reopens_it_within_the_gap_and_starts_anew_after_it(cast: Cast) -> None:
    post(cast.acme_number, webhook(cast.acme_number, messages=[text_message("wamid.1", "one")]))
    drain()
    with tenant_context(cast.acme.id):
        Thread.objects.update(status="closed", closed_at=datetime.now(UTC) - timedelta(hours=1))
    post(cast.acme_number, webhook(cast.acme_number, messages=[text_message("wamid.2", "two")]))
    drain()
    with tenant_context(cast.acme.id):
        assert Thread.objects.get().status == "open"
        Thread.objects.update(status="closed", closed_at=datetime.now(UTC) - timedelta(hours=100))

    post(cast.acme_number, webhook(cast.acme_number, messages=[text_message("wamid.3", "three")]))
    drain()

    with tenant_context(cast.acme.id):
        assert sorted(Thread.objects.values_list("status", "inbound_count")) == [("closed", 2), ("open", 1)]


def test_five_hundred_messages_take_a_handful_of_statements(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    messages = [text_message(f"wamid.{n}", f"Text {n}", phone=f"4477009{n:05}") for n in range(500)]
    post(cast.acme_number, webhook(cast.acme_number, messages=messages))

    with django_assert_max_num_queries(100):  # 0.2 per message
        drain()

    with tenant_context(cast.acme.id):
        assert Message.objects.count() == 500
        assert Thread.objects.count() == 500
    assert Receipt.objects.get().state == "done"


def test_every_event_has_a_number_and_none_is_missing(cast: Cast) -> None:
    for n in range(3):
        post(cast.acme_number, webhook(cast.acme_number, messages=[text_message(f"wamid.{n}", "x")]))
        drain()

    with tenant_context(cast.acme.id):
        numbers = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert orjson.dumps(numbers)


def test_a_changed_number_stays_with_its_customer_and_is_followed_once(cast: Cast) -> None:
    post(cast.acme_number, webhook(cast.acme_number, messages=[text_message("wamid.1", "Hello")]))
    moved = {
        "from": "447700900123",
        "id": "wamid.moved",
        "timestamp": "1793000175",
        "type": "system",
        "system": {
            "body": "changed",
            "wa_id": "447700900199",
            "type": "user_changed_number",
        },
    }
    for _ in range(2):
        post(cast.acme_number, webhook(cast.acme_number, messages=[moved]))

    drain()

    with tenant_context(cast.acme.id):
        assert Customer.objects.count() == 1
        assert Address.objects.filter(kind="phone").count() == 2
        items = [row.items[0] for row in ReceiptOutcome.objects.order_by("received_at", "id")]
    assert [item["outcome"] for item in items] == ["stored", "stored", "duplicate"]
