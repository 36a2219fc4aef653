"""A real worker process is killed -9 at the steps of a ladder: the customer still gets each step once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from common.models import WorkQueue
from events.models import EventCounter
from notifications.models import Notification
from tests.far_end import ROOT, wait_for
from tests.notifications.conftest import Ladder, Office

pytestmark = pytest.mark.django_db(transaction=True)

#: A process may take long to start beside others.
PATIENCE_S = 60
#: What worker processes do when they are woken, without end.
WORKER = """
import time, django
django.setup()
from inbox.delivery import deliver_all, deliver_urgent
from notifications.operations.engine import run_all
while True:
    run_all(seconds=1)
    deliver_urgent(seconds=1)
    deliver_all(seconds=1)
    time.sleep(0.05)
"""
#: Backends of workers that wait for a lock; the test itself waits for none.
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@contextlib.contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    told = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PARLEY_OUTBOUND_ALLOW": "127.0.0.0/8"}
    process = subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=told)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Nothing more is heard of it; its turn is anybody's again once its lease is over."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)


def leases_end() -> None:
    over = timezone.now() - timedelta(seconds=1)
    WorkQueue.objects.update(due_at=over, leased_until=over)


def dies_before_its_commit(office: Office) -> None:
    """A worker takes the turn, and is killed when all is written and only the commit is left."""
    with office.scope():
        EventCounter.objects.select_for_update().get()  # its last statement waits for this row
        with worker() as one:
            wait_for(is_waiting, PATIENCE_S)
            kill(one)
    leases_end()


def is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else this transaction sees its first look again
        cursor.execute(_WAITING)
        return bool(cursor.fetchone()[0])


def dies_with_its_request_on_the_way(office: Office, texts: int) -> None:
    """A worker is killed when the provider has the message and has not answered yet."""
    office.far_end.faults(to=office.phone, hang_s=30, count=1)
    with worker() as one:
        wait_for(lambda: len(office.got()) == texts, PATIENCE_S)
        kill(one)
    office.far_end.heal()
    leases_end()


def goes_on(office: Office, run: Notification, states: list[str], texts: int) -> None:
    """Another worker does what is left."""
    with worker():
        wait_for(lambda: [step.state for step in office.steps(run)] == states, PATIENCE_S)
        wait_for(lambda: len(office.got()) >= texts, PATIENCE_S)


def test_each_step_reaches_the_customer_once(office: Office, ladder: Ladder) -> None:
    """Killed before a commit, in the middle of a request, and before a commit again."""
    run = office.notify(ladder())

    dies_before_its_commit(office)
    assert office.got() == []
    dies_with_its_request_on_the_way(office, texts=1)
    assert [step.state for step in office.steps(run)] == ["trying", "waiting", "waiting"]

    office.later(61)
    dies_before_its_commit(office)
    assert [step.state for step in office.steps(run)] == ["trying", "waiting", "waiting"]
    goes_on(office, run, ["timed_out", "trying", "waiting"], texts=2)
    office.later(61)
    goes_on(office, run, ["timed_out", "timed_out", "trying"], texts=3)

    got = office.got()
    assert [one["channel"] for one in got] == [number.external_id for number in office.numbers]
    with office.scope():
        assert Notification.objects.count() == 1
