"""Draining a backlog of webhooks, beside COPY of the very rows it wrote."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator, Mapping

import orjson
import psycopg2

from bench.cast import Tenant
from bench.house import House
from bench.plan import Plan
from bench.table import Row, at_most, median, ratio_at_least

IN_EACH = 50
MESSAGES_PER_CUSTOMER = 5
#: What draining writes, in the order in which rows may refer to each other.
TABLES = (
    "customers_customer", "customers_address", "inbox_reach", "inbox_thread", "inbox_message", "events_event",
    "inbox_receiptoutcome",
)  # fmt: skip

#: Keys are checked by plans made while the tables are empty, which would read them whole for every row.
KEYS_BY_INDEX = "SET enable_seqscan = off"


def backlog_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """Messages per second by one process, and statements per message."""
    drained, copied = [], []
    for _ in range(plan.backlog_rounds):
        empty(home)
        drained.append(
            drain(
                home, tenant, plan.backlog_messages, IN_EACH, plan.backlog_messages // MESSAGES_PER_CUSTOMER
            )
        )
        copied.append(plan.backlog_messages / copy_seconds(home))
    rate = median([found["messages"] / found["seconds"] for found in drained])
    name = "stored messages, draining a backlog of batched webhooks, one process"
    yield Row(name, rate, "/s", median(copied), "COPY of the same rows, same tables", ratio_at_least(0.25))
    empty(home)
    single = drain(home, tenant, 500, 1, 500)
    value = single["statements"] / single["messages"]
    yield Row("statements per inbound message, draining 500", value, "statements", None, "", at_most(0.2))
    empty(home)


def drain(home: House, tenant: Tenant, messages: int, in_each: int, customers: int) -> Mapping[str, float]:
    """Store that many messages, `in_each` to a webhook, in one process; see ``bench.inside.backlog``."""
    told = {
        "tenant": tenant.id, "external_id": tenant.numbers[0].external_id, "messages": messages,
        "in_each": in_each, "customers": customers,
    }  # fmt: skip
    found: Mapping[str, float] = orjson.loads(
        home.call("-m", "bench.inside", "drain", orjson.dumps(told).decode())
    )
    return found


def empty(home: House) -> None:
    """Empty the tables and let PostgreSQL settle, so that every round begins alike."""
    with _superuser(home) as cursor:
        cursor.execute(f"TRUNCATE inbox_receipt, {', '.join(TABLES)} CASCADE")
        cursor.execute("CHECKPOINT")


def copy_seconds(home: House) -> float:
    """How long COPY takes for the rows that are there now: one transaction, into the same tables.

    The superuser does it, because COPY is refused where row security binds; so it is spared the policies too.
    """
    with _superuser(home) as cursor:
        rows = [(table, _copied_out(cursor, table)) for table in TABLES]
    empty(home)
    with (
        contextlib.closing(psycopg2.connect(home.superuser_url)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(KEYS_BY_INDEX)
        began = time.perf_counter()
        for table, data in rows:
            cursor.copy_expert(f"COPY {table} FROM STDIN", data)
        connection.commit()
        return time.perf_counter() - began


def _copied_out(cursor: psycopg2.extensions.cursor, table: str) -> io.BytesIO:
    data = io.BytesIO()
    cursor.copy_expert(f"COPY {table} TO STDOUT", data)
    data.seek(0)
    return data


@contextlib.contextmanager
def _superuser(home: House) -> Iterator[psycopg2.extensions.cursor]:
    with contextlib.closing(psycopg2.connect(home.superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
