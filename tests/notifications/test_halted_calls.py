"""A call that nobody needs any more stops: it rings no longer, it speaks no longer, and it has not failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from common.models import WorkQueue
from inbox.models import Channel, Delivery, DeliveryState, Halt, Message
from inbox.operations.authors import Author
from inbox.operations.halts import halt_all
from inbox.operations.recall import recall_messages
from inbox.operations.receipts import drain
from notifications.models import Notification, NotificationType, Tally
from notifications.operations.acknowledging import acknowledge_notification
from notifications.operations.cancelling import cancel_notification
from notifications.operations.engine import run_all
from tests.far_end import wait_for
from tests.inbox.telephone import ACCOUNT, LINE, TOKEN, call, connect_line, post
from tests.notifications.conftest import CONTENT, Office, make_type, rung

pytestmark = pytest.mark.django_db(transaction=True)

SPOKEN = {"en": {"script": "{{first_name}}, was it you who paid {{amount}}? Press 1 or 2."}}


@pytest.fixture
def line(office: Office) -> Channel:
    """Acme's telephone, at the real far end."""
    office.far_end.lend_line(LINE, office.phone, account_sid=ACCOUNT, auth_token=TOKEN)
    return connect_line(office.cast, "voice", office.far_end.url)


@pytest.fixture
def alert(office: Office, line: Channel) -> NotificationType:
    """A type that calls when a message is silent for a minute."""
    with office.scope():
        rungs = (rung(str(office.numbers[0].id)), rung("voice"))
        contents = {"whatsapp": CONTENT, "voice": SPOKEN}
        return make_type(office.cast.alice, *rungs, contents=contents, lane=0)


def ring(office: Office, named: NotificationType) -> Notification:
    """A notification whose second step rings at the phone."""
    run = office.notify(named)
    office.work()
    office.later(61)
    office.work()
    wait_for(lambda: office.far_end.rung(office.phone)[-1]["status"] == "ringing")
    return run


def halt(office: Office) -> int:
    """What the worker does until nothing is due."""
    office.work()
    return halt_all()


def ends(office: Office, run: Notification, status: str) -> None:
    """The phone is still, and its provider tells so."""
    wait_for(lambda: office.far_end.rung(office.phone)[-1]["status"] == status)
    sid = office.message(run, 1).external_id or ""
    post(
        office.message(run, 1).channel, call(sid, To=f"+{office.phone}", CallStatus=status, CallDuration="0")
    )
    drain()
    office.work()


def time_of_halts(office: Office, **change: Any) -> None:
    with office.scope():
        Halt.objects.filter(due_at__isnull=False).update(**change)
    WorkQueue.objects.filter(queue="halts").update(due_at=timezone.now())


def press_it_was_me(office: Office, run: Notification) -> None:
    office.press(office.message(run), "It was me", f"{run.id}:it_was_me")


def cancel(office: Office, run: Notification) -> None:
    with office.scope():
        cancel_notification(notification=run, by=Author.of(office.cast.alice))


def acknowledge(office: Office, run: Notification) -> None:
    with office.scope():
        acknowledge_notification(notification=run, by=Author.of(office.cast.alice))


@pytest.mark.parametrize(
    ("deed", "state"), [(press_it_was_me, "answered"), (cancel, "cancelled"), (acknowledge, "answered")]
)
def test_the_phone_stops_ringing_once_nobody_needs_the_call(
    office: Office, alert: NotificationType, deed: Callable[[Office, Notification], None], state: str
) -> None:
    run = ring(office, alert)

    deed(office, run)
    halt(office)
    ends(office, run, "canceled")

    found = office.fresh(run)
    assert (found.state, found.due_at) == (state, None)
    assert [step.state for step in office.steps(run)] == ["timed_out", "unneeded"]
    message = office.message(run, 1)
    assert (message.status, message.error and message.error["code"]) == ("cancelled", "cancelled")
    with office.scope():
        assert not Tally.objects.filter(channel=message.channel, failed__gt=0).exists()
        assert Message.objects.filter(direction="outbound").count() == 2
        assert not Halt.objects.filter(due_at__isnull=False).exists()


