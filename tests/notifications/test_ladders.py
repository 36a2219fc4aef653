"""A notification gets through: by the next channel when one is silent, and never past an answer."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Channel, Delivery, Message, Priority, Thread
from inbox.operations.authors import Author
from inbox.operations.errors import Refused
from inbox.operations.threads import close_thread
from inbox.operations.writing import Writing, write_to_customers
from notifications.models import Notification
from notifications.operations import engine
from notifications.operations.cancelling import NotCancellable, cancel_notification
from notifications.operations.engine import run_all
from notifications.operations.types import publish_draft, save_draft
from tenants.operations.teams import create_team
from tests.notifications.conftest import CONTENT, Ladder, Office

pytestmark = pytest.mark.django_db(transaction=True)


def states(office: Office, notification: Notification) -> list[str]:
    return [step.state for step in office.steps(notification)]


def test_one_message_is_enough_when_it_is_delivered(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())

    office.work()
    office.status(office.message(run), "delivered")
    office.work()
    office.later(3600)
    office.work()

    assert [got["kind"] for got in office.got()] == ["template"]
    assert states(office, run) == ["reached", "unneeded", "unneeded"]
    found = office.fresh(run)
    assert (found.state, found.due_at, found.doubled) == ("delivered", None, 0)
    assert [line["state"] for line in found.history] == ["queued", "sent", "delivered"]


def test_silence_brings_the_next_channel_and_then_the_last(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    office.work()
    assert states(office, run) == ["trying", "waiting", "waiting"]

    office.later(61)
    office.work()
    assert states(office, run) == ["timed_out", "trying", "waiting"]
    office.later(61)
    office.work()
    office.status(office.message(run, 2), "delivered")
    office.work()

    assert states(office, run) == ["timed_out", "timed_out", "reached"]
    assert office.fresh(run).state == "delivered"
    with office.scope():
        assert Thread.objects.count() == 1  # all of it stands in one conversation
        channels = list(Message.objects.order_by("at").values_list("channel_id", flat=True))
    assert channels == [number.id for number in office.numbers]


def test_what_is_scheduled_leaves_at_its_time_and_not_before(office: Office, ladder: Ladder) -> None:
    """B8, B19: in the words of then, though others were published since."""
    named = ladder()
    run = office.notify(named, send_at=timezone.now() + timedelta(hours=1))

    office.work()
    with office.scope():
        contents = {"whatsapp": {"en": CONTENT["en"] | {"text": "Other words"}}}
        save_draft(named=named, by=Author.of(office.cast.alice), contents=contents)
        publish_draft(named=named, by=Author.of(office.cast.alice))
    office.later(3_500)
    office.work()
    before = office.got()
    office.later(101)
    office.work()

    assert before == []
    assert [got["kind"] for got in office.got()] == ["template"]
    found = office.fresh(run)
    assert [line["state"] for line in found.history] == ["scheduled", "queued", "sent"]
    assert office.message(run).text == "Ada, was it you who paid € 1,240.00 to ELEKTRO-24?"


def test_patience_that_is_not_over_sends_nothing(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    office.work()

    office.later(30)
    office.work()

    assert states(office, run) == ["trying", "waiting", "waiting"]
    assert len(office.got()) == 1


def test_a_refusal_brings_the_next_channel_at_once(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    office.work()

    office.status(office.message(run), "failed", errors=[{"code": 131026, "title": "Undeliverable"}])
    office.work()

    assert states(office, run) == ["failed", "trying", "waiting"]
    assert "deliver" in office.steps(run)[0].reason.lower()
    assert len(office.got()) == 2


def test_a_late_delivery_is_noted_and_stops_what_is_left(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    office.work()
    office.later(61)
    office.work()

    office.status(office.message(run, 0), "delivered")
    office.work()
    office.status(office.message(run, 1), "delivered")
    office.work()
    office.later(3600)
    office.work()

    first, second, third = office.steps(run)
    assert (first.state, first.is_late) == ("reached", True)
    assert (second.state, second.status) == ("reached", "delivered")
    assert third.state == "unneeded"
    assert office.fresh(run).doubled == 1
    assert len(office.got()) == 2


def test_what_has_not_left_is_taken_back_when_its_patience_is_over(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    run_all()  # queued, but no worker sends
    first = office.message(run)

    office.later(61)
    office.work()

    with office.scope():
        assert Delivery.objects.get(message=first).state == "cancelled"
        assert Message.objects.get(id=first.id).status == "cancelled"
    assert len(office.got()) == 1
    assert states(office, run) == ["timed_out", "trying", "waiting"]


def test_impossible_rungs_are_skipped_with_their_reason(office: Office, ladder: Ladder) -> None:
    named = ladder()
    with office.scope():
        Channel.objects.filter(id=office.numbers[0].id).update(is_active=False)
    run = office.notify(named)

    office.work()

    first, second, _ = office.steps(run)
    assert (first.state, first.reason) == ("skipped", f"{office.numbers[0].name} is switched off.")
    assert second.state == "trying"


def test_nothing_gets_through(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    for _ in range(4):
        office.work()
        office.later(61)
    office.work()

    found = office.fresh(run)
    assert (found.state, found.due_at) == ("failed", None)
    assert found.reason == "No channel got through in time. It was not delivered within 60 s."
    office.status(office.message(run, 0), "delivered")
    office.work()
    assert office.fresh(run).state == "delivered"
    assert len(office.got()) == 3


def test_not_me_stops_the_ladder_and_raises_the_conversation(office: Office, ladder: Ladder) -> None:
    with office.scope():
        team = create_team(name="Fraud", members=[office.cast.bob])
    run = office.notify(ladder())
    office.work()
    message = office.message(run)
    office.work()

    office.press(message, "Not me", f"{run.id}:not_me")
    office.work()
    office.later(3600)
    office.work()

    found = office.fresh(run)
    assert (found.state, found.action) == ("answered", "not_me")
    assert states(office, run) == ["unneeded", "unneeded", "unneeded"]
    assert len(office.got()) == 1
    with office.scope():
        thread = Thread.objects.get()
        assert (thread.team_id, thread.priority, thread.status) == (team.id, Priority.URGENT, "open")
        [event] = Event.objects.filter(type="notification.answered")
        assert event.data["answer"]["action"] == "not_me"
        assert event.data["answer"]["event"] == "payment.denied"
        assert (event.actor["kind"], event.thread_id) == ("customer", thread.id)


def test_an_answer_long_after_still_acts(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    office.work()
    message = office.message(run)
    office.status(message, "read")
    office.work()
    with office.scope():
        close_thread(thread=Thread.objects.get(), by=Author.of(office.cast.bob))

    office.press(message, "Not me", "Not me")
    office.work()

    assert office.fresh(run).action == "not_me"
    with office.scope():
        assert Thread.objects.get().priority == Priority.URGENT


def test_a_word_answers_the_newest_that_knows_it(office: Office, ladder: Ladder) -> None:
    named = ladder()
    older = office.notify(named)
    office.work()
    newer = office.notify(named)
    office.work()

    office.write(office.numbers[0], " No! ")
    office.work()
    office.write(office.numbers[0], "What is this?")
    office.work()

    assert office.fresh(newer).action == "not_me"
    assert office.fresh(older).state == "sent"


def test_a_quoted_answer_in_other_words_stops_the_ladder(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    office.work()

    office.press(office.message(run), "Who are you?", "something else")
    office.work()

    found = office.fresh(run)
    assert (found.state, found.action) == ("answered", "")
    assert states(office, run)[1:] == ["unneeded", "unneeded"]


def test_the_customers_other_question_still_waits_for_an_agent(office: Office, ladder: Ladder) -> None:
    office.write(office.numbers[0], "Where is my card?")

    office.notify(ladder())
    office.work()

    with office.scope():
        assert Thread.objects.get().waiting_since is not None


def test_cancelling_stops_at_once(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    run_all()
    by = Author.of(office.cast.alice)

    with office.scope():
        cancel_notification(notification=run, by=by)
        cancel_notification(notification=run, by=by)
    office.work()
    office.later(3600)
    office.work()

    assert office.got() == []
    assert office.fresh(run).state == "cancelled"
    with office.scope():
        assert Event.objects.filter(type="notification.cancelled").count() == 1


def test_what_has_ended_cannot_be_cancelled(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    office.work()
    office.status(office.message(run), "delivered")
    office.work()

    with office.scope(), pytest.raises(NotCancellable):
        cancel_notification(notification=run, by=Author.of(office.cast.alice))


def test_too_late_is_never_sent(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    with office.scope():
        Notification.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    office.work()

    assert office.fresh(run).state == "expired"
    assert office.got() == []


class Killed(BaseException):
    """A worker dies; nothing catches it."""


@pytest.mark.parametrize("place", range(1, 60, 4))
def test_a_worker_killed_between_any_two_statements_sends_once(
    office: Office, ladder: Ladder, place: int
) -> None:
    run = office.notify(ladder())
    left = place

    def kill(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return execute(sql, params, many, context)

    def turn() -> None:
        with connection.execute_wrapper(kill), tenant_context(office.cast.acme.id):
            engine.take_turn()

    with contextlib.suppress(Killed):
        turn()
    left = -1
    office.later(0)
    office.work()

    assert len(office.got()) == 1
    assert states(office, run) == ["trying", "waiting", "waiting"]


def test_a_clock_that_goes_back_an_hour_neither_repeats_nor_waits_an_hour(
    office: Office, ladder: Ladder
) -> None:
    run = office.notify(ladder())
    office.work()
    ahead = timedelta(hours=1)
    with office.scope():  # what the clock wrote before it went back
        for row in Notification.objects.all():
            row.due_at, row.armed_at = (row.due_at or row.created_at) + ahead, row.updated_at + ahead
            row.save(update_fields=["due_at", "armed_at"])
        for step in office.steps(run):
            if step.due_at:
                step.due_at += ahead
                step.save(update_fields=["due_at"])

    office.later(0)
    office.work()
    assert len(office.got()) == 1
    office.later(61)
    office.work()

    assert states(office, run) == ["timed_out", "trying", "waiting"]
    assert len(office.got()) == 2


def test_a_fault_in_one_ladder_ends_that_one_alone(
    office: Office, ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages of many ladders are queued together; one that cannot be is told from its neighbours."""
    named = ladder()
    bad, good = office.notify(named), office.notify(named)
    refs = {f"notification-{step.id}" for step in office.steps(bad)}

    def fail(writings: Sequence[Writing]) -> list[Message | Refused]:
        if any(one.client_ref in refs for one in writings):
            raise ValueError("nobody thought of this")
        return write_to_customers(writings)

    monkeypatch.setattr(engine, "write_to_customers", fail)
    office.work()

    assert (office.fresh(bad).state, states(office, bad)) == ("failed", ["unneeded"] * 3)
    assert "the log has the details" in office.fresh(bad).reason
    assert office.fresh(good).state == "sent"
    assert len(office.got()) == 1
