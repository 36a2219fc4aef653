"""What is killed, lost or hangs: nothing is missed, and one endpoint holds up no other."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from common.models import WorkQueue
from common.tenancy import require_tenant, tenant_context
from events import bus
from inbox.management.commands import clock
from inbox.operations.authors import Author
from tests.another_worker import another_worker
from tests.webhooks.conftest import House
from tests.webhooks.receiver import Receiver, ok
from webhooks import poke
from webhooks.couriers import Courier
from webhooks.jobs import Turn
from webhooks.models import Delivery, Endpoint
from webhooks.operations.endpoints import QUEUE, change_endpoint, make_endpoint, remove_endpoint
from webhooks.operations.sweeping import sweep
from webhooks.operations.turns import LISTEN_EVERY, Room, take_turn

pytestmark = pytest.mark.django_db(transaction=True)


def _carries_until_nothing_is_due() -> None:
    try:
        Courier().run()
    finally:
        connection.close()


def test_who_hangs_holds_up_nobody(
    committed_house: House, servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One never answers before all others have everything: if it held them up, this would never end."""
    monkeypatch.setattr("webhooks.sending.TIMEOUT_S", 600.0)
    house, slow, quick, theirs = committed_house, servers(), servers(), servers()
    hangs, released = threading.Event(), threading.Event()
    order: list[str] = []
    turn = threading.Lock()

    def wait(asked: Any) -> Any:
        hangs.set()
        released.wait(300)
        with turn:
            order.append("slow")
        return ok(asked)

    def counting(name: str, most: int, here: Receiver) -> Any:
        def answer(asked: Any) -> Any:
            with turn:
                if len(set(here.ids())) == most and name not in order:
                    order.append(name)
                if {"quick", "theirs"} <= set(order):
                    released.set()
            return ok(asked)

        return answer

    slow.answer = wait
    quick.answer, theirs.answer = counting("quick", 30, quick), counting("theirs", 1, theirs)
    hanging, _ = house.listens(slow.url)
    house.listens(quick.url)
    with tenant_context(house.cast.globex.id):
        make_endpoint(by=Author.of(house.cast.charlie), url=theirs.url)
    house.happens(n=30)
    thread = threading.Thread(target=_carries_until_nothing_is_due)
    thread.start()
    assert hangs.wait(60)
    with tenant_context(house.cast.globex.id):
        bus.record("thread.closed", {})
    in_time = released.wait(120)
    released.set()
    thread.join(120)

    assert in_time
    assert sorted(order[:2]) == ["quick", "theirs"]
    assert set(order[2:]) == {"slow"}
    assert house.states(hanging)[0] == "delivered"


def test_a_lost_wake_up_costs_a_moment(
    committed_house: House, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, woken = committed_house, list[str]()
    house.listens(server.url)
    monkeypatch.setattr(poke, "wake", woken.append)
    Courier().run()
    assert server.asked == []
    monkeypatch.setattr("events.bus._subscribers", list)  # nobody is told

    house.happens()

    row = WorkQueue.objects.get(queue=QUEUE, tenant_id=house.cast.acme.id)
    assert row.due_at is not None
    assert row.due_at <= timezone.now() + LISTEN_EVERY
    WorkQueue.objects.filter(queue=QUEUE).update(due_at=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(clock, "wake", woken.append)
    clock.tick()
    assert QUEUE in woken
    Courier().run()
    assert server.types == ["thread.closed"]


def test_a_commit_pokes_whoever_listens_and_nobody_else(
    committed_house: House, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, woken = committed_house, list[str]()
    monkeypatch.setattr(poke, "wake", woken.append)
    house.happens()
    assert woken == []

    endpoint, _ = house.listens(server.url)
    Courier().run()
    house.happens()
    house.happens()
    assert woken == [QUEUE]  # the turn was due already

    Courier().run()
    with house.scope():
        change_endpoint(endpoint=endpoint, by=house.by, is_enabled=False)
    WorkQueue.objects.filter(queue=QUEUE).update(due_at=timezone.now())
    Courier().run()
    house.happens()
    assert woken == [QUEUE]


def test_killed_between_request_and_outcome_it_is_sent_again(
    committed_house: House, server: Receiver
) -> None:
    house = committed_house
    endpoint, _ = house.listens(server.url)
    house.happens()

    def takes_it_and_dies() -> None:
        with house.scope():
            [batch] = take_turn(Room(24, 8)).batches
        batch.carry()

    with another_worker() as other:
        other.run(takes_it_and_dies)
        house.carry()
        assert len(server.asked) == 1  # somebody has it who is still there
    house.carry()

    assert len(server.asked) == 2
    assert len(set(server.ids())) == 1
    assert house.states(endpoint) == ["delivered"]


def test_a_fault_in_one_tenants_turn_costs_no_other_tenant_theirs(
    committed_house: House, servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, ours, theirs = committed_house, servers(), servers()
    house.listens(ours.url)
    with tenant_context(house.cast.globex.id):
        make_endpoint(by=Author.of(house.cast.charlie), url=theirs.url)
        bus.record("thread.closed", {})
    house.happens()
    usual = take_turn

    def breaks(room: Room) -> Turn:
        if require_tenant() == house.cast.acme.id:
            raise ValueError("a fault of ours")
        return usual(room)

    monkeypatch.setattr("webhooks.couriers.take_turn", breaks)
    house.carry()
    assert (len(ours.asked), len(theirs.asked)) == (0, 1)

    monkeypatch.setattr("webhooks.couriers.take_turn", usual)
    house.carry()
    assert len(ours.asked) == 1


def test_killed_before_the_commit_nothing_is_skipped(committed_house: House, server: Receiver) -> None:
    house = committed_house
    endpoint, _ = house.listens(server.url)
    house.happens(n=3)

    def takes_it_and_dies() -> None:
        with house.scope():
            take_turn(Room(24, 8))
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        takes_it_and_dies()
    while house.carry():
        pass

    assert house.states(endpoint) == ["delivered"] * 3


def test_an_endpoint_that_is_taken_away_leaves_nothing_behind(
    committed_house: House, server: Receiver
) -> None:
    house = committed_house
    endpoint, _ = house.listens(server.url)
    house.happens(n=3)
    house.carry()
    with house.scope():
        remove_endpoint(endpoint=endpoint, by=house.by)
        house.happens()
        sweep()
        assert not Endpoint.objects.exists()
        assert not Delivery.objects.exists()


def test_what_is_older_than_thirty_days_is_forgotten_a_few_at_a_time(
    committed_house: House, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, now = committed_house, timezone.now()
    endpoint, _ = house.listens(server.url)
    house.happens(n=5)
    while house.carry():
        pass
    monkeypatch.setattr("webhooks.operations.sweeping.AT_ONCE", 3)

    with house.scope():
        assert sweep(now + timedelta(days=29))
        assert len(house.deliveries(endpoint)) == 5
        sweep(now + timedelta(days=31))
        assert len(house.deliveries(endpoint)) == 2
        sweep(now + timedelta(days=31))
        assert house.deliveries(endpoint) == []
