"""A worker keeps its connection from task to task; a task that fails ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from celery.app.trace import build_tracer
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined]
from django.db import connection

from config.celery import app
from tests.common.test_outlast import hang_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def as_in_a_worker() -> DjangoWorkerFixup:
    """What Celery does around each task, for as long as somebody holds this."""
    return DjangoWorkerFixup(app).install()


def backend() -> int:
    """The number of this connection at PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number: int = cursor.fetchone()[0]
        return number


def run(work: Callable[[], Any]) -> Any:
    """What `work` gives as a task of a worker."""

    def do(**_: Any) -> Any:
        return work()

    task = app.task(name=f"tests.{uuid4()}")(do)
    request: dict[str, Any] = {"id": str(uuid4()), "is_eager": False, "delivery_info": {}}
    return build_tracer(task.name, task, app=app)(request["id"], [], {}, request).retval


def fail() -> None:
    raise RuntimeError("it was not to be")


def test_tasks_share_one_connection() -> None:
    assert run(backend) == run(backend)


def test_a_task_that_fails_gives_back_what_it_holds_by_ending_its_connection() -> None:
    before = run(backend)

    run(fail)

    assert connection.connection is None
    assert run(backend) != before


def test_a_connection_that_was_cut_between_tasks_is_made_anew() -> None:
    before = run(backend)
    hang_up()

    assert run(backend) not in {None, before}
