"""Two conversations of one customer become one, and two again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.tenancy import tenant_context
from inbox.models import Delivery, Inbox, MacroRun, Message, Note, Thread, ThreadMove, ThreadRead
from inbox.operations.authors import Author
from inbox.operations.bulk import change_many, undo_bulk, work_bulk
from inbox.operations.errors import NotPossible
from inbox.operations.macro_runs import run_macro, undo_run
from inbox.operations.macros import create_macro
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.scheduled import send_scheduled
from inbox.operations.seen import mark_read
from inbox.operations.thread_joins import join_threads, undo_join
from inbox.operations.thread_splits import split_thread, undo_split
from inbox.operations.threads import assign_thread, close_thread, label_thread, snooze_thread
from inbox.queries.threads import ThreadFilter, find_thread, threads
from inbox.queries.timeline import Window, timeline
from notifications.models import Step
from notifications.operations.engine import run_all
from tests.cast import Cast
from tests.inbox.ada_twice import ADA, ADA_AGAIN, later, lines, picture, writes
from tests.inbox.one_ada import furnish
from tests.notifications.conftest import ask, make_type, send

pytestmark = pytest.mark.django_db

Two = tuple[Message, Message]


@pytest.fixture
def two(cast: Cast) -> Two:
    """Ada's first message of a conversation that is over, and of the one after it."""
    return past_and_present(cast)


def past_and_present(cast: Cast) -> Two:
    now = int(timezone.now().timestamp())
    past = writes(cast, "one", ADA, at=now - 400)
    writes(cast, "two", ADA, at=now - 340)
    with tenant_context(cast.acme.id):
        close_thread(thread=past.thread, by=Author.of(cast.alice))
        Thread.objects.update(closed_at=timezone.now() - timedelta(days=30))
    present = writes(cast, "three", ADA, at=now - 280)
    writes(cast, "four", ADA, at=now - 220)
    return past, present


def join(cast: Cast, two: Two) -> ThreadMove:
    return join_threads(thread=two[0].thread, other=two[1].thread, by=Author.of(cast.alice))


def numbers(thread: Thread) -> list[Any]:
    return list(Message.objects.filter(thread=thread).order_by("at").values_list("number", flat=True))


# ---------------------------------------------------------------- one


def test_the_open_one_takes_the_earlier_one_in(cast: Cast, two: Two) -> None:
    past, present = two
    with tenant_context(cast.acme.id):
        move = join(cast, two)

        assert (move.thread_id, move.other_id) == (present.thread_id, past.thread_id)
        assert lines(move.thread) == ["one", "two", "three", "four"]
        assert numbers(move.thread) == [1, 2, 3, 4]
        assert (move.thread.status, move.thread.inbound_count, move.thread.last_text) == ("open", 4, "four")
        assert move.thread.waiting_since == present.at
        assert find_thread(past.thread_id, None).id == present.thread_id
        assert [row.id for row in threads(ThreadFilter())] == [present.thread_id]

    assert writes(cast, "five", ADA).number == 5
    with tenant_context(cast.acme.id):
        shown = timeline(find_thread(past.thread_id, None), Window(100))["data"]
        told = [one["event"]["type"] for one in shown if one["type"] == "event"]
        assert told == ["thread.opened", "thread.opened", "thread.closed", "thread.joined"]


def test_the_work_in_hand_stays_what_it_is(cast: Cast, two: Two) -> None:
    past, present = two
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        furnish(cast, present.thread)
        assign_thread(thread=past.thread, assignee=cast.alice, team=None, by=alice)
        assign_thread(thread=present.thread, assignee=None, team=None, by=alice)
        label_thread(thread=past.thread, labels=["old"], by=alice)
        Thread.objects.filter(id=past.thread_id).update(priority=4, first_answered_at=past.at)
        Thread.objects.filter(id=present.thread_id).update(first_answered_at=None)
        row = join(cast, two).thread

        assert (row.assignee_id, row.priority, row.first_answered_at) == (None, 3, None)
        assert row.labels == ["card", "vip", "old"]


def test_everything_of_both_is_there_and_undo_restores_every_row(cast: Cast, two: Two) -> None:
    past, present = two
    with tenant_context(cast.acme.id):
        furnish(cast, present.thread)
        Thread.objects.filter(id=past.thread_id).update(seen_count=1, told_count=1)
        add_note(thread=past.thread, by=cast.bob, text="old", client_ref="n", mentions=[cast.alice.id])
        for member in (cast.alice, cast.bob):
            mark_read(thread=find_thread(past.thread_id, None), member=member, read_count=2)
        before = picture()
        move = join(cast, two)

        row = move.thread
        assert lines(row) == ["one", "two", "three", "four", "answer", "note", "old"]
        assert row.mentions == [cast.bob.id, cast.alice.id]
        assert row.scheduled_count == 1
        assert set(Note.objects.values_list("thread_id", flat=True)) == {row.id}
        assert set(Delivery.objects.values_list("order_key", flat=True)) == {row.id}
        reads = dict(ThreadRead.objects.filter(thread=row).values_list("member_id", "read_count"))
        assert reads == {cast.alice.id: 3, cast.bob.id: 4}
        undo_join(move=move, by=Author.of(cast.alice))

        assert picture() == before
        with pytest.raises(NotPossible, match="undone already"):
            undo_join(move=move, by=Author.of(cast.alice))


