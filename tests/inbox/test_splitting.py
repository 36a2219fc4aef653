"""The later part of a conversation becomes one of its own, and part of it again."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import (
    Call,
    Delivery,
    Draft,
    Inbox,
    Message,
    Note,
    ScheduledMessage,
    Thread,
    ThreadMove,
    ThreadRead,
)
from inbox.operations.authors import Author
from inbox.operations.dues import breach_due, renew_dues
from inbox.operations.errors import NotPossible
from inbox.operations.macro_runs import run_macro
from inbox.operations.macros import create_macro
from inbox.operations.merging import split_people
from inbox.operations.notes import add_note
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from inbox.operations.seen import mark_read
from inbox.operations.thread_joins import join_threads, undo_join
from inbox.operations.thread_splits import split_thread, undo_split
from inbox.operations.threads import assign_thread, close_thread, label_thread, reopen_thread
from inbox.operations.watching import unwatch_thread, watch_thread
from inbox.queries.threads import ThreadFilter, find_thread, threads
from inbox.queries.timeline import Window, timeline
from tests import hooks
from tests.cast import Cast
from tests.inbox.ada_twice import ADA, ADA_AGAIN, lines, merge, writes
from tests.inbox.one_ada import four, furnish, rows_but
from tests.planner import count_anew, rows_read

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(cast: Cast) -> list[Message]:
    return four(cast)


def split(cast: Cast, at: Message) -> ThreadMove:
    return split_thread(thread=at.thread, message=at, by=Author.of(cast.alice))


def numbers(thread: Thread) -> list[Any]:
    return list(Message.objects.filter(thread=thread).order_by("at").values_list("number", flat=True))


def events(thread: Thread) -> list[Any]:
    found: list[Any] = timeline(thread, Window(100))["data"]
    return [one["event"] for one in found if one["type"] == "event"]


# ---------------------------------------------------------------- two


def test_a_message_and_all_that_follows_become_a_conversation(cast: Cast, said: list[Message]) -> None:
    with tenant_context(cast.acme.id):
        move = split(cast, said[2])

        assert (lines(move.thread), lines(move.other)) == (["one", "two"], ["three", "four"])
        assert (numbers(move.thread), numbers(move.other)) == ([1, 2], [1, 2])
        assert (move.thread.status, move.other.status) == ("closed", "open")
        assert (move.thread.last_text, move.other.last_text) == ("two", "four")
        assert (move.thread.inbound_count, move.other.inbound_count) == (2, 2)
        assert (move.thread.waiting_since, move.other.waiting_since) == (None, said[2].at)
        assert move.other.customer_id == move.thread.customer_id
        assert [row.id for row in threads(ThreadFilter(view="unassigned"))] == [move.other.id]


def test_what_is_written_after_goes_on_in_the_new_one(cast: Cast, said: list[Message]) -> None:
    with tenant_context(cast.acme.id):
        move = split(cast, said[2])

    five = writes(cast, "five", ADA)

    assert (five.thread_id, five.number) == (move.other_id, 3)


def test_people_labels_and_what_is_under_way_go_along(cast: Cast, said: list[Message]) -> None:
    with tenant_context(cast.acme.id):
        furnish(cast, said[0].thread)
        move = split(cast, said[2])

        for one in (move.thread, move.other):
            one.refresh_from_db()
            assert (one.assignee_id, one.priority, one.labels) == (cast.bob.id, 3, ["card", "vip"])
        assert (move.thread.mentions, move.other.mentions) == ([], [cast.bob.id])
        assert (move.thread.scheduled_count, move.other.scheduled_count) == (0, 1)
        there = {move.other_id}
        assert set(Delivery.objects.values_list("order_key", flat=True)) == there
        for model in (Note, Draft, ScheduledMessage):
            assert set(model.objects.values_list("thread_id", flat=True)) == there
        reads = ThreadRead.objects.values_list("thread_id", "member_id", "read_count")
        assert set(reads) == {
            (move.thread_id, cast.bob.id, 2),
            (move.thread_id, cast.alice.id, 1),
            (move.other_id, cast.bob.id, 1),
        }
        assert (move.thread.seen_count, move.other.seen_count) == (2, 1)
        answer = reply(thread=move.other, by=Author.of(cast.bob), text="more", client_ref="more")
        turns = dict(Delivery.objects.values_list("message_id", "seq"))
        assert turns[answer.id] == max(turns.values())


def test_a_snoozed_or_closed_one_stays_so(cast: Cast, said: list[Message]) -> None:
    with tenant_context(cast.acme.id):
        close_thread(thread=said[0].thread, by=Author.of(cast.alice))
        move = split(cast, said[2])

        move.other.refresh_from_db()
        assert (move.other.status, move.other.waiting_since) == ("closed", None)

    assert writes(cast, "five", ADA).thread_id == move.other_id


def test_both_say_where_the_other_part_is(cast: Cast, said: list[Message]) -> None:
    with tenant_context(cast.acme.id):
        move = split(cast, said[2])
    with tenant_context(cast.acme.id):
        first, second = (events(find_thread(key, None)) for key in (move.thread_id, move.other_id))

        assert [(one["type"], one["data"]["to"]) for one in (first[-1], second[0])] == [
            ("thread.split", {"other_id": str(move.other_id), "part": "earlier"}),
            ("thread.split", {"other_id": str(move.thread_id), "part": "later"}),
        ]
        assert second[0]["actor"]["name"] == cast.alice.name
        [begun, *_] = timeline(find_thread(move.other_id, None), Window(100))["data"]
        assert begun["type"] == "event"  # before the first message


def test_calls_and_macros_follow_their_lines(cast: Cast, said: list[Message]) -> None:
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        for at in (said[1].at, said[3].at):
            Call.objects.create(
                channel=cast.acme_number, thread=said[0].thread, customer=said[0].customer,
                address=said[0].address, direction="inbound", state="ended", outcome="missed", rang_at=at,
            )  # fmt: skip
        macro = create_macro(name="Bye", steps={"reply": "Bye"}, owner=None)
        run_macro(macro=macro, thread=said[0].thread, by=alice, client_ref="m")
        move = split(cast, said[2])

        calls = Call.objects.order_by("rang_at").values_list("thread_id", flat=True)
        assert list(calls) == [move.thread_id, move.other_id]
        undo_split(move=move, by=alice)
        assert set(calls.all()) == {move.thread_id}


def test_a_promise_is_broken_once(cast: Cast, said: list[Message]) -> None:
    with tenant_context(cast.acme.id):
        Inbox.objects.update(first_answer_min=1)
        renew_dues(Inbox.objects.get(id=said[0].thread.inbox_id))
        assert breach_due(now=timezone.now()) == 1
        Thread.objects.update(waiting_since=said[2].at)
        renew_dues(Inbox.objects.get(id=said[0].thread.inbox_id))
        assert breach_due(now=timezone.now()) == 1
        move = split(cast, said[2])

        assert breach_due(now=timezone.now()) == 0
        assert find_thread(move.thread_id, None).answer_due_at is None
        assert find_thread(move.other_id, None).breached_at == said[2].at + timedelta(minutes=1)
        row = undo_split(move=move, by=Author.of(cast.alice))
        assert breach_due(now=timezone.now()) == 0
        assert row.breached_at == said[2].at + timedelta(minutes=1)


# ---------------------------------------------------------------- what is refused


def test_there_must_be_something_on_both_sides(cast: Cast, said: list[Message]) -> None:
    other = writes(cast, "other", ADA_AGAIN)
    with tenant_context(cast.acme.id):
        with pytest.raises(NotPossible, match="begins with this message"):
            split(cast, said[0])
        with pytest.raises(NotPossible, match="does not stand in this conversation"):
            split_thread(thread=said[0].thread, message=other, by=Author.of(cast.alice))
        assert not ThreadMove.objects.exists()


# ---------------------------------------------------------------- and one again


def test_undo_restores_every_row(cast: Cast, said: list[Message]) -> None:
    with tenant_context(cast.acme.id):
        furnish(cast, said[0].thread)
        before = rows_but()
        move = split(cast, said[2])
        assert rows_but(move.other) != before
        undo_split(move=move, by=Author.of(cast.alice))

        assert rows_but(move.other) == before
    with tenant_context(cast.acme.id):
        assert find_thread(move.other_id, None).id == move.thread_id
        assert [one["type"] for one in events(find_thread(move.thread_id, None))].count("thread.split") == 1
        with pytest.raises(NotPossible, match="undone already"):
            undo_split(move=move, by=Author.of(cast.alice))


def test_undo_keeps_what_came_since(cast: Cast, said: list[Message]) -> None:
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        watch_thread(thread=said[0].thread, member=cast.alice)
        move = split(cast, said[2])
    writes(cast, "five", ADA)
    with tenant_context(cast.acme.id):
        later = find_thread(move.other_id, None)
        add_note(thread=later, by=cast.bob, text="called", client_ref="c", mentions=[cast.alice.id])
        unwatch_thread(thread=later, member=cast.alice)
        watch_thread(thread=later, member=cast.bob)
        label_thread(thread=later, labels=["new"], by=alice)
        assign_thread(thread=later, assignee=cast.bob, team=None, by=alice)
        mark_read(thread=later, member=cast.bob, read_count=3)
        label_thread(thread=move.thread, labels=["past"], by=alice)
        row = undo_split(move=move, by=alice)

        assert lines(row) == ["one", "two", "three", "four", "five", "called"]
        assert (row.labels, row.assignee_id, row.mentions) == (["new", "past"], cast.bob.id, [cast.alice.id])
        assert row.watchers == [cast.bob.id]
        assert (row.status, row.inbound_count, row.last_text) == ("open", 5, "five")
        assert row.waiting_since == said[0].at
        assert ThreadRead.objects.get(thread=row, member=cast.bob).read_count == 0  # "one" is unread

    assert writes(cast, "six", ADA).thread_id == move.thread_id


def test_a_part_that_was_opened_again_is_joined_too(cast: Cast, said: list[Message]) -> None:
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        move = split(cast, said[2])
        close_thread(thread=move.other, by=alice)
        reopen_thread(thread=move.thread, by=alice)
        row = undo_split(move=move, by=alice)

        assert (lines(row), row.status) == (["one", "two", "three", "four"], "open")
    with tenant_context(cast.acme.id):
        joined = Event.objects.get(type="thread.joined")
        assert joined.data["to"] == {"other_id": str(move.other_id), "part": "earlier"}


def test_parts_that_belong_to_two_people_by_now_stay_apart(cast: Cast, said: list[Message]) -> None:
    """Ada was merged with herself, split in the middle, and the merge undone."""
    again = writes(cast, "again", ADA_AGAIN)
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        made = merge(cast, said[0].customer, again.customer)
        again.refresh_from_db()
        move = split(cast, again)
        split_people(merge=made, by=alice)

        assert lines(Message.objects.get(id=again.id).thread) == ["again"]
        assert lines(said[0].thread) == ["one", "two", "three", "four"]
        for row in Thread.objects.filter(joined_to=None):
            assert row.inbound_count == len(numbers(row))
        with pytest.raises(NotPossible):
            undo_split(move=move, by=alice)


def test_a_long_conversation_is_split_in_few_statements(
    cast: Cast, said: list[Message], django_assert_max_num_queries: Any
) -> None:
    with tenant_context(cast.acme.id):
        for n in range(30):
            reply(thread=said[0].thread, by=Author.of(cast.bob), text=str(n), client_ref=str(n))
        with django_assert_max_num_queries(60):
            move = split(cast, said[2])
        with django_assert_max_num_queries(60):
            undo_split(move=move, by=Author.of(cast.bob))


def test_a_long_conversation_is_parted_in_time_while_the_planner_believes_it_is_empty(
    cast: Cast, said: list[Message]
) -> None:
    now = int(timezone.now().timestamp())
    many = [hooks.text_message(f"wamid.m{n}", f"m{n}", phone=ADA, at=now - 200 + n) for n in range(200)]
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=many))
    drain()
    count_anew("inbox_message")
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        middle = Message.objects.select_related("thread").get(external_id="wamid.m100")
        read = [rows_read("inbox_message")]
        move = split(cast, middle)
        read.append(rows_read("inbox_message"))
        join = join_threads(thread=move.thread, other=move.other, by=alice)
        read.append(rows_read("inbox_message"))
        undo_join(move=join, by=alice)
        read.append(rows_read("inbox_message"))
        undo_split(move=move, by=alice)
        read.append(rows_read("inbox_message"))

    assert max(after - before for before, after in pairwise(read)) <= 30 * 200
