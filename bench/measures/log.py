"""The log of notifications of a tenant that has sent very many."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg2

from bench.cast import Tenant
from bench.house import House
from bench.plan import Plan
from bench.table import Row, at_most, percentile

TIMES = 20
MANY_NOTIFICATIONS = Path(__file__).with_name("many_notifications.sql")


def log_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """The first page of each filter; the slowest one is the row, all stand beneath the table's title."""
    _grow(home, tenant, plan.log_rows)
    told = {"tenant": tenant.id, "times": TIMES}
    found = orjson.loads(home.call("-m", "bench.inside", "log", orjson.dumps(told).decode()))
    p95 = {name: percentile(one["ms"], 95) for name, one in found.items()}
    slowest = max(p95, key=lambda name: p95[name])
    named = f"log of {plan.log_rows:,} notifications"
    for name, value in sorted(p95.items(), key=lambda pair: -pair[1])[:5]:
        yield Row(f"{named}, by {name}, p95", value, "ms", None, "", at_most(300))
    most = max(one["statements"] for one in found.values())
    yield Row(f"{named}, statements (slowest filter: {slowest})", most, "statements", None, "", at_most(4))


def _grow(home: House, tenant: Tenant, count: int) -> None:
    """The superuser writes them, in SQL, because making them one by one would take hours."""
    with contextlib.closing(psycopg2.connect(home.superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            values = {"tenant": tenant.id, "count": count, "people": max(1, count // 20)}
            cursor.execute(MANY_NOTIFICATIONS.read_text(), values)
            tables = "customers_customer, customers_address, notifications_notification, notifications_step"
            cursor.execute(f"VACUUM ANALYZE {tables}")
