"""One change to many conversations, how far it is, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from events.models import Event
from inbox.models import BulkChange, BulkItem, Thread
from inbox.operations import bulk
from inbox.operations.authors import Author
from inbox.operations.bulk import change_many, work_bulk
from inbox.operations.open_threads import threads_for
from inbox.operations.snoozes import wake_due
from inbox.operations.threads import assign_thread, close_thread, label_thread, reopen_thread
from tests.another_worker import another_worker
from tests.api.caller import Caller
from tests.api.conftest import Writes, customers_write
from tests.cast import Cast

Threads = list[Thread]
STANDING = ("status", "assignee_id", "team_id", "labels", "snoozed_until", "closed_at", "waiting_since",
            "active_at", "wake_on_reply")  # fmt: skip


@pytest.fixture
def three(cast: Cast) -> Threads:
    """Ada's conversation, which is Bob's and labelled; Ben's; Cy's, which sleeps until Cy answers."""
    said = ({"text": f"I am {n}", "phone": f"4477009006{n:02}", "name": str(n)} for n in range(3))
    found = [message.thread for message in customers_write(cast.acme_number, *said)]
    with tenant_context(cast.acme.id):
        by = Author.of(cast.alice)
        assign_thread(thread=found[0], assignee=cast.bob, team=None, by=by)
        label_thread(thread=found[0], labels=["card"], by=by)
    return found


def ids(threads: Threads) -> list[str]:
    return [str(thread.id) for thread in threads]


def standing(cast: Cast) -> list[tuple[Any, ...]]:
    """How every conversation of Acme stands, but for its version."""
    with tenant_context(cast.acme.id):
        return list(Thread.objects.order_by("id").values_list(*STANDING))


def change(caller: Caller, threads: Threads, **what: Any) -> dict[str, Any]:
    """Ask for a change and let the worker make it."""
    asked = caller.post("bulk_changes", {"thread_ids": ids(threads), "change": what})
    assert asked.status == 202
    work_bulk()
    found: dict[str, Any] = caller.get(f"bulk_changes/{asked.data['id']}").data
    return found


def undo(caller: Caller, made: dict[str, Any]) -> dict[str, Any]:
    assert caller.put(f"bulk_changes/{made['id']}/undo").status == 202
    work_bulk()
    found: dict[str, Any] = caller.get(f"bulk_changes/{made['id']}").data
    return found


def test_every_change_reaches_all_and_one_undo_restores_them(
    cast: Cast, three: Threads, bob_calls: Caller
) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    changes: list[dict[str, Any]] = [
        {"assign": {"assignee_id": str(cast.alice.id)}}, {"label": {"add": ["fraud"], "remove": ["card"]}},
        {"snooze": {"until": tomorrow}}, {"close": {}},
    ]  # fmt: skip
    for one in changes:
        before = standing(cast)

        made = change(bob_calls, three, **one)
        between = standing(cast)
        back = undo(bob_calls, made)

        assert (made["state"], made["changed"], made["skipped"]) == ("done", 3, 0), one
        assert all(was != became for was, became in zip(before, between, strict=True)), one
        assert (back["state"], back["restored"], back["kept"]) == ("undone", 3, 0), one
        assert standing(cast) == before, one


def test_each_conversation_tells_its_own_change_and_who_made_it(
    cast: Cast, three: Threads, bob_calls: Caller
) -> None:
    made = change(bob_calls, three, close={})
    undo(bob_calls, made)

    with tenant_context(cast.acme.id):
        told = Event.objects.filter(type__in=["thread.closed", "thread.reopened"]).order_by("seq")
        facts = [(one.type, one.thread_id, one.actor["name"], one.data["to"]) for one in told]
    closed = [("thread.closed", one.id, cast.bob.name, {"status": "closed"}) for one in three]
    reopened = [("thread.reopened", one.id, cast.bob.name, {"status": "open"}) for one in three]
    assert facts == closed + reopened


def test_what_was_so_already_is_skipped_and_not_told(cast: Cast, three: Threads, bob_calls: Caller) -> None:
    made = change(bob_calls, three, assign={"assignee_id": str(cast.bob.id)})

    with tenant_context(cast.acme.id):
        told = Event.objects.filter(type="thread.assigned", thread_id=three[0].id).count()
    assert (made["changed"], made["skipped"]) == (2, 1)
    assert told == 1


def test_undo_leaves_alone_what_somebody_has_changed_since(
    cast: Cast, three: Threads, bob_calls: Caller
) -> None:
    made = change(bob_calls, three, close={})
    with tenant_context(cast.acme.id):
        reopen_thread(thread=three[1], by=Author.of(cast.alice))

    back = undo(bob_calls, made)

    assert (back["restored"], back["kept"]) == (2, 1)


def test_undo_takes_only_its_own_labels_from_one_labelled_further(
    cast: Cast, three: Threads, bob_calls: Caller
) -> None:
    made = change(bob_calls, three, label={"add": ["fraud"]})
    with tenant_context(cast.acme.id):
        label_thread(thread=three[0], labels=["fraud", "card", "vip"], by=Author.of(cast.alice))

    undo(bob_calls, made)

    with tenant_context(cast.acme.id):
        assert Thread.objects.get(id=three[0].id).labels == ["card", "vip"]


def test_a_customer_with_another_open_conversation_keeps_the_closed_one_closed(
    cast: Cast, three: Threads, bob_calls: Caller
) -> None:
    made = change(bob_calls, three, close={})
    with tenant_context(cast.acme.id):
        newer = Thread.objects.get(id=three[0].id)
        newer.id, newer.status, newer.closed_at = uuid7(), "open", None
        insert_rows([newer])

    back = undo(bob_calls, made)

    assert (back["restored"], back["kept"]) == (2, 1)


def test_many_put_to_sleep_wake_by_themselves(cast: Cast, three: Threads, bob_calls: Caller) -> None:
    soon = timezone.now() + timedelta(hours=1)
    change(bob_calls, three, snooze={"until": soon.isoformat()})
    with tenant_context(cast.acme.id):
        Thread.objects.update(snoozed_until=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE common_workqueue SET due_at = now() WHERE queue = 'snoozes'")

    assert wake_due() == 3


def test_a_thousand_take_few_statements_and_a_crash_goes_on_where_it_stopped(
    cast: Cast, writes: Writes, bob_calls: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = writes("Hello").thread
    with tenant_context(cast.acme.id):
        row = Thread.objects.get(id=thread.id)
        insert_rows([_copy(row) for _ in range(1203)])
        label_thread(thread=thread, labels=["flight"], by=Author.of(cast.alice))
        Thread.objects.update(labels=["flight"])
    before = standing(cast)
    matching: dict[str, Any] = {"view": "all", "label": "flight"}
    assert bob_calls.get("threads/matches", **matching).data == {"count": 1204, "is_more": False}
    made = bob_calls.post("bulk_changes", {"matching": matching, "change": {"label": {"add": ["late"]}}}).data
    assert (made["state"], made["total"], made["changed"]) == ("running", 1204, 0)

    with monkeypatch.context() as patched:
        patched.setattr(bulk, "_turn", _dies_at(3, bulk._turn))
        with pytest.raises(KeyboardInterrupt):
            work_bulk()
    assert bob_calls.get(f"bulk_changes/{made['id']}").data["changed"] == 400
    with connection.cursor() as cursor:  # the dead worker's turn ends with its lease
        cursor.execute(_LEASE_ENDS, ["bulk_changes"])
    with CaptureQueriesContext(connection) as statements:
        work_bulk()

    assert bob_calls.get(f"bulk_changes/{made['id']}").data["changed"] == 1204
    assert len(statements) < 5 * 22
    assert undo(bob_calls, made)["restored"] == 1204
    assert standing(cast) == before


_LEASE_ENDS = "UPDATE common_workqueue SET due_at = now(), leased_until = NULL WHERE queue = %s"


def _copy(row: Thread) -> Thread:
    """Another conversation like this one; closed, for there is one unclosed of a customer at most."""
    values = {field.attname: getattr(row, field.attname) for field in Thread._meta.concrete_fields}
    return Thread(**{**values, "id": uuid7(), "status": "closed"})


def _dies_at(turn: int, real: Any) -> Any:
    turns = iter(range(1, 100))

    def dying() -> Any:
        if next(turns) == turn:
            real()
            raise KeyboardInterrupt  # in the transaction, so that nothing of this batch stays
        return real()

    return dying


def test_undo_stops_a_running_change_and_restores_what_was_done(
    cast: Cast, three: Threads, bob_calls: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = standing(cast)
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    made = bob_calls.post("bulk_changes", {"thread_ids": ids(three), "change": {"close": {}}}).data
    with tenant_context(cast.acme.id):
        bulk._turn()

    back = undo(bob_calls, made)

    assert (back["state"], back["changed"], back["restored"]) == ("undone", 2, 2)
    assert standing(cast) == before


def test_the_member_who_asked_hears_how_far_it_is_and_nobody_else(
    cast: Cast, three: Threads, bob_calls: Caller, alice_calls: Caller, program: Caller
) -> None:
    made = change(bob_calls, three, close={})
    change(program, three, label={"add": ["fraud"]})

    mine, theirs = (
        [
            one["data"]["bulk_change"]
            for one in caller.get("events", type="bulk_change.progressed").data["data"]
        ]
        for caller in (bob_calls, alice_calls)
    )

    assert mine == [made]
    assert theirs == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"change": {"close": {}}}, "validation_failed"),
        ({"thread_ids": ["{one}"], "matching": {}, "change": {"close": {}}}, "validation_failed"),
        ({"thread_ids": ["{one}"], "change": {}}, "validation_failed"),
        ({"thread_ids": ["{one}"], "change": {"close": {}, "label": {"add": ["x"]}}}, "validation_failed"),
        ({"thread_ids": ["{one}"], "change": {"label": {}}}, "refused"),
        ({"thread_ids": ["{one}"], "change": {"assign": {}}}, "refused"),
        (
            {"thread_ids": ["{one}"], "change": {"snooze": {"until": "2020-01-01T00:00:00Z"}}},
            "refused",
        ),
        ({"matching": {"view": "closed"}, "change": {"close": {}}}, "refused"),
        ({"matching": {"view": "nowhere"}, "change": {"close": {}}}, "validation_failed"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    three: Threads, bob_calls: Caller, body: Any, code: str
) -> None:
    keys = body.get("thread_ids") and {"thread_ids": ids(three[:1])}

    assert bob_calls.post("bulk_changes", {**body, **(keys or {})}).code == code


def test_more_than_can_be_changed_at_once_is_refused(
    three: Threads, bob_calls: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)

    refused = bob_calls.post("bulk_changes", {"matching": {}, "change": {"close": {}}})

    assert refused.code == "refused"
    assert refused.pointers == ["/matching"]


def test_a_colleague_may_take_it_back_too_and_a_stranger_finds_nothing(
    cast: Cast,
    three: Threads,
    bob_calls: Caller,
    alice_calls: Caller,
    charlie_calls: Caller,
    stranger: Caller,
) -> None:
    made = change(bob_calls, three, close={})

    assert undo(alice_calls, made)["restored"] == 3
    for caller in (charlie_calls, stranger):
        assert caller.get(f"bulk_changes/{made['id']}").code == "not_found"
        assert caller.put(f"bulk_changes/{made['id']}/undo").code == "not_found"
        asked = caller.post("bulk_changes", {"thread_ids": ids(three), "change": {"close": {}}})
        assert asked.code == "refused"
    with tenant_context(cast.globex.id):
        assert not BulkChange.objects.exists()
        assert not BulkItem.objects.exists()


# ---------------------------------------------------------------- beside others


def test_asking_for_a_change_waits_for_nobody_who_hears_of_them_meanwhile(committed_cast: Cast) -> None:
    """Whoever stores what customers write holds open threads, then closed ones: two who waited for each other
    in two orders were a deadlock, and the request an error."""
    cast = committed_cast
    said = ({"text": f"I am {n}", "phone": f"4477009006{n:02}", "name": str(n)} for n in range(2))
    first, last = (message.thread for message in customers_write(cast.acme_number, *said))
    with tenant_context(cast.acme.id):
        close_thread(thread=first, by=Author.of(cast.alice))
    pairs = [(row.customer_id, row.inbox_id) for row in (first, last)]

    with another_worker() as hearing:
        scope = tenant_context(cast.acme.id)
        hearing.run(scope.__enter__)
        hearing.run(threads_for, pairs, now=timezone.now())
        with tenant_context(cast.acme.id), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            asked = change_many(threads=Thread.objects.all(), change={"close": {}}, by=Author.of(cast.alice))
        hearing.run(scope.__exit__, None, None, None)

    assert asked.total == 2
