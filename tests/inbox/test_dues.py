"""Promised answers: by when, that time stands still while we are closed, and what is told when late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Inbox, Thread
from inbox.operations.authors import Author
from inbox.operations.dues import breach_due, note_breaches
from inbox.operations.inboxes import change_inbox
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from inbox.operations.threads import close_thread, snooze_thread
from inbox.queries.threads import ThreadFilter, thread_page
from tenants.models import BusinessHours
from tests import hooks
from tests.cast import Cast

pytestmark = pytest.mark.django_db

#: A Friday; the desk is open from nine to five, London time.
FRIDAY = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
NINE_TO_FIVE: list[Any] = [[[540, 1020]]] * 5 + [[], []]


def promise(cast: Cast, first: int | None = 60, later: int | None = 30) -> None:
    with tenant_context(cast.acme.id):
        change_inbox(
            inbox=Inbox.objects.get(), by=Author.of(cast.alice), first_answer_min=first, next_answer_min=later
        )


def keep_hours(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        BusinessHours.objects.create(zone="Europe/London", is_always=False, week=NINE_TO_FIVE)


def writes(cast: Cast, text: str, at: datetime, phone: str = hooks.PHONE) -> Thread:
    message = hooks.text_message(f"wamid.{text}", text, phone=phone, at=int(at.timestamp()))
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=[message]))
    drain()
    with tenant_context(cast.acme.id):
        return Thread.objects.get(messages__external_id=f"wamid.{text}")


def test_nothing_is_due_where_nothing_is_promised(cast: Cast) -> None:
    assert writes(cast, "hello", timezone.now()).answer_due_at is None


def test_the_clock_stands_still_while_we_are_closed(cast: Cast) -> None:
    keep_hours(cast)
    promise(cast, first=60)

    thread = writes(cast, "hello", FRIDAY)

    assert thread.waiting_since is not None
    due = thread.answer_due_at
    assert due is not None
    # Half an hour on Friday, and half an hour on Monday.
    assert due.replace(microsecond=0) == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def minutes_to_answer(thread: Thread) -> float | None:
    """From when the customer waits until the answer is due."""
    if thread.answer_due_at is None or thread.waiting_since is None:
        return None
    return (thread.answer_due_at - thread.waiting_since) / timedelta(minutes=1)


def test_the_first_answer_has_its_own_promise_and_an_answer_ends_the_wait(cast: Cast) -> None:
    promise(cast, first=60, later=30)
    now = timezone.now()
    thread = writes(cast, "hello", now)
    assert minutes_to_answer(thread) == 60

    with tenant_context(cast.acme.id):
        reply(thread=thread, by=Author.of(cast.bob), text="Hi", client_ref="1")
        assert minutes_to_answer(Thread.objects.get()) is None

    thread = writes(cast, "again", now + timedelta(seconds=5))
    assert minutes_to_answer(thread) == 30
    with tenant_context(cast.acme.id):
        close_thread(thread=thread, by=Author.of(cast.bob))
        assert minutes_to_answer(Thread.objects.get()) is None
    assert minutes_to_answer(writes(cast, "once more", now + timedelta(seconds=9))) == 60


def test_a_late_answer_is_told_once(cast: Cast) -> None:
    promise(cast, first=60)
    late = writes(cast, "hello", timezone.now() - timedelta(hours=2))
    writes(cast, "new", timezone.now(), phone="447700900199")

    assert note_breaches() == 1
    with tenant_context(cast.acme.id):
        assert breach_due(now=timezone.now()) == 0
        told = Event.objects.get(type="thread.breached")
        assert (told.thread_id, told.data["to"]["is_first"]) == (late.id, True)
        late.refresh_from_db()
        assert late.breached_at == late.answer_due_at


def test_who_sleeps_is_not_late(cast: Cast) -> None:
    promise(cast, first=60)
    thread = writes(cast, "hello", timezone.now() - timedelta(hours=2))
    with tenant_context(cast.acme.id):
        snooze_thread(
            thread=thread,
            until=timezone.now() + timedelta(hours=1),
            wake_on_reply=True,
            by=Author.of(cast.bob),
        )

    assert note_breaches() == 0


def test_longer_hours_are_reckoned_before_anybody_is_late(cast: Cast) -> None:
    promise(cast, first=60)
    writes(cast, "hello", FRIDAY)
    keep_hours(cast)

    with tenant_context(cast.acme.id):
        assert breach_due(now=FRIDAY + timedelta(hours=2)) == 0
        due = Thread.objects.get().answer_due_at
        assert due is not None
        assert due.date() == date(2026, 11, 30)


def test_a_new_promise_counts_for_who_waits_already(cast: Cast) -> None:
    writes(cast, "hello", timezone.now())
    promise(cast, first=10)

    with tenant_context(cast.acme.id):
        assert minutes_to_answer(Thread.objects.get()) == 10


def test_the_list_goes_by_what_is_due_first(cast: Cast) -> None:
    now = timezone.now()
    promise(cast, first=60)
    for n, minutes in enumerate((5, 30, 20)):
        writes(cast, f"m{n}", now - timedelta(minutes=minutes), phone=f"44770090060{n}")
    with tenant_context(cast.acme.id):
        reply(
            thread=writes(cast, "m3", now, phone="447700900603"),
            by=Author.of(cast.bob),
            text="Hi",
            client_ref="1",
        )
        wanted = ThreadFilter(sort="due")
        first = thread_page(wanted, limit=2)
        rest = thread_page(wanted, limit=2, after=first.next)

        assert [row.last_text for row in [*first.rows, *rest.rows]] == ["m1", "m2", "m0", "Hi"]
