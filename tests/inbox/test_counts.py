"""How many conversations stand in each view: kept, and read without looking at any of them."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from common.models import WorkQueue
from common.sql import insert_rows
from common.tenancy import tenant_context
from customers.models import Customer
from inbox.models import Thread, ThreadRead, ViewCount
from inbox.operations.authors import Author
from inbox.operations.receipts import drain
from inbox.operations.seen import mark_read
from inbox.operations.threads import assign_thread, close_thread
from inbox.operations.view_counts import SPARE_MAX, recount_all, recount_views, sum_all, sum_view_counts
from inbox.queries import counts
from inbox.queries.counts import view_counts
from tests import hooks
from tests.cast import Cast
from tests.inbox.counted import counted
from tests.planner import count_anew, rows_read

pytestmark = pytest.mark.django_db

MANY = 300


def many_write(cast: Cast, many: int = MANY) -> None:
    """As many customers of Acme, each with a conversation."""
    said = [hooks.text_message(f"wamid.{n}", "Hello", phone=f"4477009{n:05}") for n in range(many)]
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=said))
    drain()


def read_half(cast: Cast) -> None:
    """Bob has read half of them, Alice has looked at as many without reading."""
    keys = Thread.objects.order_by("id").values_list("id", flat=True)
    read = [ThreadRead(thread_id=key, member=cast.bob, read_count=1) for key in keys[: len(keys) // 2]]
    insert_rows([*read, *(ThreadRead(thread_id=row.thread_id, member=cast.alice) for row in read)])


def test_the_views_are_summed_without_a_look_at_any_conversation(cast: Cast) -> None:
    """They were counted: 10,000 took 40 ms, and 13 seconds when PostgreSQL believed there were none."""
    many_write(cast)
    with tenant_context(cast.acme.id):
        read_half(cast)
        for table in ("inbox_thread", "inbox_threadread", "inbox_viewcount"):
            count_anew(table)
        before = {
            table: rows_read(table) for table in ("inbox_thread", "inbox_threadread", "inbox_viewcount")
        }

        found = {one["key"]: (one["count"], one["unread"]) for one in view_counts(cast.bob.id)["data"]}

        read = {table: rows_read(table) - count for table, count in before.items()}
        assert read["inbox_thread"] == read["inbox_threadread"] == 0
        assert read["inbox_viewcount"] <= 20
        assert found["unassigned"] == (MANY, MANY // 2)
        assert found["unread"] == (MANY // 2, MANY // 2)
        assert found["all"] == (MANY, MANY // 2)
        assert view_counts(cast.alice.id)["data"][1]["unread"] == MANY
    with tenant_context(cast.globex.id):
        assert {one["count"] for one in view_counts(cast.charlie.id)["data"]} == {0}
        assert not ViewCount.objects.exists()


def ten_thousand(cast: Cast) -> None:
    """Conversations as the months leave them, half of them Bob's."""
    now = timezone.now()
    people = [Customer(name=f"Person {n}") for n in range(10_000)]
    insert_rows(people)
    rows = [
        Thread(
            customer=one, inbox_id=cast.acme_number.inbox_id, active_at=now, waiting_since=now,
            inbound_count=3, assignee=cast.bob if n % 2 else None,
        )
        for n, one in enumerate(people)
    ]  # fmt: skip
    insert_rows(rows)
    insert_rows([ThreadRead(thread=row, member=cast.bob, read_count=3) for row in rows[:5_000]])