def test_the_call_in_which_somebody_answers_is_not_cut_off(office: Office, alert: NotificationType) -> None:
    run = ring(office, alert)
    sid = office.message(run, 1).external_id or ""

    post(
        office.message(run, 1).channel, call(sid, To=f"+{office.phone}", CallStatus="in-progress", Digits="1")
    )
    drain()
    halt(office)

    assert office.fresh(run).action == "it_was_me"
    assert office.far_end.rung(office.phone)[-1]["status"] == "ringing"


def test_a_call_that_is_void_rings_no_longer(office: Office, alert: NotificationType) -> None:
    run = ring(office, alert)
    with office.scope():
        [row] = Halt.objects.all()
        assert row.due_at == office.fresh(run).expires_at
    assert halt(office) == 0

    time_of_halts(office, due_at=timezone.now())
    halt(office)

    ends(office, run, "canceled")


def test_only_the_call_of_the_answered_notification_stops(office: Office, alert: NotificationType) -> None:
    run = ring(office, alert)
    other = ring(office, alert)

    press_it_was_me(office, run)
    halt(office)

    _first, second = office.far_end.rung(office.phone)
    wait_for(lambda: office.far_end.rung(office.phone)[0]["status"] == "canceled")
    assert second["status"] == "ringing"
    assert office.fresh(other).state != "answered"


def test_a_provider_that_is_away_is_told_later(office: Office, alert: NotificationType) -> None:
    run = ring(office, alert)
    office.far_end.faults(calls="reads", status=503, count=1)

    cancel(office, run)
    halt(office)
    with office.scope():
        [row] = Halt.objects.all()
        assert (row.attempts, row.due_at is not None, "unavailable" in row.error) == (1, True, True)
    assert office.far_end.rung(office.phone)[-1]["status"] == "ringing"

    time_of_halts(office, due_at=timezone.now())
    halt(office)
    ends(office, run, "canceled")


def test_a_call_that_is_just_leaving_stops_when_its_provider_has_named_it(
    office: Office, alert: NotificationType
) -> None:
    run = ring(office, alert)
    message = office.message(run, 1)
    with office.scope():  # its answer is still on the way to us
        Message.objects.filter(id=message.id).update(external_id=None, status="queued")
        Delivery.objects.filter(message=message).update(state=DeliveryState.SENDING)

    cancel(office, run)
    halt(office)
    assert office.far_end.rung(office.phone)[-1]["status"] == "ringing"

    with office.scope():
        Message.objects.filter(id=message.id).update(external_id=message.external_id, status="sent")
        Delivery.objects.filter(message=message).update(state=DeliveryState.SENT)
    time_of_halts(office, due_at=timezone.now())
    halt(office)
    ends(office, run, "canceled")


def test_what_a_worker_has_taken_and_not_begun_is_taken_back(office: Office, alert: NotificationType) -> None:
    run = office.notify(alert)
    run_all()
    with office.scope():
        Delivery.objects.update(
            state=DeliveryState.CLAIMED, token=uuid4(), lease_until=timezone.now() + timedelta(seconds=30)
        )

    cancel(office, run)

    with office.scope():
        assert Delivery.objects.get().state == DeliveryState.CANCELLED
    office.work()
    assert office.got() == []


def test_an_attempt_that_had_begun_is_the_last(office: Office, alert: NotificationType) -> None:
    office.notify(alert)
    run_all()
    with office.scope():
        Delivery.objects.update(
            state=DeliveryState.UNCERTAIN, uncertain_at=timezone.now() - timedelta(hours=1), on_doubt="resend"
        )
        message = Message.objects.get()

        assert recall_messages([message.id], why="No longer wanted.") == set()

    office.work()
    assert office.got() == []
    with office.scope():
        assert Delivery.objects.get().state == DeliveryState.UNCERTAIN
