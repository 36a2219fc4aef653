"""No two transactions wait in a ring: who sends never waits for a row that a report of the provider holds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from common.tenancy import tenant_context
from inbox.models import Delivery, DeliveryState, Message, Thread
from inbox.operations import departures
from inbox.operations.authors import Author
from inbox.operations.claims import mark_sending
from inbox.operations.deliveries import recover_lost
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from inbox.operations.statuses import lock_messages
from tests.cast import Cast
from tests.far_end import FarEnd
from tests.hooks import post, text_message, webhook

pytestmark = pytest.mark.django_db(transaction=True)

phones = (f"4477009{n:05}" for n in count(30_000))


@pytest.fixture
def messages(committed_cast: Cast, far_end: FarEnd) -> list[Message]:
    """Bob's answers to two customers, due now."""
    channel = committed_cast.acme_number
    for phone in (next(phones), next(phones)):
        wamid = f"wamid.{phone}"
        post(channel, webhook(channel, messages=[text_message(wamid, "Hello?", phone=phone)]))
    drain()
    with tenant_context(committed_cast.acme.id):
        threads = Thread.objects.select_related("customer", "channel").order_by("id")
        by = Author.of(committed_cast.bob)
        return [reply(thread=one, by=by, text="Yes?", client_ref=str(one.id)) for one in threads]


@contextmanager
def held_elsewhere(tenant_id: UUID, message: Message, *, and_deliveries: bool = True) -> Iterator[None]:
    """Another connection is applying a report to this message: it holds the message, then its deliveries."""
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with tenant_context(tenant_id):
                lock_messages(Q(id=message.id))
                if and_deliveries:
                    list(Delivery.objects.filter(message=message).select_for_update(of=("self",)))
                held.set()
                enough.wait(30)
        finally:
            held.set()
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    try:
        yield
    finally:
        enough.set()
        holder.join()


def wait_for_nobody() -> None:
    """From here on, having to wait for a lock is an error."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")


def states(tenant_id: UUID) -> dict[UUID, str]:
    with tenant_context(tenant_id):
        return dict(Delivery.objects.values_list("message", "state"))


@pytest.mark.parametrize("and_deliveries", [False, True])
def test_a_message_that_a_report_holds_is_not_claimed(
    committed_cast: Cast, messages: list[Message], and_deliveries: bool
) -> None:
    tenant_id, (held, free) = committed_cast.acme.id, messages

    with held_elsewhere(tenant_id, held, and_deliveries=and_deliveries), tenant_context(tenant_id):
        wait_for_nobody()
        jobs = departures.claim(10, {})

    assert [job.row.id for job in jobs] == [free.id]
    assert states(tenant_id) == {held.id: DeliveryState.READY, free.id: DeliveryState.CLAIMED}


def test_a_claim_that_a_report_holds_does_not_leave(committed_cast: Cast, messages: list[Message]) -> None:
    tenant_id, (held, free) = committed_cast.acme.id, messages
    with tenant_context(tenant_id):
        jobs = departures.claim(10, {})

    with held_elsewhere(tenant_id, held), tenant_context(tenant_id):
        wait_for_nobody()
        leaving = mark_sending(jobs)

    assert [job.row.id for job in leaving] == [free.id]
    assert states(tenant_id) == {held.id: DeliveryState.CLAIMED, free.id: DeliveryState.SENDING}


def test_lost_claims_return_without_waiting_for_a_report(
    committed_cast: Cast, messages: list[Message]
) -> None:
    tenant_id, (held, free) = committed_cast.acme.id, messages
    with tenant_context(tenant_id):
        departures.claim(10, {})
        Delivery.objects.update(lease_until=timezone.now() - timedelta(minutes=1))

    with held_elsewhere(tenant_id, held), tenant_context(tenant_id):
        wait_for_nobody()
        recover_lost()

    assert states(tenant_id) == {held.id: DeliveryState.CLAIMED, free.id: DeliveryState.READY}


def test_doubt_that_is_being_settled_is_not_sent_again(committed_cast: Cast, messages: list[Message]) -> None:
    tenant_id, (held, free) = committed_cast.acme.id, messages
    with tenant_context(tenant_id):
        long_ago = timezone.now() - timedelta(minutes=5)
        Delivery.objects.update(state="uncertain", on_doubt="resend", uncertain_at=long_ago)

    with held_elsewhere(tenant_id, held), tenant_context(tenant_id):
        wait_for_nobody()
        recover_lost()

    assert states(tenant_id) == {held.id: DeliveryState.UNCERTAIN, free.id: DeliveryState.READY}
