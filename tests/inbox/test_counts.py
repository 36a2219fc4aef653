"""How many conversations stand in each view, while PostgreSQL believes there is none."""

from __future__ import annotations

import pytest

from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox.models import Thread, ThreadRead
from inbox.operations.receipts import drain
from inbox.queries.counts import view_counts
from tests import hooks
from tests.cast import Cast
from tests.planner import count_anew, rows_read

pytestmark = pytest.mark.django_db

MANY = 300


def test_the_views_are_counted_in_one_look_at_each_conversation(cast: Cast) -> None:
    """Each conversation was held against all that the member has read: 10,000 took 13 seconds."""
    said = [hooks.text_message(f"wamid.{n}", "Hello", phone=f"4477009{n:05}") for n in range(MANY)]
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=said))
    drain()
    with tenant_context(cast.acme.id):
        keys = Thread.objects.order_by("id").values_list("id", flat=True)
        read = [ThreadRead(thread_id=key, member=cast.bob, read_count=1) for key in keys[: MANY // 2]]
        insert_rows([*read, *(ThreadRead(thread_id=row.thread_id, member=cast.alice) for row in read)])
        for table in ("inbox_thread", "inbox_threadread"):
            count_anew(table)
        before = rows_read("inbox_threadread")

        found = {one["key"]: (one["count"], one["unread"]) for one in view_counts(cast.bob.id)["data"]}

        assert rows_read("inbox_threadread") - before <= 2 * MANY
        assert found["unassigned"] == (MANY, MANY // 2)
        assert found["unread"] == (MANY // 2, MANY // 2)
        assert found["all"] == (MANY, MANY // 2)
        assert view_counts(cast.alice.id)["data"][1]["unread"] == MANY
