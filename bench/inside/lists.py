"""The list of threads, as the inbox page asks for it."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.db import connection

from bench.inside.counting import counted
from common.tenancy import tenant_context
from inbox.queries.threads import ThreadFilter, thread_page, thread_shapes

LIMIT = 50
VIEWS = ("all", "unassigned", "mine", "waiting", "snoozed", "closed", "unread", "mentions", "watching")


def list_threads(*, tenant: str, member: str, times: int) -> dict[str, Any]:
    """Read the first page of every view `times` times: {view: {"ms": […], "statements": most for a page}}."""
    connection.ensure_connection()
    return {view: _list(UUID(tenant), ThreadFilter(me=UUID(member), view=view), times) for view in VIEWS}


def _list(tenant: UUID, wanted: ThreadFilter, times: int) -> dict[str, Any]:
    milliseconds, most = [], 0
    for _ in range(times):
        with tenant_context(tenant), counted() as statements:
            began = time.perf_counter()
            page = thread_page(wanted, limit=LIMIT)
            thread_shapes(page.rows, wanted.me)
            milliseconds.append((time.perf_counter() - began) * 1000)
        most = max(most, len(statements))
    return {"ms": milliseconds, "statements": most}
