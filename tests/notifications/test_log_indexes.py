"""Every filter of the log is served by an index, and none reads the whole table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from common.tenancy import tenant_context
from notifications.models import Notification, NotificationType
from notifications.queries.log import people_like
from notifications.queries.runs import notification_page
from tests.cast import Cast
from tests.notifications.conftest import ask, make_type, send

MANY = 4_000
#: Copies of one row and its step, each with an id of its own that keeps their order.
COPIES = """
INSERT INTO notifications_notification
SELECT (jsonb_populate_record(n, jsonb_build_object(
    'id', overlay(n.id::text placing lpad(to_hex(g), 12, '0') from 25),
    'dedupe_key', 'key-' || g, 'request_id', 'req-' || g, 'due_at', NULL,
    'state', CASE WHEN g %% 500 = 0 THEN 'failed' ELSE 'delivered' END))).*
FROM notifications_notification n, generate_series(1, %s) g WHERE n.id = %s
"""


@pytest.fixture
def many(cast: Cast) -> NotificationType:
    with tenant_context(cast.acme.id), connection.cursor() as cursor:
        named = make_type(cast.alice)
        send(cast.alice, ask(named, to={"phone": "+447700900801", "name": "Ada"}, dedupe_key="first"))
        send(cast.alice, ask(named, to={"phone": "+447700900802", "name": "Grace"}, is_test=True))
        cursor.execute(COPIES, [MANY, Notification.objects.get(dedupe_key="first").id])
        cursor.execute("ANALYZE notifications_notification")
        return named


FILTERS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "type": {"type": "fraud_alert"},
    "a rare state": {"state": "failed"},
    "a key": {"dedupe_key": "key-77"},
    "a request": {"request_id": "req-77"},
    "only tests": {"test": True},
    "type and state": {"type": "fraud_alert", "state": "failed"},
    "a day": {"since": timezone.now() - timedelta(hours=12), "until": timezone.now() + timedelta(hours=12)},
}


@pytest.mark.parametrize("name", [*FILTERS, "a person"])
def test_a_filter_reads_no_whole_table(cast: Cast, many: NotificationType, name: str) -> None:
    with tenant_context(cast.acme.id), connection.cursor() as cursor:
        wanted = FILTERS[name] if name in FILTERS else {"people": people_like("Grace")}
        with connection.execute_wrapper(_explain := Explain()):
            page = notification_page(limit=50, **wanted)
        cursor.execute(f"EXPLAIN {_explain.statement}", _explain.values)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert page.rows
    assert "Seq Scan on notifications_notification " not in plan, plan


class Explain:
    """Keeps the statement that lists notifications."""

    statement = ""
    values: Any = ()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'FROM "notifications_notification"' in sql and sql.startswith("SELECT"):
            self.statement, self.values = sql, params
        return execute(sql, params, many, context)
