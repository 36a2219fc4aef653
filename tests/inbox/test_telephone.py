"""Texts and calls in the inbox: times nobody told, doubled reports, consent, keys, missed webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from common.models import WorkQueue
from common.tenancy import tenant_context
from customers.models import Customer
from inbox.models import Channel, Delivery, Message, Reach, Receipt, ReceiptOutcome, Thread
from inbox.operations import departures
from inbox.operations.authors import Author
from inbox.operations.catch_up import catch_up_all
from inbox.operations.errors import OptedOut
from inbox.operations.outreach import message_customer
from inbox.operations.receipts import drain
from tests import hooks
from tests.cast import Cast
from tests.inbox.telephone import ADA, LINE, call, connect_line, post, report, text
from tests.servers import recorded_server

pytestmark = pytest.mark.django_db


def write(cast: Cast, channel: Channel, words: str = "News", **said: Any) -> Message:
    with tenant_context(cast.acme.id):
        return message_customer(
            to={"phone": ADA}, by=Author.of(cast.bob), client_ref=words, channel=channel, text=words, **said
        )


def went_out(cast: Cast, message: Message, sid: str) -> None:
    """The provider took it."""
    with tenant_context(cast.acme.id):
        Message.objects.filter(id=message.id).update(external_id=sid, status="sent")
        Delivery.objects.filter(message=message).update(external_id=sid, state="sent")


def again(cast: Cast, message: Message) -> Message:
    with tenant_context(cast.acme.id):
        return Message.objects.get(id=message.id)


def test_a_text_happened_when_it_reached_us(cast: Cast) -> None:
    line = connect_line(cast)
    receipt = post(line, text("SM1", "Hello"))

    drain()

    with tenant_context(cast.acme.id):
        message = Message.objects.get()
        assert (message.text, message.at, message.sent_at) == (
            "Hello", receipt.received_at, receipt.received_at,
        )  # fmt: skip


def test_a_text_and_a_whatsapp_message_of_one_phone_stand_in_one_thread(cast: Cast) -> None:
    line = connect_line(cast)
    said = hooks.webhook(cast.acme_number, messages=[hooks.text_message("wamid.1", "Hi", phone=ADA[1:])])
    hooks.post(cast.acme_number, said)
    post(line, text("SM1", "Hello"))

    drain()

    with tenant_context(cast.acme.id):
        assert Customer.objects.count() == Thread.objects.count() == 1
        assert Message.objects.count() == 2
    with tenant_context(cast.globex.id):
        assert not Message.objects.exists()


def test_a_number_that_a_messaging_service_chose_belongs_to_the_address_it_came_to(cast: Cast) -> None:
    line = connect_line(cast)
    post(line, text("SM1", "Hello", To="+442079460999", MessagingServiceSid="MG1"))

    drain()

    with tenant_context(cast.acme.id):
        assert Message.objects.get().channel_id == line.id


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_reports_in_any_order_and_doubled_end_the_same(cast: Cast, order: tuple[int, ...]) -> None:
    line = connect_line(cast)
    message = write(cast, line)
    words = ("queued", "sent", "delivered")
    for n in (*order, *order):
        ref = str(_delivery(cast, message).id)
        post(line, report("SM9", words[n], _ref=ref))

    drain()

    found = again(cast, message)
    assert (found.status, found.external_id) == ("delivered", "SM9")
    assert [one["status"] for one in found.history].count("delivered") == 1
    assert len(found.history) == 4


def _delivery(cast: Cast, message: Message) -> Delivery:
    with tenant_context(cast.acme.id):
        return Delivery.objects.get(message=message)


def test_a_report_with_our_reference_proves_an_uncertain_text(cast: Cast) -> None:
    line = connect_line(cast)
    message = write(cast, line)
    with tenant_context(cast.acme.id):
        Message.objects.filter(id=message.id).update(status="uncertain")
        Delivery.objects.filter(message=message).update(state="uncertain")

    post(line, report("SM9", "queued", _ref=str(_delivery(cast, message).id)))
    drain()

    assert (again(cast, message).status, again(cast, message).external_id) == ("sent", "SM9")


# ---------------------------------------------------------------- consent


def test_stop_refuses_everything_here_and_start_undoes_it(cast: Cast) -> None:
    line = connect_line(cast)
    post(line, text("SM1", "Stop"))
    drain()

    with pytest.raises(OptedOut):
        write(cast, line)
    assert write_on_whatsapp_is_not_touched(cast)

    post(line, text("SM2", "START"))
    drain()
    assert write(cast, line, "After").status == "queued"


def write_on_whatsapp_is_not_touched(cast: Cast) -> bool:
    with tenant_context(cast.acme.id):
        return not Reach.objects.filter(channel=cast.acme_number, consent="opted_out").exists()


def test_an_old_stop_read_again_is_no_second_decision(cast: Cast) -> None:
    line = connect_line(cast)
    for sid, words in (("SM1", "STOP"), ("SM2", "START"), ("SM1", "STOP")):
        post(line, text(sid, words))
        drain()

    assert write(cast, line).status == "queued"


def test_yes_is_an_answer_as_long_as_nobody_stopped(cast: Cast) -> None:
    line = connect_line(cast)
    post(line, text("SM1", "Yes"))
    drain()

    with tenant_context(cast.acme.id):
        assert {row.consent for row in Reach.objects.filter(channel=line)} == {""}


def test_what_was_queued_before_a_stop_does_not_leave(cast: Cast) -> None:
    line = connect_line(cast)
    message = write(cast, line)
    post(line, text("SM1", "STOP"))
    drain()

    with tenant_context(cast.acme.id):
        # A test is one transaction, and the database's clock stands still in it.
        Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=1))
        assert departures.claim(5, {}) == []

    error = again(cast, message).error
    assert error is not None
    assert error["code"] == "opted_out"


# ---------------------------------------------------------------- calls


CHOICES = {"choices": [{"key": "1", "title": "It was me"}]}


def test_a_pressed_key_takes_the_title_it_was_offered_with(cast: Cast) -> None:
    voice = connect_line(cast, "voice")
    message = write(cast, voice, "Press 1", kind="call", content=CHOICES)
    went_out(cast, message, "CA1")
    post(voice, call("CA1", CallStatus="in-progress", Digits="1", _n="1"))
    post(voice, call("CA1", CallStatus="completed", SequenceNumber="3", CallDuration="21", AnsweredBy="human",
                     Timestamp="Mon, 23 Nov 2026 10:20:30 +0000"))  # fmt: skip

    drain()

    with tenant_context(cast.acme.id):
        pressed = Message.objects.get(direction="inbound")
        assert (pressed.kind, pressed.text, pressed.reply_to) == ("button_reply", "It was me", "CA1")
        assert (Thread.objects.get().last_text, Thread.objects.count()) == ("It was me", 1)
    found = again(cast, message)
    assert found.status == "read"
    assert (found.content["duration_s"], found.content["digits"]) == (21, "1")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"CallStatus": "busy"}, "busy"),
        ({"CallStatus": "no-answer"}, "no_answer"),
        ({"CallStatus": "busy", "SipResponseCode": "603"}, "declined"),
        ({"CallStatus": "completed", "AnsweredBy": "machine_start"}, "voicemail"),
    ],
)
def test_a_call_that_reached_nobody_failed_for_a_reason(cast: Cast, told: dict[str, str], code: str) -> None:
    voice = connect_line(cast, "voice")
    message = write(cast, voice, "Hello", kind="call")
    went_out(cast, message, "CA1")
    post(voice, call("CA1", **told))

    drain()

    found = again(cast, message)
    assert found.status == "failed"
    assert found.error is not None
    assert (found.error["code"], bool(found.error["title"])) == (code, True)


# ---------------------------------------------------------------- what no webhook brought


@pytest.fixture
def due(cast: Cast, settings: Any) -> Channel:
    """A line whose provider is to be asked now."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    line = connect_line(cast)
    with tenant_context(cast.acme.id):
        Channel.objects.filter(id=line.id).update(catch_up_at=timezone.now() - timedelta(seconds=1))
    WorkQueue.objects.filter(queue="catch_up").update(due_at=timezone.now() - timedelta(seconds=1))
    return line


