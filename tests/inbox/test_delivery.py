"""Answers on their way out, against a real provider process: once, in order, and never blindly repeated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from common.models import WorkQueue
from common.tenancy import tenant_context
from events.models import Event
from inbox.delivery import deliver_all
from inbox.models import Delivery, Message, Reach, Thread
from inbox.operations import departures
from inbox.operations.authors import Author
from inbox.operations.blocks import block_customer, unblock_customer
from inbox.operations.errors import WindowClosed
from inbox.operations.receipts import drain
from inbox.operations.reply import reply, retry_message
from tests.cast import Cast
from tests.far_end import FarEnd
from tests.hooks import post, status, text_message, webhook

pytestmark = pytest.mark.django_db(transaction=True)

phones = (f"4477009{n:05}" for n in count(20_000))


@pytest.fixture
def phone() -> str:
    return next(phones)


@pytest.fixture
def thread(committed_cast: Cast, far_end: FarEnd, phone: str) -> Thread:
    """A customer has just written to Acme, and the provider knows it too."""
    channel = committed_cast.acme_number
    with tenant_context(committed_cast.acme.id):
        channel.base_url = far_end.url
        channel.save(update_fields=["base_url"])
    message_id = far_end.write(channel.external_id, phone, text="Hello?")
    post(
        channel,
        webhook(channel, messages=[text_message(message_id, "Hello?", phone=phone, from_user_id=None)]),
    )
    drain()
    with tenant_context(committed_cast.acme.id):
        return Thread.objects.select_related("customer", "channel").get()


def say(cast: Cast, thread: Thread, text: str, **said: Any) -> Message:
    with tenant_context(cast.acme.id):
        ref = str(said.pop("client_ref", text))
        return reply(thread=thread, by=Author.of(cast.bob), text=text, client_ref=ref, **said)


def error_of(message: Message) -> dict[str, Any]:
    assert message.error is not None
    found: dict[str, Any] = message.error
    return found


def fresh(cast: Cast, message: Message) -> Message:
    with tenant_context(cast.acme.id):
        return Message.objects.get(id=message.id)


def test_an_answer_reaches_the_phone_and_is_shown_as_sent(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    message = say(committed_cast, thread, "Good morning")

    assert deliver_all() == 1

    [got] = far_end.outbox(phone)
    stored = fresh(committed_cast, message)
    assert (got["text"], got["provider_id"]) == ("Good morning", stored.external_id)
    assert (stored.status, stored.attempts) == ("sent", 1)
    with tenant_context(committed_cast.acme.id):
        types = list(Event.objects.order_by("seq").values_list("type", flat=True))
        assert types[-2:] == ["message.queued", "message.sent"]
        assert Thread.objects.get().last_status == "sent"
        assert Thread.objects.get().waiting_since is None


def test_ten_answers_keep_their_order(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    for n in range(10):
        say(committed_cast, thread, f"Line {n}")

    deliver_all()

    assert [got["text"] for got in far_end.outbox(phone)] == [f"Line {n}" for n in range(10)]


def test_the_same_client_reference_sends_once(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    first = say(committed_cast, thread, "Once", client_ref="r1")
    again = say(committed_cast, thread, "Once", client_ref="r1")

    deliver_all()

    assert first.id == again.id
    assert len(far_end.outbox(phone)) == 1


def test_statuses_only_rise_whatever_their_order(
    committed_cast: Cast, thread: Thread, far_end: FarEnd
) -> None:
    message = say(committed_cast, thread, "Hi")
    deliver_all()
    sent_as = fresh(committed_cast, message).external_id
    assert sent_as
    channel = committed_cast.acme_number

    for word in ("read", "delivered", "sent", "read"):
        post(channel, webhook(channel, statuses=[status(sent_as, word, at=1_793_000_000)]))
        drain()

    stored = fresh(committed_cast, message)
    assert stored.status == "read"
    assert [entry["status"] for entry in stored.history] == ["queued", "sent", "read", "delivered", "sent"]


def test_a_status_that_comes_before_the_send_is_recorded_is_matched_later(
    committed_cast: Cast, thread: Thread, far_end: FarEnd
) -> None:
    message = say(committed_cast, thread, "Hi")
    channel = committed_cast.acme_number
    deliver_all()
    sent_as = fresh(committed_cast, message).external_id
    assert sent_as
    with tenant_context(committed_cast.acme.id):  # as if our own record of the answer were still on its way
        Message.objects.filter(id=message.id).update(external_id=None, status="sending")
        delivery = Delivery.objects.get()
    post(
        channel,
        webhook(channel, statuses=[status(sent_as, "delivered", biz_opaque_callback_data=str(delivery.id))]),
    )

    drain()

    assert fresh(committed_cast, message).status == "delivered"
    assert fresh(committed_cast, message).external_id == sent_as


def test_an_answer_lost_on_the_way_back_is_uncertain_and_proved_by_the_providers_report(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    far_end.faults(channel=committed_cast.acme_number.external_id, drop_after_accept=True, count=1)
    message = say(committed_cast, thread, "Did it go?")

    deliver_all()
    deliver_all()

    assert fresh(committed_cast, message).status == "uncertain"
    [got] = far_end.outbox(phone)  # it did, and was not sent again
    channel = committed_cast.acme_number
    report = status(got["provider_id"], "delivered", biz_opaque_callback_data=got["biz_opaque_callback_data"])
    post(channel, webhook(channel, statuses=[report]))
    drain()
    assert fresh(committed_cast, message).status == "delivered"


@pytest.mark.parametrize(
    "fault", [{"garbage": True}, {"status": 500}, {"error_code": 131000}, {"status": 502}]
)
def test_an_answer_that_says_nothing_is_settled_by_the_report_alone(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str, fault: dict[str, Any]
) -> None:
    far_end.faults(channel=committed_cast.acme_number.external_id, count=1, **fault)
    message = say(committed_cast, thread, "Did it go?")
    deliver_all()
    assert fresh(committed_cast, message).status == "uncertain"
    with tenant_context(committed_cast.acme.id):
        ref = str(Delivery.objects.get().id)

    channel = committed_cast.acme_number
    report = status("wamid.PROVED", "sent", biz_opaque_callback_data=ref)
    post(channel, webhook(channel, statuses=[report]))
    drain()

    stored = fresh(committed_cast, message)
    assert (stored.status, stored.external_id, stored.error) == ("sent", "wamid.PROVED", None)
    assert far_end.outbox(phone) == []  # nothing was sent a second time


def test_too_many_requests_are_tried_again_later(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    far_end.faults(channel=committed_cast.acme_number.external_id, status=503, count=1)
    message = say(committed_cast, thread, "Again")
    deliver_all()
    assert fresh(committed_cast, message).status == "queued"
    with tenant_context(committed_cast.acme.id):
        delivery = Delivery.objects.get()
        assert delivery.state == "ready"
        assert delivery.due_at > datetime.now(UTC) - timedelta(seconds=1)
        Delivery.objects.update(due_at=datetime.now(UTC))
    _due_now(committed_cast)

    deliver_all()

    assert fresh(committed_cast, message).status == "sent"
    assert fresh(committed_cast, message).attempts == 2
    assert len(far_end.outbox(phone)) == 1


def _due_now(cast: Cast) -> None:
    WorkQueue.objects.update(due_at=datetime.now(UTC))


def test_a_refusal_fails_with_its_reason_and_a_person_can_retry(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    far_end.faults(channel=committed_cast.acme_number.external_id, error_code=131009, count=1)
    message = say(committed_cast, thread, "No")
    deliver_all()
    stored = fresh(committed_cast, message)
    assert (stored.status, error_of(stored)["provider_code"]) == ("failed", "131009")

    with tenant_context(committed_cast.acme.id):
        retry_message(message=stored, by=Author.of(committed_cast.bob))
    deliver_all()

    assert fresh(committed_cast, message).status == "sent"
    with tenant_context(committed_cast.acme.id):
        assert Message.objects.filter(direction="outbound").count() == 1
        assert Delivery.objects.count() == 2


def test_outside_the_window_only_a_template_may_be_queued(
    committed_cast: Cast, thread: Thread, far_end: FarEnd
) -> None:
    with tenant_context(committed_cast.acme.id):
        Reach.objects.update(last_inbound_at=datetime.now(UTC) - timedelta(hours=25))

    with pytest.raises(WindowClosed):
        say(committed_cast, thread, "Too late")


def test_a_window_that_closes_while_the_message_waits_fails_it_with_the_reason(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    message = say(committed_cast, thread, "Just in time?")
    with tenant_context(committed_cast.acme.id):
        Reach.objects.update(last_inbound_at=datetime.now(UTC) - timedelta(hours=25))

    deliver_all()

    stored = fresh(committed_cast, message)
    assert (stored.status, error_of(stored)["code"]) == ("failed", "window_closed")
    assert far_end.outbox(phone) == []


@pytest.mark.parametrize(("granted", "leaving"), [(None, 40), (2, 1), (1000, 60), ("fast", 40)])
def test_a_channel_keeps_the_pace_its_provider_granted(
    committed_cast: Cast, far_end: FarEnd, granted: object, leaving: int
) -> None:
    with tenant_context(committed_cast.acme.id):
        channel = committed_cast.acme_number
        channel.config = {**channel.config, "messages_per_second": granted}
        channel.save(update_fields=["config"])
    messages = [text_message(f"wamid.{n}", "Hello?", phone=next(phones)) for n in range(60)]
    post(channel, webhook(channel, messages=messages))
    drain()
    with tenant_context(committed_cast.acme.id):
        for thread in Thread.objects.all():
            reply(thread=thread, by=Author.of(committed_cast.bob), text="Yes", client_ref="1")

    with tenant_context(committed_cast.acme.id):
        assert len(departures.claim(100, {})) == leaving


def test_nothing_is_sent_to_a_blocked_person_until_they_are_let_back(
    committed_cast: Cast, thread: Thread, far_end: FarEnd, phone: str
) -> None:
    by = Author.of(committed_cast.bob)
    with tenant_context(committed_cast.acme.id):
        block_customer(customer=thread.customer, channel=committed_cast.acme_number, by=by)
    refused = say(committed_cast, thread, "Are you there?")
    deliver_all()
    with tenant_context(committed_cast.acme.id):
        unblock_customer(customer=thread.customer, channel=committed_cast.acme_number, by=by)
    sent = say(committed_cast, thread, "Welcome back")
    deliver_all()

    assert "blocked" in error_of(fresh(committed_cast, refused))["detail"]
    assert fresh(committed_cast, sent).status == "sent"
    assert [one["text"] for one in far_end.outbox(phone)] == ["Welcome back"]
