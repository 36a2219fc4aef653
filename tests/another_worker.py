"""A second worker of the database's: a thread with a connection of its own, which ends as by ``kill -9``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Worker:
    """Does what it is told, always in the same connection."""

    _thread: ThreadPoolExecutor
    number: int = 0

    def run(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What `work` gives there."""
        return self._thread.submit(work, *given, **named).result()


@contextmanager
def another_worker() -> Iterator[Worker]:
    """It holds what it took until the block ends; then PostgreSQL sees its connection gone."""
    with ThreadPoolExecutor(1) as thread:
        worker = Worker(thread)
        try:
            worker.number = worker.run(_backend)
            yield worker
        finally:
            worker.run(_hang_up)
    _wait_until_gone(worker.number)


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number: int = cursor.fetchone()[0]
        return number


def _hang_up() -> None:
    connection.close()


def _wait_until_gone(number: int) -> None:
    """A connection's end is heard of a moment later."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT count(*) FROM pg_stat_get_activity(%s)", [number])
            if not cursor.fetchone()[0]:
                return
