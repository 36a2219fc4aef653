"""A hint that something happened: it wakes ladders for what they hear, and losing it loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.models import WorkQueue
from inbox.models import Thread
from inbox.operations.authors import Author
from inbox.operations.threads import assign_thread
from tests.notifications.conftest import Ladder, Office

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lost_poke_loses_nothing(office: Office, ladder: Ladder, settings: Any) -> None:
    run = office.notify(ladder())
    office.work()
    message = office.message(run)
    settings.EVENT_SUBSCRIBERS = []

    office.press(message, "Not me", f"{run.id}:not_me")
    office.later(0)  # the clock's next look
    office.work()

    assert office.fresh(run).action == "not_me"


def test_only_what_ladders_hear_makes_their_turn_due(office: Office, ladder: Ladder) -> None:
    run = office.notify(ladder())
    office.work()
    message = office.message(run)
    turn = WorkQueue.objects.filter(tenant_id=office.cast.acme.id, queue="ladders")
    later = turn.filter(due_at__gt=timezone.now() + timedelta(seconds=1))
    assert later.exists()  # it looks again by itself, should a hint be lost

    with office.scope():
        alice = office.cast.alice
        thread = Thread.objects.get(id=message.thread_id)
        assign_thread(thread=thread, assignee=alice, team=None, by=Author.of(alice))
    assert later.exists()

    office.status(message, "delivered")
    assert turn.filter(due_at__lte=timezone.now()).exists()