def test_ten_thousand_conversations_are_as_few_rows_as_ten(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        ten_thousand(cast)
        before = rows_read("inbox_viewcount")

        found = view_counts(cast.bob.id)

        assert rows_read("inbox_viewcount") - before <= 250
        assert found == counted(cast.bob.id)
        before = rows_read("inbox_threadread")
        Thread.objects.filter(assignee=cast.bob).update(labels=["fraud"])
        assert rows_read("inbox_threadread") == before, "no view has changed"


def test_a_thousand_new_messages_look_for_the_readers_of_their_conversations_only(cast: Cast) -> None:
    many_write(cast)
    with tenant_context(cast.acme.id):
        read_half(cast)
        few = list(Thread.objects.order_by("id").values_list("id", flat=True)[:10])
        for table in ("inbox_thread", "inbox_threadread"):
            count_anew(table)
        before = rows_read("inbox_threadread")

        Thread.objects.filter(id__in=few).update(inbound_count=2)

        assert rows_read("inbox_threadread") - before == 2 * len(few)
        assert view_counts(cast.bob.id) == counted(cast.bob.id)


def test_who_reads_looks_at_that_conversation_only(cast: Cast) -> None:
    many_write(cast)
    with tenant_context(cast.acme.id):
        for table in ("inbox_thread", "inbox_threadread"):
            count_anew(table)
        thread = Thread.objects.order_by("id")[7]
        before = rows_read("inbox_thread")

        mark_read(thread=thread, member=cast.bob, read_count=1)

        assert rows_read("inbox_thread") - before <= 6
        assert view_counts(cast.bob.id) == counted(cast.bob.id)


def test_what_changes_no_view_notes_nothing(cast: Cast) -> None:
    many_write(cast, 3)
    with tenant_context(cast.acme.id):
        before = ViewCount.objects.count()

        Thread.objects.update(labels=["card"], waiting_since=timezone.now(), seen_count=1, last_status="read")
        ThreadRead.objects.update(updated_at=timezone.now())

        assert ViewCount.objects.count() == before


def test_closed_conversations_are_told_up_to_a_number(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "CLOSED_MAX", 2)
    many_write(cast, 4)
    with tenant_context(cast.acme.id):
        for thread in Thread.objects.order_by("id")[:3]:
            close_thread(thread=thread, by=Author.of(cast.bob))
        found = {one["key"]: one["count"] for one in view_counts(cast.bob.id)["data"]}

    assert (found["closed"], found["all"]) == (2, 3)


# ---------------------------------------------------------------- few rows


def pass_around(cast: Cast, times: int) -> None:
    """One conversation goes to and fro between two people."""
    [thread] = Thread.objects.all()
    for n in range(times):
        to = (cast.alice, cast.bob)[n % 2]
        assign_thread(thread=thread, assignee=to, team=None, by=Author.of(cast.alice))


def test_sums_take_the_place_of_many_rows_and_say_the_same(cast: Cast) -> None:
    many_write(cast, 1)
    with tenant_context(cast.acme.id):
        pass_around(cast, SPARE_MAX // 2 + 4)
        before = view_counts(cast.bob.id)
        assert ViewCount.objects.count() > SPARE_MAX

        assert sum_view_counts() >= SPARE_MAX

        assert view_counts(cast.bob.id) == before == counted(cast.bob.id)
        assert ViewCount.objects.count() == 3, "open, waiting, Bob's"
        assert sum_view_counts() == 0


def test_the_clock_finds_whoever_has_many_rows_and_counts_them_anew_a_day_later(cast: Cast) -> None:
    many_write(cast, 1)
    with tenant_context(cast.acme.id):
        pass_around(cast, SPARE_MAX)
        with connection.cursor() as cursor:
            cursor.execute("SELECT inbox_sum_counts_soon()")
    queued = WorkQueue.objects.get(queue="view_counts")
    assert queued.tenant_id == cast.acme.id
    assert queued.due_at
    queued.due_at = timezone.now() - timedelta(minutes=1)
    queued.save(update_fields=["due_at"])

    assert sum_all() == 1

    with tenant_context(cast.acme.id):
        assert ViewCount.objects.count() < 10
    due_at = WorkQueue.objects.get(queue="recounts").due_at
    assert due_at
    assert due_at > timezone.now()
    assert WorkQueue.objects.get(queue="view_counts").due_at is None
    WorkQueue.objects.filter(queue="recounts").update(due_at=timezone.now() - timedelta(minutes=1))
    assert recount_all() == 1
    assert WorkQueue.objects.get(queue="recounts").due_at is None


def test_few_rows_wake_nobody(cast: Cast) -> None:
    many_write(cast, 1)
    with tenant_context(cast.acme.id), connection.cursor() as cursor:
        cursor.execute("SELECT inbox_sum_counts_soon()")

    assert not WorkQueue.objects.filter(queue="view_counts").exists()


# ---------------------------------------------------------------- true ones


def test_what_was_lost_is_counted_anew_and_told(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    many_write(cast, 5)
    with tenant_context(cast.acme.id):
        read_half(cast)
        truth = counted(cast.bob.id)
        assert recount_views() == 0, "nothing differs"
        ViewCount.objects.filter(view="open").delete()
        ViewCount.objects.filter(view="waiting", reader=None).update(threads=9)
        assert view_counts(cast.bob.id) != truth

        with caplog.at_level(logging.ERROR):
            assert recount_views() == 3, "open, what Bob read of it, waiting"

        assert "the counts of views were wrong" in caplog.text
        assert view_counts(cast.bob.id) == truth
        assert recount_views() == 0


def test_sums_that_came_to_nothing_leave_no_row(cast: Cast) -> None:
    many_write(cast, 5)
    with tenant_context(cast.acme.id):
        read_half(cast)
        ThreadRead.objects.all().delete()
        sums = ViewCount.objects.values("view", "subject").annotate(n=Sum("unread"))
        assert {row["n"] for row in sums} == {5}
