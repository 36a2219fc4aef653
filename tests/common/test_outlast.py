"""Work goes on after PostgreSQL was away or broke a deadlock, and nothing is hidden that will not mend."""

from __future__ import annotations

import threading

import psycopg2
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from common import outlast as module
from common.outlast import outlast
from common.sql import lock_keys

pytestmark = pytest.mark.django_db(transaction=True)


def hang_up() -> None:
    """End this connection from another one, as a restart of the server does."""
    connection.ensure_connection()
    raw = connection.connection
    assert raw is not None
    other = psycopg2.connect(raw.dsn)
    with other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [raw.get_backend_pid()])
    other.close()


def test_work_is_done_again_on_a_new_connection_when_the_old_one_was_cut() -> None:
    tried = []

    def work() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            tried.append(1)
            if len(tried) == 1:
                hang_up()
            cursor.execute("SELECT 42")
            found: int = cursor.fetchone()[0]
            return found

    assert outlast(work) == 42
    assert len(tried) == 2


def test_two_transactions_that_wait_for_each_other_both_get_done() -> None:
    both_hold_one = threading.Barrier(2, timeout=10)
    done: list[str] = []

    def work(first: str, second: str, tried: list[int]) -> None:
        with transaction.atomic():
            lock_keys([first])
            tried.append(1)
            if len(tried) == 1:
                both_hold_one.wait()
            lock_keys([second])
        done.append(first)

    def run(first: str, second: str) -> None:
        tried: list[int] = []
        outlast(lambda: work(first, second, tried))
        connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(done) == ["a", "b"]


def test_a_fault_of_the_work_itself_is_raised_at_once() -> None:
    tried = []

    def work() -> None:
        tried.append(1)
        raise IntegrityError("twice the same")

    with pytest.raises(IntegrityError):
        outlast(work)

    assert len(tried) == 1


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.3)
    monkeypatch.setattr(module, "PAUSE_S", 0.05)

    def work() -> None:
        raise OperationalError("the server is gone")

    with pytest.raises(OperationalError):
        outlast(work)


def test_a_part_of_a_larger_transaction_is_not_tried_again_alone() -> None:
    tried = []

    def work() -> None:
        tried.append(1)
        raise OperationalError("the server is gone")

    with pytest.raises(OperationalError), transaction.atomic():
        outlast(work)

    assert len(tried) == 1
