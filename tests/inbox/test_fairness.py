"""Who leaves first when thousands wait: the urgent before the rest, and every tenant beside the others."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.db import connection
from django.utils import timezone

from common import queues
from common.models import WorkQueue
from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox import delivery
from inbox.delivery import IN_FLIGHT, PLACES, deliver_all, deliver_urgent
from inbox.models import Channel, Delivery, Thread
from inbox.models.deliveries import QUEUE, URGENT_QUEUE, Lane
from inbox.operations import claims, departures
from inbox.operations.authors import SYSTEM
from inbox.operations.claims import AGAIN, PATIENCE, expect
from inbox.operations.deliveries import DOUBT_SETTLES, Job, Outcome, recover_lost
from inbox.operations.receipts import drain
from inbox.operations.reply import Terms, new_delivery, new_message
from inbox.operations.rules import Part
from inbox.ports import SendResult
from tests.cast import Cast, make_neighbour
from tests.hooks import post, text_message, webhook
from tests.planner import count_anew, rows_read

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 3 * IN_FLIGHT
_phones = (f"4477008{n:05}" for n in count())


def customer_of(channel: Channel) -> Thread:
    """Somebody has written there just now."""
    post(channel, webhook(channel, messages=[text_message(f"wamid.{uuid4()}", "Hi", phone=next(_phones))]))
    drain()
    with tenant_context(channel.tenant_id):
        return Thread.objects.select_related("customer", "channel").order_by("-id")[0]


def queue(thread: Thread, how_many: int, lane: Lane) -> None:
    """So many messages that do not wait for each other, as notifications are."""
    now, terms = timezone.now(), Terms(waits_its_turn=False)
    with tenant_context(thread.tenant_id):
        channel = thread.channel
        assert channel
        address = thread.customer.addresses.order_by("id")[0]
        parts = [Part(f"{lane.name} {n}") for n in range(how_many)]
        messages = [
            new_message(thread, channel, address, part, SYSTEM, str(uuid4()), now, terms) for part in parts
        ]
        insert_rows(messages)
        rows = [
            new_delivery(message, seq=n, lane=lane, now=now, terms=terms)
            for n, message in enumerate(messages)
        ]
        insert_rows(rows)
        expect({lane})


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pace: what is asked here is the order."""
    monkeypatch.setattr("inbox.pacing.take_for_channel", lambda *, wanted, **_: wanted)
    monkeypatch.setattr("inbox.pacing.who_may_be_sent_to", lambda *, addresses, **_: [True] * len(addresses))


class Provider:
    """Takes everything, and writes down whose it was, in order."""

    def __init__(self) -> None:
        self.took: list[tuple[UUID, str]] = []
        self.lock = threading.Lock()

    def send(self, job: Job) -> Outcome:
        with self.lock:
            self.took.append((job.tenant_id, job.message.text))
        return Outcome(job, result=SendResult(f"wamid.{uuid4()}"))


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    one = Provider()
    monkeypatch.setattr(delivery, "send", one.send)
    return one


