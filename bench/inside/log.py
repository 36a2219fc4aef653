"""The log of notifications, as its page asks for it."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.db import connection

from bench.inside.counting import counted
from common.tenancy import tenant_context
from notifications.models import Notification, Step
from notifications.queries.log import log_page, log_rows

LIMIT = 50


def read_log(*, tenant: str, times: int) -> dict[str, Any]:
    """Read the first page for every filter `times` times: {filter: {"ms": […], "statements"}}."""
    connection.ensure_connection()
    with tenant_context(UUID(tenant)):
        filters = _filters()
    return {name: _read(UUID(tenant), wanted, times) for name, wanted in filters.items()}


def _filters() -> dict[str, dict[str, Any]]:
    """Each filter of B13 alone, common and rare, and some together."""
    one = Notification.objects.exclude(dedupe_key="").order_by("id")[5]
    number = one.customer.addresses.get().value
    channel = Step.objects.values_list("channel_id", flat=True).first()
    middle = log_page(limit=LIMIT, type="log-1")
    return {
        "none": {}, "a type": {"type": "log-3"}, "a person's number": {"person": number},
        "a person's name": {"person": one.customer.name}, "half a name": {"person": "Person 77"},
        "a common state": {"state": "read"}, "a rare state": {"state": "expired"},
        "no such state": {"state": "cancelled"}, "a channel": {"channel": channel},
        "a key": {"dedupe_key": one.dedupe_key}, "a request": {"request_id": one.request_id},
        "only tests": {"test": True}, "no tests": {"test": False},
        "type and rare state": {"type": "log-2", "state": "expired"},
        "channel and rare state": {"channel": channel, "state": "expired"},
        "channel and type": {"channel": channel, "type": "log-0"},
        "person and state": {"person": number, "state": "read"},
        "tests that failed": {"test": True, "state": "failed"},
        "a later page": {"type": "log-1", "after": middle.next},
    }  # fmt: skip


def _read(tenant: UUID, wanted: dict[str, Any], times: int) -> dict[str, Any]:
    milliseconds, most = [], 0
    for _ in range(times):
        with tenant_context(tenant), counted() as statements:
            began = time.perf_counter()
            log_rows(log_page(limit=LIMIT, **wanted).rows)
            milliseconds.append((time.perf_counter() - began) * 1000)
        most = max(most, len(statements))
    return {"ms": milliseconds, "statements": most}
