"""While a customer writes, members read: whoever comes first, the counts that are kept stay true."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from common.tenancy import tenant_context
from inbox.models import Thread, ThreadRead, ViewCount
from inbox.operations.authors import Author
from inbox.operations.seen import mark_read, save_reads
from inbox.operations.thread_joins import join_threads
from inbox.operations.threads import assign_thread, close_thread, reopen_thread
from inbox.operations.view_counts import recount_views, sum_view_counts
from inbox.queries.counts import view_counts
from tenants.models import Member
from tests.another_worker import another_worker
from tests.cast import Cast
from tests.far_end import wait_for
from tests.inbox.ada_twice import ADA, writes
from tests.inbox.counted import counted
from tests.inbox.test_joining import past_and_present
from tests.inbox.test_joining_race import _alone, _waiting

pytestmark = pytest.mark.django_db(transaction=True)


def is_true(cast: Cast) -> bool:
    """Are the counts of both members those one would count?"""
    with tenant_context(cast.acme.id):
        return all(view_counts(one.id) == counted(one.id) for one in (cast.alice, cast.bob))


def scoped(cast: Cast, work: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        with tenant_context(cast.acme.id):
            return work()

    return run


def first_then(cast: Cast, first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """`first` is not committed while `second` begins, which waits for it."""
    scope = tenant_context(cast.acme.id)
    with another_worker() as other, ThreadPoolExecutor(1) as pool:
        other.run(scope.__enter__)
        other.run(first)
        job: Future[Any] = pool.submit(_alone, scoped(cast, second))
        wait_for(lambda: _waiting() == 1, 20)
        other.run(scope.__exit__, None, None, None)
        job.result()


@pytest.fixture
def thread(committed_cast: Cast) -> Thread:
    return writes(committed_cast, "one", ADA).thread


def grows(thread: Thread) -> Callable[[], Any]:
    """What storing a message does to the row."""
    return lambda: Thread.objects.filter(id=thread.id).update(inbound_count=2)


def reads(cast: Cast, thread: Thread, n: int = 1) -> Callable[[], Any]:
    return lambda: mark_read(thread=thread, member=cast.bob, read_count=n)


def reads_by_row(cast: Cast, thread: Thread) -> Callable[[], Any]:
    """As nobody should: without holding the conversation first."""
    return lambda: save_reads(thread, {cast.bob.id: 1})


@pytest.mark.parametrize("has_read_before", [False, True])
@pytest.mark.parametrize("way", [reads, reads_by_row])
def test_a_message_comes_while_a_member_reads(
    committed_cast: Cast, thread: Thread, way: Any, has_read_before: bool
) -> None:
    cast = committed_cast
    if has_read_before:
        scoped(cast, reads(cast, thread, 0))()

    first_then(cast, way(cast, thread), grows(thread))

    assert is_true(cast)
    with tenant_context(cast.acme.id):
        assert Thread.objects.get().inbound_count == 2
        assert ThreadRead.objects.get().read_count == 1
        assert view_counts(cast.bob.id)["data"][2]["unread"] == 1


@pytest.mark.parametrize("has_read_before", [False, True])
@pytest.mark.parametrize("way", [reads, reads_by_row])
def test_a_member_reads_while_a_message_comes(
    committed_cast: Cast, thread: Thread, way: Any, has_read_before: bool
) -> None:
    cast = committed_cast
    if has_read_before:
        scoped(cast, reads(cast, thread, 0))()

    first_then(cast, grows(thread), way(cast, thread))

    assert is_true(cast)
    with tenant_context(cast.acme.id):
        assert view_counts(cast.bob.id)["data"][2]["unread"] == 1


def test_a_member_reads_while_the_conversation_changes_hands(committed_cast: Cast, thread: Thread) -> None:
    cast = committed_cast
    by = Author.of(cast.alice)

    first_then(
        cast, lambda: assign_thread(thread=thread, assignee=cast.bob, team=None, by=by), reads(cast, thread)
    )
    first_then(cast, reads(cast, thread, 0), lambda: close_thread(thread=thread, by=by))
    first_then(cast, lambda: reopen_thread(thread=thread, by=by), reads(cast, thread))

    assert is_true(cast)
    with tenant_context(cast.acme.id):
        assert view_counts(cast.bob.id)["data"][0] == {"key": "mine", "count": 1, "unread": 0}


def test_who_reads_waits_for_a_join_instead_of_in_a_ring_with_it(committed_cast: Cast) -> None:
    """A join holds conversations, then writes what was read; who read held it the other way round."""
    cast = committed_cast
    past, present = past_and_present(cast)
    scoped(cast, reads(cast, present.thread))()
    scope = tenant_context(cast.acme.id)
    with another_worker() as other, ThreadPoolExecutor(1) as pool:
        other.run(scope.__enter__)
        keep = other.run(lambda: Thread.objects.select_for_update(of=("self",)).get(id=present.thread_id))
        job = pool.submit(_alone, scoped(cast, reads(cast, present.thread, 2)))
        wait_for(lambda: _waiting() == 1, 20)
        other.run(save_reads, keep, {cast.bob.id: 1})
        other.run(scope.__exit__, None, None, None)
        job.result()

    with tenant_context(cast.acme.id):
        join_threads(thread=past.thread, other=present.thread, by=Author.of(cast.alice))
    assert is_true(cast)


def test_sums_and_recounts_take_nothing_from_whoever_writes_meanwhile(
    committed_cast: Cast, thread: Thread
) -> None:
    """Neither waits for the other, and two who put sums in place come to the same."""
    cast = committed_cast
    by = Author.of(cast.alice)
    for n in range(120):
        with tenant_context(cast.acme.id):
            assign_thread(thread=thread, assignee=(cast.alice, cast.bob)[n % 2], team=None, by=by)
    scope = tenant_context(cast.acme.id)
    with another_worker() as other, ThreadPoolExecutor(2) as pool:
        other.run(scope.__enter__)
        other.run(reads(cast, thread))
        other.run(lambda: close_thread(thread=thread, by=by))
        assert scoped(cast, recount_views)() == 0
        jobs = [pool.submit(_alone, scoped(cast, sum_view_counts)) for _ in range(2)]
        for job in jobs:
            job.result()
        assert is_true(cast)
        other.run(scope.__exit__, None, None, None)

    assert is_true(cast)
    with tenant_context(cast.acme.id):
        assert ViewCount.objects.count() < 20
        assert recount_views() == 0


def deeds(dice: random.Random, thread: Thread, member: Member) -> list[Callable[[], Any]]:
    """What a member may do to a conversation, and the clock meanwhile."""
    by = Author.of(member)
    return [
        lambda: mark_read(thread=thread, member=member, read_count=dice.randint(0, 3)),
        lambda: mark_read(thread=thread, member=member, read_count=99),
        lambda: assign_thread(thread=thread, assignee=member, team=None, by=by),
        lambda: close_thread(thread=thread, by=by),
        lambda: reopen_thread(thread=thread, by=by),
        lambda: Thread.objects.filter(id=thread.id).update(inbound_count=dice.randint(0, 3)),
        sum_view_counts,
    ]


def test_many_hands_at_once_leave_true_counts(committed_cast: Cast) -> None:
    cast = committed_cast
    threads = [writes(cast, f"w{n}", f"4477009001{n:02}").thread for n in range(3)]

    def hand(seed: int) -> None:
        dice = random.Random(seed)
        member = (cast.alice, cast.bob)[seed % 2]
        for _ in range(40):
            deed = dice.choice(deeds(dice, dice.choice(threads), member))
            scoped(cast, deed)()

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(_alone, partial(hand, seed)) for seed in range(4)]
        for job in jobs:
            job.result()

    assert is_true(cast)
    with tenant_context(cast.acme.id):
        assert recount_views() == 0