def once_one_leaves(monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> None:
    """Do this, in a connection of its own, when the first message is about to leave."""
    mark_sending, done = claims.mark_sending, list[bool]()

    def do_it_once(jobs: Sequence[Job]) -> list[Job]:
        if jobs and not done:
            done.append(True)
            other = threading.Thread(target=_in_its_own_connection, args=(work,))
            other.start()
            other.join()
        return mark_sending(jobs)

    monkeypatch.setattr(claims, "mark_sending", do_it_once)


def grow_old(thread: Thread) -> None:
    """What waits for this tenant has waited too long for the worker of what is urgent."""
    long_ago = timezone.now() - 2 * PATIENCE
    with tenant_context(thread.tenant_id):
        Delivery.objects.update(due_at=long_ago)
    WorkQueue.objects.filter(tenant_id=thread.tenant_id).update(due_at=long_ago)


def states(thread: Thread) -> dict[str, int]:
    """How many deliveries of this tenant are in each state."""
    with tenant_context(thread.tenant_id):
        return Counter(Delivery.objects.values_list("state", flat=True))


def test_what_is_urgent_is_claimed_before_what_was_queued_long_before_it(committed_cast: Cast) -> None:
    thread = customer_of(committed_cast.acme_number)
    for lane in (Lane.MARKETING, Lane.UTILITY, Lane.REPLY, Lane.URGENT):
        queue(thread, 2, lane)
    grow_old(thread)

    with tenant_context(committed_cast.acme.id):
        said = [job.message.text for job in departures.claim(8, {})]

    assert said == [f"{lane} {n}" for lane in ("URGENT", "REPLY", "UTILITY", "MARKETING") for n in (0, 1)]


def test_the_bulk_of_another_tenant_leaves_room_for_a_few(
    committed_cast: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    thousands, one = (customer_of(one) for one in (committed_cast.acme_number, committed_cast.globex_number))
    queue(thousands, MANY, Lane.MARKETING)
    once_one_leaves(monkeypatch, lambda: queue(one, 1, Lane.REPLY))

    assert deliver_all() == MANY + 1
    place = [tenant for tenant, _ in provider.took].index(committed_cast.globex.id)
    # What was leaving when the answer came is in flight before it, and one batch more at most.
    assert place <= 2 * IN_FLIGHT < MANY


@pytest.fixture
def crowd(committed_cast: Cast) -> list[Channel]:
    """Tenants enough to fill all places, and as many again who wait."""
    return [make_neighbour(f"Neighbour {n}", 30 + n) for n in range(2 * PLACES)]


def test_a_code_leaves_while_every_other_worker_is_busy_with_bulk(
    committed_cast: Cast, crowd: list[Channel], provider: Provider
) -> None:
    for channel in crowd:
        queue(customer_of(channel), 2, Lane.MARKETING)
    queue(customer_of(committed_cast.globex_number), 1, Lane.URGENT)

    assert deliver_urgent() == 1
    assert provider.took == [(committed_cast.globex.id, "URGENT 0")]


def test_a_code_leaves_while_others_have_the_turn_of_its_own_tenant(
    committed_cast: Cast, provider: Provider
) -> None:
    bulk, other = (customer_of(committed_cast.acme_number) for _ in range(2))
    queue(bulk, 2, Lane.MARKETING)
    claim = queues.claim_tenant(QUEUE)
    with tenant_context(committed_cast.acme.id):
        jobs = departures.claim(1, {})
    queue(other, 1, Lane.URGENT)

    assert deliver_urgent() == 1
    assert (states(bulk), provider.took) == (
        {"claimed": 1, "ready": 1, "sent": 1}, [(committed_cast.acme.id, "URGENT 0")],
    )  # fmt: skip
    assert claim
    assert len(jobs) == 1


def test_others_leave_a_code_to_its_worker_unless_it_does_not_come(
    committed_cast: Cast, provider: Provider
) -> None:
    thread = customer_of(committed_cast.acme_number)
    queue(thread, 1, Lane.URGENT)
    queue(thread, 1, Lane.MARKETING)

    assert deliver_all() == 1
    assert queues.claim_tenant(QUEUE) is None  # nobody looks again and again meanwhile
    with tenant_context(committed_cast.acme.id):
        assert WorkQueue.objects.get(queue=QUEUE).due_at == Delivery.objects.get(lane=0).due_at + PATIENCE

    grow_old(thread)
    assert deliver_all() == 1
    assert [text for _, text in provider.took] == ["MARKETING 0", "URGENT 0"]


def test_the_worker_of_codes_sends_nothing_else_and_nothing_too_late(
    committed_cast: Cast, provider: Provider
) -> None:
    thread = customer_of(committed_cast.acme_number)
    queue(thread, 2, Lane.MARKETING)
    queue(thread, 2, Lane.URGENT)
    with tenant_context(committed_cast.acme.id):
        late = Delivery.objects.filter(lane=0).order_by("id")[0]
        Delivery.objects.filter(id=late.id).update(expires_at=timezone.now())

    assert deliver_urgent() == 1
    assert WorkQueue.objects.get(queue=URGENT_QUEUE).due_at is None

    assert [text for _, text in provider.took] == ["URGENT 1"]
    assert states(thread) == {"ready": 2, "sent": 1, "failed": 1}


def test_a_code_does_not_overtake_what_stands_before_it_in_its_thread(
    committed_cast: Cast, provider: Provider
) -> None:
    thread = customer_of(committed_cast.acme_number)
    queue(thread, 1, Lane.REPLY)
    queue(thread, 1, Lane.URGENT)
    with tenant_context(committed_cast.acme.id):
        Delivery.objects.filter(lane=Lane.URGENT).update(seq=1)
        Delivery.objects.update(order_key=thread.id)

    assert deliver_urgent() == 0
    due_at = WorkQueue.objects.get(queue=URGENT_QUEUE).due_at
    assert due_at
    assert due_at > timezone.now() - AGAIN  # it looks again, and not at once

    deliver_all()
    WorkQueue.objects.update(due_at=timezone.now())
    assert deliver_urgent() == 1
    assert [text for _, text in provider.took] == ["REPLY 0", "URGENT 0"]


def test_a_code_is_welcome_while_a_silent_provider_keeps_the_shift_of_another(
    committed_cast: Cast, provider: Provider
) -> None:
    silent, code = (customer_of(one) for one in (committed_cast.acme_number, committed_cast.globex_number))
    queue(silent, 1, Lane.URGENT)
    answered, in_time = threading.Event(), list[bool]()

    def send(job: Job) -> Outcome:
        if job.tenant_id == committed_cast.globex.id:
            answered.set()
        else:
            _in_its_own_connection(queue, code, 1, Lane.URGENT)
            in_time.append(answered.wait(60))
        return provider.send(job)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "send", send)
        deliver_urgent(seconds=0.05)

    assert in_time == [True]
    assert len(provider.took) == 2


def test_a_provider_that_does_not_answer_keeps_no_other_tenant_waiting(
    committed_cast: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent, code = (customer_of(one) for one in (committed_cast.acme_number, committed_cast.globex_number))
    queue(silent, MANY, Lane.UTILITY)
    answered, in_time = threading.Event(), list[bool]()

    def send(job: Job) -> Outcome:
        if job.tenant_id == committed_cast.globex.id:
            answered.set()
        elif not answered.is_set():
            if not in_time:
                in_time.append(False)
                _in_its_own_connection(queue, code, 1, Lane.MARKETING)
            in_time[0] = answered.wait(60)
        return provider.send(job)

    monkeypatch.setattr(delivery, "send", send)

    deliver_all()

    assert in_time == [True]
    assert len(provider.took) == len(set(provider.took)) == MANY + 1


def test_a_fault_with_one_tenant_costs_another_nothing(
    committed_cast: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for channel in (committed_cast.acme_number, committed_cast.globex_number):
        queue(customer_of(channel), 3, Lane.UTILITY)
    claim = departures.claim

    def fail_for_acme(*given: Any, **named: Any) -> list[Job]:
        jobs = claim(*given, **named)
        if any(job.tenant_id == committed_cast.acme.id for job in jobs):
            raise RuntimeError("a fault of ours")
        return jobs

    monkeypatch.setattr(departures, "claim", fail_for_acme)

    deliver_all()

    assert {tenant for tenant, _ in provider.took} == {committed_cast.globex.id}
    with tenant_context(committed_cast.acme.id):
        assert set(Delivery.objects.values_list("state", flat=True)) == {"ready"}


def test_a_claim_of_a_few_reads_a_few_whatever_the_statistics_say(committed_cast: Cast) -> None:
    """PostgreSQL has counted an empty table; then a thousand come."""
    thread = customer_of(committed_cast.acme_number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inbox_delivery, inbox_message")
    queue(thread, 1_000, Lane.UTILITY)

    with tenant_context(committed_cast.acme.id), connection.cursor() as cursor:
        forbid, claim = claims._CLAIM_ANY.split(";", 1)
        cursor.execute(forbid)
        cursor.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {claim}",
            {
                "tenant": committed_cast.acme.id, "token": uuid4(), "limit": 5, "lease": "30 s",
                "settles": DOUBT_SETTLES, "patience": "2 s", "resting": [],
            },
        )  # fmt: skip
        plan = cursor.fetchone()[0]

    plan = plan if isinstance(plan, list) else orjson.loads(plan)
    nodes = list(_nodes(plan[0]["Plan"]))
    [walk] = [node for node in nodes if node.get("Alias") == "o"]
    assert (walk["Index Name"], walk["Actual Rows"]) == ("delivery_ready", 5)
    assert "Sort" not in {node["Node Type"] for node in nodes}


def test_a_look_for_what_is_lost_reads_each_row_a_few_times_whatever_the_statistics_say(
    committed_cast: Cast,
) -> None:
    thread = customer_of(committed_cast.acme_number)
    for table in ("inbox_delivery", "inbox_message"):
        count_anew(table)
    queue(thread, 500, Lane.UTILITY)

    def read() -> int:
        return sum(rows_read(table) for table in ("inbox_delivery", "inbox_message"))

    with tenant_context(committed_cast.acme.id):
        before = read()
        claims.claim_rows(2)
        claimed = read() - before
        Delivery.objects.filter(state="claimed").update(lease_until=timezone.now())
    with tenant_context(committed_cast.acme.id):
        before = read()
        recover_lost()
        recovered = read() - before

    assert states(thread) == {"ready": 500}
    # Six looks may each read all, by whichever index; each for each would be 250,000.
    assert max(claimed, recovered) <= 10 * 500


def test_what_leaves_is_written_without_reading_what_waits(committed_cast: Cast) -> None:
    thread = customer_of(committed_cast.acme_number)
    queue(thread, 2_000, Lane.UTILITY)
    for table in ("inbox_delivery", "inbox_message"):
        count_anew(table)

    with tenant_context(committed_cast.acme.id):
        jobs = departures.claim(2, {})
        before = rows_read("inbox_delivery")
        claims.mark_sending(jobs)
        assert rows_read("inbox_delivery") - before <= 10


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _in_its_own_connection(work: Any, *given: Any) -> None:
    try:
        work(*given)
    finally:
        connection.close()