def test_what_leaves_later_and_macros_follow(cast: Cast, two: Two) -> None:
    past, present = two
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        late = later(past, "late", cast)
        macro = create_macro(name="Note", steps={"note": "by hand", "add_labels": ["seen"]}, owner=None)
        run = run_macro(macro=macro, thread=past.thread, by=alice, client_ref="m")
        move = join(cast, two)

        assert send_scheduled(row=late).thread_id == present.thread_id
        assert undo_run(run=MacroRun.objects.get(id=run.id), by=alice)
        move.thread.refresh_from_db()
        assert not Note.objects.exists()
        assert move.thread.scheduled_count == 0


def test_a_notification_goes_on_in_the_joined_one(cast: Cast, two: Two) -> None:
    past, present = two
    with tenant_context(cast.acme.id):
        named = make_type(cast.alice)
        send(cast.alice, ask(named, to={"phone": f"+{ADA}"}))
    run_all()
    with tenant_context(cast.acme.id):
        step = Step.objects.select_related("message").get()
        at_work = step.message
        assert at_work
        assert at_work.thread_id == present.thread_id
        close_thread(thread=present.thread, by=Author.of(cast.alice))
        Thread.objects.filter(id=past.thread_id).update(status="open", active_at=timezone.now())
        move = join(cast, two)

        assert move.thread_id == past.thread_id
        step = Step.objects.select_related("message").get()
        assert step.message
        assert step.message.thread_id == past.thread_id
        assert Delivery.objects.get().order_key == step.message_id  # an alert waits for nobody's turn


# ---------------------------------------------------------------- and two again


def test_what_came_since_stays(cast: Cast, two: Two) -> None:
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        move = join(cast, two)
    writes(cast, "five", ADA)
    with tenant_context(cast.acme.id):
        row = find_thread(move.thread_id, None)
        reply(thread=row, by=alice, text="six", client_ref="6")
        label_thread(thread=row, labels=["new"], by=alice)
        snooze_thread(thread=row, until=None, wake_on_reply=True, by=alice)
        mark_read(thread=row, member=cast.bob, read_count=5)
        undo_join(move=move, by=alice)

        past, present = (find_thread(key, None) for key in (move.other_id, move.thread_id))
        assert (lines(past), lines(present)) == (["one", "two"], ["three", "four", "five", "six"])
        assert (numbers(past), numbers(present)) == ([1, 2], [1, 2, 3, None])
        assert (past.status, present.status) == ("closed", "snoozed")
        assert (past.labels, present.labels, present.last_text) == ([], ["new"], "six")
        reads = ThreadRead.objects.filter(member=cast.bob).values_list("thread_id", "read_count")
        assert set(reads) == {(past.id, 2), (present.id, 3)}

    assert writes(cast, "seven", ADA).thread_id == move.thread_id


def test_three_are_taken_apart_in_any_order(cast: Cast, two: Two) -> None:
    past, present = two
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        newest = split_thread(thread=present.thread, message=Message.objects.get(text="four"), by=alice)
        first = join_threads(thread=newest.other, other=present.thread, by=alice)
        second = join_threads(thread=newest.other, other=past.thread, by=alice)
        assert lines(newest.other) == ["one", "two", "three", "four"]
        with pytest.raises(NotPossible, match="part of another"):
            undo_split(move=newest, by=alice)
        undo_join(move=first, by=alice)

        assert (lines(newest.other), lines(present.thread)) == (["one", "two", "four"], ["three"])
        assert (newest.other.inbound_count, newest.other.last_text) == (3, "four")
        undo_join(move=second, by=alice)
        assert (lines(newest.other), lines(past.thread)) == (["four"], ["one", "two"])
        assert (newest.other.inbound_count, past.thread.inbound_count) == (1, 2)


def test_what_was_split_since_cannot_be_taken_apart(cast: Cast, two: Two) -> None:
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        move = join(cast, two)
        apart = split_thread(thread=move.thread, message=Message.objects.get(text="two"), by=alice)
        with pytest.raises(NotPossible, match="moved on since"):
            undo_join(move=move, by=alice)
        undo_split(move=apart, by=alice)
        undo_join(move=move, by=alice)
        assert lines(two[0].thread) == ["one", "two"]


# ---------------------------------------------------------------- what is refused and must not come back


def test_only_two_of_one_customer_in_one_inbox_are_joined(cast: Cast, two: Two) -> None:
    other = writes(cast, "other", ADA_AGAIN)
    with tenant_context(cast.acme.id):
        with pytest.raises(NotPossible, match="same conversation"):
            join(cast, (two[0], two[0]))
        with pytest.raises(NotPossible, match="merge the customers first"):
            join(cast, (two[0], other))
        Thread.objects.filter(id=two[0].thread_id).update(inbox=Inbox.objects.create(name="Other"))
        with pytest.raises(NotPossible, match="different inboxes"):
            join(cast, two)


def test_a_bulk_change_does_not_wake_what_was_taken_in(cast: Cast, two: Two) -> None:
    past, present = two
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        Thread.objects.filter(id=present.thread_id).update(status="closed", closed_at=timezone.now())
        Thread.objects.filter(id=past.thread_id).update(status="open", closed_at=None)
        many = change_many(threads=Thread.objects.filter(id=past.thread_id), change={"close": {}}, by=alice)
    work_bulk()
    with tenant_context(cast.acme.id):
        Thread.objects.filter(id=present.thread_id).update(active_at=timezone.now() + timedelta(minutes=1))
        move = join(cast, two)
        assert move.thread_id == present.thread_id
        undo_bulk(bulk=many)
    work_bulk()
    with tenant_context(cast.acme.id):
        assert Thread.objects.get(id=past.thread_id).status == "closed"
