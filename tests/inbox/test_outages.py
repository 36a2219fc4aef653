"""What `make faults` taught: an outage is nobody's fault, and a dead worker keeps nobody waiting for long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from common import queues
from common.models import WorkQueue
from common.tenancy import tenant_context
from inbox import delivery
from inbox.delivery import deliver_all
from inbox.management.commands import clock
from inbox.models import Delivery, Message, Receipt, ReceiptOutcome, Thread
from inbox.operations import deliveries, departures, receipts
from inbox.operations.authors import Author
from inbox.operations.claims import mark_sending
from inbox.operations.deliveries import SENDING_LEASE, Job
from inbox.operations.receipts import drain
from inbox.operations.receive import receive
from inbox.operations.reply import reply
from tests.another_worker import another_worker
from tests.cast import Cast
from tests.common.test_outlast import hang_up
from tests.far_end import FarEnd
from tests.hooks import post, status, text_message, webhook

pytestmark = pytest.mark.django_db(transaction=True)

phones = (f"4477009{n:05}" for n in count(31_000))


# ---------------------------------------------------------------- coming in


def test_a_connection_cut_while_storing_quarantines_nothing(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [text_message(f"wamid.{n}", f"Text {n}") for n in range(3)]
    post(committed_cast.acme_number, webhook(committed_cast.acme_number, messages=said))
    calls: list[int] = []

    def cut(arrivals: Sequence[Any]) -> Any:
        calls.append(len(arrivals))
        if len(calls) == 1:
            hang_up()
        return receive(arrivals)

    monkeypatch.setattr(receipts, "receive", cut)

    assert drain() == 1

    with tenant_context(committed_cast.acme.id):
        assert Message.objects.count() == 3
        outcome = ReceiptOutcome.objects.get()
        assert (outcome.stored, outcome.quarantined) == (3, 0)
    assert calls == [3, 3]  # together again, not one by one


@pytest.mark.parametrize(("attempts", "together"), [(0, 30), (1, 25), (2, 1)])
def test_receipts_that_stopped_a_worker_are_tried_in_ever_smaller_company(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch, attempts: int, together: int
) -> None:
    for n in range(30):
        message = text_message(f"wamid.{n}", "Hello")
        post(committed_cast.acme_number, webhook(committed_cast.acme_number, messages=[message]))
    Receipt.objects.update(attempts=attempts, lease_until=timezone.now() if attempts else None)
    sizes: list[int] = []
    monkeypatch.setattr(receipts, "_work", lambda group: sizes.append(len(group)))

    assert drain() == 30

    assert max(sizes) == together


def test_what_a_killed_worker_was_reading_is_read_by_the_next_one_at_once(committed_cast: Cast) -> None:
    for n in range(3):
        message = text_message(f"wamid.{n}", f"Text {n}")
        post(committed_cast.acme_number, webhook(committed_cast.acme_number, messages=[message]))
    with another_worker() as other:
        assert len(other.run(receipts._claim)) == 3
        assert drain() == 0  # it lives, however long it says nothing

    assert drain() == 3

    with tenant_context(committed_cast.acme.id):
        texts = Message.objects.order_by("at", "id").values_list("text", flat=True)
        assert list(texts) == ["Text 0", "Text 1", "Text 2"]


def test_the_clock_wakes_somebody_for_what_a_killed_worker_held(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(
        committed_cast.acme_number,
        webhook(committed_cast.acme_number, messages=[text_message("wamid.1", "Hi")]),
    )
    with tenant_context(committed_cast.acme.id):
        queues.enqueue("deliveries")
    woken: list[str] = []
    monkeypatch.setattr(clock, "wake", woken.append)
    with another_worker() as other:
        other.run(receipts._claim)
        other.run(queues.claim_tenant, "deliveries")
        clock.tick()
        assert {"receipts", "deliveries"}.isdisjoint(woken)

    clock.tick()

    assert {"receipts", "deliveries"} <= set(woken)


# ---------------------------------------------------------------- going out


@pytest.fixture
def phone() -> str:
    return next(phones)


@pytest.fixture
def thread(committed_cast: Cast, far_end: FarEnd, phone: str) -> Thread:
    """A customer has just written to Acme."""
    channel = committed_cast.acme_number
    with tenant_context(committed_cast.acme.id):
        channel.base_url = far_end.url
        channel.save(update_fields=["base_url"])
    message_id = far_end.write(channel.external_id, phone, text="Hello?")
    said = [text_message(message_id, "Hello?", phone=phone, from_user_id=None)]
    post(channel, webhook(channel, messages=said))
    drain()
    with tenant_context(committed_cast.acme.id):
        return Thread.objects.select_related("customer", "channel").get()


def say(cast: Cast, thread: Thread, text: str) -> None:
    with tenant_context(cast.acme.id):
        reply(thread=thread, by=Author.of(cast.bob), text=text, client_ref=text)


def leave(cast: Cast) -> Job:
    """A worker commits that the first waiting message leaves now, and is never heard of again."""
    with tenant_context(cast.acme.id):
        [job] = mark_sending(departures.claim(1, {}))
    return job


def test_a_report_that_proves_a_lost_send_lets_the_next_message_go_at_once(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    say(committed_cast, thread, "One")
    say(committed_cast, thread, "Two")
    outcome = delivery.send(leave(committed_cast))
    assert outcome.result
    deliver_all()
    assert [got["text"] for got in far_end.outbox(phone)] == ["One"]
    WorkQueue.objects.update(due_at=None)
    sent_as, ref = outcome.result.external_id, outcome.job.message.ref
    channel = committed_cast.acme_number
    report = status(sent_as, "delivered", biz_opaque_callback_data=ref)
    post(channel, webhook(channel, statuses=[report]))

    drain()
    deliver_all()

    assert [got["text"] for got in far_end.outbox(phone)] == ["One", "Two"]
    with tenant_context(committed_cast.acme.id):
        one = Message.objects.get(text="One")
        assert (one.external_id, one.status) == (sent_as, "delivered")


def test_a_send_of_unknown_fate_holds_its_thread_for_ninety_seconds_from_when_it_left(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    say(committed_cast, thread, "One")
    say(committed_cast, thread, "Two")
    leave(committed_cast)
    left_at = timezone.now() - timedelta(seconds=91)
    with tenant_context(committed_cast.acme.id):
        Delivery.objects.filter(state="sending").update(lease_until=left_at + SENDING_LEASE)

    deliver_all()

    assert [got["text"] for got in far_end.outbox(phone)] == ["Two"]
    with tenant_context(committed_cast.acme.id):
        assert Message.objects.get(text="One").status == "uncertain"
    assert WorkQueue.objects.get(queue="deliveries").due_at is None


def test_while_a_fate_is_unknown_nobody_looks_until_it_may_be_known(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    say(committed_cast, thread, "One")
    say(committed_cast, thread, "Two")
    leave(committed_cast)
    left_at = timezone.now() - timedelta(seconds=70)
    with tenant_context(committed_cast.acme.id):
        Delivery.objects.filter(state="sending").update(lease_until=left_at + SENDING_LEASE)

    deliver_all()

    due_at = WorkQueue.objects.get(queue="deliveries").due_at
    assert due_at
    assert timedelta(seconds=15) < due_at - timezone.now() <= timedelta(seconds=20)
    assert far_end.outbox(phone) == []


def test_an_answer_of_the_provider_outlives_a_cut_connection(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(committed_cast, thread, "One")
    record = deliveries.record_outcomes
    cuts: list[int] = []

    def cut(outcomes: Sequence[Any]) -> None:
        if not cuts:
            cuts.append(1)
            hang_up()
        record(outcomes)

    monkeypatch.setattr(deliveries, "record_outcomes", cut)

    deliver_all()

    with tenant_context(committed_cast.acme.id):
        assert Message.objects.get(text="One").status == "sent"
        assert Delivery.objects.get().attempt == 1
