"""What is urgent begins, and goes on to its next channel, while every other worker moves somebody's bulk."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from common import queues
from common.models import WorkQueue
from inbox.models import Message
from inbox.models.deliveries import Lane
from notifications.operations import engine
from notifications.operations.engine import run_urgent
from notifications.operations.notify import QUEUE, URGENT_QUEUE
from tests.notifications.conftest import Ladder, Office
from tests.notifications.test_ladders import states

pytestmark = pytest.mark.django_db(transaction=True)


def queued(office: Office) -> int:
    """How many messages wait to leave, or have left."""
    with office.scope():
        return Message.objects.filter(direction="outbound").count()


def due_at() -> Any:
    """When the worker of what is urgent comes back."""
    return WorkQueue.objects.get(queue=URGENT_QUEUE).due_at


def run_urgent_soon() -> None:
    """The second is over in which it waits for more to happen."""
    WorkQueue.objects.filter(queue=URGENT_QUEUE).update(due_at=timezone.now())
    run_urgent()


def test_an_urgent_ladder_is_climbed_while_others_have_every_turn(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder(lane=Lane.URGENT))
    assert queues.claim_tenant(QUEUE), "a worker is busy with this very tenant"

    run_urgent()
    assert states(office, run) == ["trying", "waiting", "waiting"]
    assert due_at() <= office.fresh(run).due_at

    office.later(61)
    run_urgent()
    assert states(office, run) == ["timed_out", "trying", "waiting"]


def test_the_worker_of_what_is_urgent_moves_nothing_else(office: Office, ladder: Ladder) -> None:
    patient = office.notify(ladder(lane=Lane.UTILITY))
    assert not WorkQueue.objects.filter(queue=URGENT_QUEUE).exists()

    with office.scope():
        assert engine.take_turn(only_urgent=True) is None
    assert (states(office, patient), queued(office)) == (["waiting", "waiting", "waiting"], 0)


def test_the_refusal_of_a_code_is_heard_of_soon(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder(lane=Lane.URGENT))
    office.work()
    run_urgent_soon()  # it hears that the message was sent, and has nothing to do until patience is over
    assert due_at() == office.fresh(run).due_at

    office.status(office.message(run), "failed", errors=[{"code": 131026, "title": "Undeliverable"}])
    assert due_at() < office.fresh(run).due_at
    run_urgent_soon()

    assert states(office, run) == ["failed", "trying", "waiting"]
