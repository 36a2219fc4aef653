"""Who takes work, and conversations that are given to them by themselves."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Inbox, Thread
from inbox.operations.authors import Author
from inbox.operations.auto_assign import assign_all, assign_waiting
from inbox.operations.inboxes import change_inbox
from inbox.operations.receipts import drain
from inbox.operations.threads import assign_thread, close_thread
from tenants.models import Availability, Member
from tenants.models.availability import IDLE_AFTER
from tenants.operations.availability import choose_availability, mark_idle, note_activity
from tenants.operations.teams import create_team
from tests import hooks
from tests.cast import Cast

pytestmark = pytest.mark.django_db

Arrive = Callable[..., None]


def arrive(cast: Cast, n: int, *, start: int = 0) -> None:
    """So many strangers write to Acme, one after another."""
    messages = [
        hooks.text_message(f"wamid.a{start + i}", f"Hello {i}", phone=f"4477009{start + i:05}")
        for i in range(n)
    ]
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=messages))
    drain()


def switch_on(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        change_inbox(inbox=Inbox.objects.get(), by=Author.of(cast.alice), auto_assign=True)


def online(cast: Cast, member: Member, capacity: int = 20, chosen: str = "online") -> None:
    with tenant_context(cast.acme.id):
        choose_availability(member=member, chosen=chosen, capacity=capacity)


def hands(cast: Cast) -> dict[Any, int]:
    """How many conversations each has, by member id; None: nobody."""
    with tenant_context(cast.acme.id):
        found: dict[Any, int] = {}
        for key in Thread.objects.values_list("assignee_id", flat=True):
            found[key] = found.get(key, 0) + 1
        return found


def test_nothing_is_given_unless_an_inbox_asks_for_it(cast: Cast) -> None:
    online(cast, cast.bob)
    arrive(cast, 2)

    assert assign_all() == 0
    assert hands(cast) == {None: 2}


def test_new_conversations_go_evenly_to_who_is_online_and_has_room(cast: Cast) -> None:
    switch_on(cast)
    online(cast, cast.alice, capacity=1)
    online(cast, cast.bob)
    arrive(cast, 4)

    assert assign_all() == 4
    assert hands(cast) == {cast.alice.id: 1, cast.bob.id: 3}
    with tenant_context(cast.acme.id):
        told = Event.objects.filter(type="thread.assigned")
        assert told.count() == 4
        assert {event.actor["kind"] for event in told} == {"system"}


@pytest.mark.parametrize("chosen", ["busy", "away"])
def test_who_is_busy_or_away_gets_nothing(cast: Cast, chosen: str) -> None:
    switch_on(cast)
    online(cast, cast.bob, chosen=chosen)
    arrive(cast, 1)

    assert assign_all() == 0
    online(cast, cast.bob)
    with tenant_context(cast.acme.id):
        assert assign_waiting(now=timezone.now()) == 1


def test_who_was_not_heard_of_for_long_is_away_until_they_do_something(cast: Cast) -> None:
    switch_on(cast)
    with tenant_context(cast.acme.id):
        note_activity(member=cast.bob, is_idle=False)
        Availability.objects.update(active_at=timezone.now() - IDLE_AFTER - timedelta(seconds=1))
    _make_due()

    assert mark_idle() == 1
    arrive(cast, 1)
    assert assign_all() == 0
    with tenant_context(cast.acme.id):
        told = Event.objects.filter(type="member.available").order_by("seq")
        assert [event.data["status"] for event in told] == ["online", "away"]
        note_activity(member=cast.bob, is_idle=False)
        assert assign_waiting(now=timezone.now()) == 1


def _make_due() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE common_workqueue SET due_at = now() WHERE queue = 'idle'")


def test_a_conversation_of_a_team_stays_in_its_team(cast: Cast) -> None:
    online(cast, cast.alice)
    arrive(cast, 1)
    with tenant_context(cast.acme.id):
        team = create_team(name="Fraud", members=[cast.bob])
        assign_thread(thread=Thread.objects.get(), assignee=None, team=team, by=Author.of(cast.alice))
    switch_on(cast)

    assert assign_all() == 0
    online(cast, cast.bob)
    with tenant_context(cast.acme.id):
        assert assign_waiting(now=timezone.now()) == 1
    assert hands(cast) == {cast.bob.id: 1}


def test_closing_one_makes_room_for_the_next(cast: Cast) -> None:
    switch_on(cast)
    online(cast, cast.bob, capacity=1)
    arrive(cast, 2)
    assert assign_all() == 1

    with tenant_context(cast.acme.id):
        close_thread(thread=Thread.objects.get(assignee=cast.bob), by=Author.of(cast.bob))

    assert assign_all() == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_give_each_conversation_once_and_nobody_too_many(committed_cast: Cast) -> None:
    cast = committed_cast
    switch_on(cast)
    online(cast, cast.bob, capacity=5)
    arrive(cast, 12)

    def run(_: int) -> int:
        try:
            with tenant_context(cast.acme.id):
                return assign_waiting(now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(run, range(3))) == 5
    assert hands(cast) == {cast.bob.id: 5, None: 7}
