"""Notifications in bulk: accepted, sent beside another tenant's codes, their reports drained."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator

import orjson
import psycopg2
import uvloop

from bench.cast import UNBOUND, Tenant, make_tenant, register
from bench.house import House
from bench.measures.backlog import KEYS_BY_INDEX
from bench.measures.live import message_ms
from bench.notices import CODE, DELAY, bulk_calls, call, code_arrives, make_type
from bench.plan import Plan
from bench.table import Row, at_least, at_most, percentile

#: What accepting writes, in the order in which rows may refer to each other.
TABLES = (
    "customers_customer", "customers_address", "notifications_notification", "notifications_step",
    "events_event",
)  # fmt: skip
CODE_EVERY_S, CODE_WITHIN_S, WORDS_EVERY_S = 1.0, 30.0, 0.3
SETTLES_WITHIN_S = 1200.0
CODES_ALONE = 20


def notification_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """One tenant's bulk from the API to the phones and back, while another tenant sends codes."""
    other = make_tenant(home, name="Codes", first=555000222000001, messages_per_second=1000)
    with home.running("web"):
        _prepare(home, tenant, other)
        yield _accepted(home, tenant, plan.notifications)
    with home.running("web", "simulator", "clock"):
        for number in (*tenant.numbers, *other.numbers):
            register(home.simulator_url, number, tells=False, **UNBOUND)
        with home.running("worker-urgent", "worker-outbound"):
            yield from _sent(home, other, plan.notifications)
    _report_all(home, tenant)
    with home.running("web", "worker-inbound", "clock", "simulator"):
        register(home.simulator_url, other.numbers[0])
        yield from _drained(home, other, 2 * plan.notifications)


def _prepare(home: House, tenant: Tenant, other: Tenant) -> None:
    with _superuser(home) as cursor:
        cursor.execute(f"TRUNCATE inbox_receipt, {', '.join(TABLES)} CASCADE")
    make_type(home, tenant, DELAY, category="utility", lane="utility")
    make_type(home, other, CODE, category="authentication", lane="urgent")


# ---------------------------------------------------------------- accepting


def _accepted(home: House, tenant: Tenant, count: int) -> Row:
    began, accepted = time.perf_counter(), 0
    for body in bulk_calls(tenant, count):
        accepted += call(home, tenant, "notification_batches", body)["accepted"]
    rate = count / (time.perf_counter() - began)
    if accepted != count:
        raise RuntimeError(f"{accepted} of {count} notifications were accepted")
    limit = count / _copy_seconds(home)
    beside = "COPY of the same rows, same tables"
    return Row(
        f"notifications accepted, {count:,} by calls of 1,000", rate, "/s", limit, beside, at_least(500)
    )


def _copy_seconds(home: House) -> float:
    """How long COPY takes for the rows that are there now, into the same tables: one transaction."""
    with _superuser(home) as cursor:
        rows = [(table, io.BytesIO()) for table in TABLES]
        for table, data in rows:
            cursor.copy_expert(f"COPY {table} TO STDOUT", data)
            data.seek(0)
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        cursor.execute(KEYS_BY_INDEX)
        cursor.execute("BEGIN")
        for table, data in rows:
            cursor.copy_expert(f"COPY {table} FROM STDIN", data)
        cursor.execute("COMMIT")
        return time.perf_counter() - began


# ---------------------------------------------------------------- sending


def _sent(home: House, other: Tenant, count: int) -> Iterator[Row]:
    waits: list[float] = []
    began = time.perf_counter()
    while (sent := sent_rows(home) - len(waits)) < count:
        if time.perf_counter() - began > SETTLES_WITHIN_S:
            raise RuntimeError(f"{sent} of {count} messages were sent")
        waits.append(code_arrives(home, other, len(waits), CODE_WITHIN_S))
        time.sleep(max(0.0, CODE_EVERY_S - waits[-1]))
    rate = count / (time.perf_counter() - began)
    yield Row(f"notifications sent, {count:,} queued at once", rate, "/s", None, "", at_least(200))
    alone = [code_arrives(home, other, len(waits) + n, CODE_WITHIN_S) for n in range(CODES_ALONE)]
    name = "another tenant's one-time code, sent meanwhile, to its provider"
    beside = "the same with nothing else to send, p95"
    yield Row(f"{name}, p95", percentile(waits, 95), "s", percentile(alone, 95), beside, at_most(2))
    yield Row(f"{name}, slowest", max(waits), "s", None, "", at_most(2))


# ---------------------------------------------------------------- reports


def _report_all(home: House, tenant: Tenant) -> None:
    """The provider reports that everything was delivered and read, all at once."""
    told = {"tenant": tenant.id, "external_ids": [number.external_id for number in tenant.numbers]}
    home.call("-m", "bench.inside", "reports", orjson.dumps(told).decode())


def _drained(home: House, other: Tenant, count: int) -> Iterator[Row]:
    """Another tenant's customers write while the reports are worked off."""

    def is_done() -> bool:
        return not count_rows(home, "inbox_receipt", "state = 'new'")

    began = time.perf_counter()
    waits = uvloop.run(message_ms(home, other, every_s=WORDS_EVERY_S, until=is_done))
    rate = count / (time.perf_counter() - began)
    yield Row(f"reports drained, {count:,} at once", rate, "/s", None, "", at_least(1000))
    yield Row(
        "phone to agent's socket while reports are drained, p95", percentile(waits, 95), "ms", None, "",
        at_most(1000),
    )  # fmt: skip


def sent_rows(home: House) -> int:
    """How many messages have left, codes and those in doubt among them. Raises RuntimeError for others."""
    if count_rows(home, "inbox_message", "status IN ('held', 'failed', 'cancelled')"):
        raise RuntimeError("some messages were held back or have failed")
    return count_rows(home, "inbox_message", "status IN ('sent', 'uncertain')")


def count_rows(home: House, table: str, which: str) -> int:
    """How many rows of a table are so, whoever's they are."""
    with _superuser(home) as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {which}")  # noqa: S608 - our own words
        row = cursor.fetchone()
        return int(row[0]) if row else 0


@contextlib.contextmanager
def _superuser(home: House) -> Iterator[psycopg2.extensions.cursor]:
    with contextlib.closing(psycopg2.connect(home.superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
