"""Turns of tenants: one worker at a time, nothing enqueued meanwhile is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common import queues
from common.models import WorkQueue
from common.tenancy import tenant_context
from tests.another_worker import another_worker
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "deliveries"


def enqueue(cast: Cast, due_at: datetime | None = None) -> None:
    with tenant_context(cast.acme.id):
        queues.enqueue(QUEUE, due_at)


def take(cast: Cast) -> queues.Claim:
    enqueue(cast)
    claim = queues.claim_tenant(QUEUE)
    assert claim
    return claim


def test_a_turn_is_one_workers_whatever_is_enqueued_meanwhile(committed_cast: Cast) -> None:
    claim = take(committed_cast)
    enqueue(committed_cast)

    assert queues.claim_tenant(QUEUE) is None
    assert not queues.is_anybody_due(QUEUE)

    queues.settle(claim, None)
    assert queues.is_anybody_due(QUEUE)
    again = queues.claim_tenant(QUEUE)
    assert again
    assert again.tenant_id == committed_cast.acme.id


def test_whoever_has_the_turn_hears_what_was_enqueued_and_settles_it(committed_cast: Cast) -> None:
    claim = take(committed_cast)
    assert queues.take_news([claim]) == []
    enqueue(committed_cast)

    [news] = queues.take_news([claim])
    queues.settle(news, None)

    assert queues.take_news([news]) == []
    assert queues.claim_tenant(QUEUE) is None
    assert WorkQueue.objects.get(queue=QUEUE).due_at is None


def test_work_for_later_does_not_delay_what_is_left_for_now(committed_cast: Cast) -> None:
    claim, now = take(committed_cast), datetime.now(UTC)
    enqueue(committed_cast, now + timedelta(days=1))

    queues.settle(claim, now)

    assert queues.claim_tenant(QUEUE)


def test_a_dead_workers_turn_is_anybodys_and_its_late_word_changes_nothing(committed_cast: Cast) -> None:
    dead = take(committed_cast)
    over = datetime.now(UTC) - timedelta(seconds=1)
    WorkQueue.objects.update(due_at=over, leased_until=over)
    living = queues.claim_tenant(QUEUE)
    assert living

    queues.settle(dead, None)

    assert queues.claim_tenant(QUEUE) is None
    queues.settle(living, datetime.now(UTC))
    assert queues.claim_tenant(QUEUE)


def test_the_turn_of_a_worker_that_was_killed_is_anybodys_at_once(committed_cast: Cast) -> None:
    enqueue(committed_cast)
    with another_worker() as other:
        assert other.run(queues.claim_tenant, QUEUE)
        assert queues.claim_tenant(QUEUE) is None  # it lives, however long it says nothing

    assert queues.is_anybody_due(QUEUE)
    again = queues.claim_tenant(QUEUE)
    assert again
    assert again.tenant_id == committed_cast.acme.id
