"""While two conversations become one the customer writes, and so do agents who do not know of it yet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from common.tenancy import tenant_context
from inbox.models import Message, Note, Thread
from inbox.operations.authors import Author
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.thread_joins import join_threads, undo_join
from tests.another_worker import another_worker
from tests.cast import Cast
from tests.far_end import wait_for
from tests.inbox.ada_twice import ADA, lines, writes
from tests.inbox.test_joining import past_and_present

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        found: int = cursor.fetchone()[0]
        return found


def _alone(work: Callable[[], Any]) -> None:
    """In a connection of its own."""
    try:
        work()
    finally:
        connection.close()


def test_nothing_is_lost_or_doubled_while_two_become_one_and_two_again(committed_cast: Cast) -> None:
    cast = committed_cast
    past, present = past_and_present(cast)
    scope = tenant_context(cast.acme.id)
    alice, bob = Author.of(cast.alice), Author.of(cast.bob)

    def note() -> None:
        with tenant_context(cast.acme.id):
            add_note(thread=past.thread, by=cast.bob, text="noted", client_ref="n")

    def answer() -> None:
        with tenant_context(cast.acme.id):
            reply(thread=past.thread, by=bob, text="answered", client_ref="a")

    with another_worker() as other, ThreadPoolExecutor(3) as pool:
        other.run(scope.__enter__)
        move = other.run(join_threads, thread=past.thread, other=present.thread, by=alice)
        jobs = [pool.submit(_alone, work) for work in (lambda: writes(cast, "five", ADA), note, answer)]
        wait_for(lambda: _waiting() == 3, 20)
        other.run(scope.__exit__, None, None, None)
        for job in jobs:
            job.result()

    with tenant_context(cast.acme.id):
        row = Thread.objects.get(id=present.thread_id)
        assert set(lines(row)) == {"one", "two", "three", "four", "five", "noted", "answered"}
        heard = Message.objects.filter(number__isnull=False).order_by("at")
        assert list(heard.values_list("thread_id", "number")) == [(row.id, n) for n in range(1, 6)]
        assert row.inbound_count == 5
        assert Note.objects.get().thread_id == row.id
        undo_join(move=move, by=alice)
        assert lines(past.thread) == ["one", "two"]
