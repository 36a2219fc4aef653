"""The thread list of a small and of a large tenant."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import psycopg2

from bench.cast import Tenant
from bench.house import House
from bench.plan import Plan
from bench.table import Row, at_most, percentile, ratio_at_most

TIMES = 60
MANY_THREADS = Path(__file__).with_name("many_threads.sql")


def list_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """First pages of every view: statements, and how long the slowest view takes."""
    small, large = plan.list_sizes
    grow_threads(home, tenant, 0, small)
    before = _list(home, tenant)
    grow_threads(home, tenant, small, large)
    after = _list(home, tenant)
    p95 = {view: percentile(found["ms"], 95) for view, found in after.items()}
    slowest = max(p95, key=lambda view: p95[view])
    limit = percentile(before[slowest]["ms"], 95)
    most = max(found["statements"] for found in after.values())
    name = f"thread list of {large:,} threads"
    yield Row(f"{name}, statements", most, "statements", None, "", at_most(2))
    yield Row(f"{name}, slowest view ({slowest}), p95", p95[slowest], "ms", None, "", at_most(30))
    yield Row(
        f"{name}, beside {small:,}", p95[slowest], "ms", limit, f"the same at {small:,}", ratio_at_most(1.2)
    )


def _list(home: House, tenant: Tenant) -> Mapping[str, Mapping[str, Any]]:
    told = orjson.dumps({"tenant": tenant.id, "member": tenant.member_id, "times": TIMES}).decode()
    found: Mapping[str, Mapping[str, Any]] = orjson.loads(home.call("-m", "bench.inside", "lists", told))
    return found


def grow_threads(home: House, tenant: Tenant, have: int, want: int) -> None:
    """Add threads until there are `want`: nine in ten closed, like the years of a business; some assigned.

    The superuser writes them, in SQL, because making them one by one would take hours.
    """
    with contextlib.closing(psycopg2.connect(home.superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            values = {"tenant": tenant.id, "member": tenant.member_id, "first": have + 1, "last": want}
            cursor.execute(MANY_THREADS.read_text(), values)
            cursor.execute("VACUUM ANALYZE customers_customer, customers_address, inbox_thread")