def listed(sid: str, body: str, *, minutes: int = 5) -> dict[str, Any]:
    at = timezone.now() - timedelta(minutes=minutes)
    return {
        "sid": sid, "from": ADA, "to": LINE, "body": body, "direction": "inbound", "status": "received",
        "num_media": "0", "date_sent": at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    }  # fmt: skip


def asked(cast: Cast, line: Channel, *rows: dict[str, Any], status: int = 200) -> None:
    """The provider lists these when it is asked."""
    with recorded_server() as provider:
        with tenant_context(cast.acme.id):
            Channel.objects.filter(id=line.id).update(base_url=provider.url)
        provider.answer(status, {"messages": list(rows)} if status == 200 else {"code": 20003})
        assert catch_up_all() == 1
    drain()


def test_a_missed_text_is_found_once_and_marked(cast: Cast, due: Channel) -> None:
    post(due, text("SM1", "Came by webhook"))
    drain()

    asked(
        cast,
        due,
        listed("SM1", "Came by webhook"),
        listed("SM2", "Was missed"),
        listed("SM3", "New", minutes=0),
    )
    post(due, text("SM2", "Was missed"))
    drain()

    with tenant_context(cast.acme.id):
        found = {row.external_id: row for row in Message.objects.all()}
        assert set(found) == {"SM1", "SM2"}  # what came this minute may still come by webhook
        assert found["SM2"].content["caught_up"] is True
        assert "caught_up" not in found["SM1"].content
        assert ReceiptOutcome.objects.order_by("-id").first().duplicate == 1  # type: ignore[union-attr]
        channel = Channel.objects.get(id=due.id)
        assert channel.catch_up_at is not None
        assert channel.catch_up_at > timezone.now()


def test_nothing_new_stores_nothing(cast: Cast, due: Channel) -> None:
    post(due, text("SM1", "Known"))
    drain()
    before = Receipt.objects.count()

    asked(cast, due, listed("SM1", "Known"))

    assert Receipt.objects.count() == before


def test_a_missed_report_raises_our_text(cast: Cast, due: Channel) -> None:
    message = write(cast, due)
    went_out(cast, message, "SM9")
    row = {
        **listed("SM9", "News"),
        "from": LINE,
        "to": ADA,
        "direction": "outbound-api",
        "status": "delivered",
    }

    asked(cast, due, row)

    assert again(cast, message).status == "delivered"


def test_a_refusal_is_shown_and_asked_again_later(cast: Cast, due: Channel) -> None:
    asked(cast, due, status=401)

    with tenant_context(cast.acme.id):
        channel = Channel.objects.get(id=due.id)
        assert channel.last_error
        assert channel.caught_up_to is None
        assert channel.catch_up_at is not None
    assert WorkQueue.objects.get(queue="catch_up").due_at is not None
    assert orjson.dumps(channel.last_error)
