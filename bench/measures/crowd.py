"""A one-time code while many other tenants send in bulk: more of them than one worker serves at once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from bench.cast import UNBOUND, Tenant, make_tenant, register
from bench.house import House
from bench.measures.notifications import (
    CODE_EVERY_S,
    CODE_WITHIN_S,
    CODES_ALONE,
    SETTLES_WITHIN_S,
    sent_rows,
)
from bench.notices import CODE, DELAY, bulk_calls, call, code_arrives, make_type
from bench.plan import Plan
from bench.table import Row, at_most, percentile

TENANTS = 8


def crowd_rows(home: House, _tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """Codes of one tenant, one a second, until what the others queued has left."""
    crowd = [
        make_tenant(home, name=f"Bulk{n}", first=555000333000001 + 1000 * n, messages_per_second=1000)
        for n in range(TENANTS)
    ]
    other = make_tenant(home, name="Beside", first=555000444000001, messages_per_second=1000)
    with home.running("web"):
        for tenant in crowd:
            make_type(home, tenant, DELAY, category="utility", lane="utility")
        make_type(home, other, CODE, category="authentication", lane="urgent")
        before = sent_rows(home)
        for tenant in crowd:
            for body in bulk_calls(tenant, plan.crowd_each):
                call(home, tenant, "notification_batches", body)
    with home.running("web", "simulator", "clock"):
        for tenant in (*crowd, other):
            for number in tenant.numbers:
                register(home.simulator_url, number, tells=False, **UNBOUND)
        with home.running("worker-urgent", "worker-outbound"):
            waits = _codes_until(home, other, before + TENANTS * plan.crowd_each)
            alone = [code_arrives(home, other, len(waits) + n, CODE_WITHIN_S) for n in range(CODES_ALONE)]
    yield from _rows(waits, alone, plan.crowd_each)


def _codes_until(home: House, other: Tenant, sent: int) -> list[float]:
    """How long each code took until so many messages had left, codes among them."""
    waits: list[float] = []
    began = time.perf_counter()
    while sent_rows(home) < sent + len(waits):
        if time.perf_counter() - began > SETTLES_WITHIN_S:
            raise RuntimeError(f"not all of {sent} messages were sent")
        waits.append(code_arrives(home, other, len(waits), CODE_WITHIN_S))
        time.sleep(max(0.0, CODE_EVERY_S - waits[-1]))
    return waits


def _rows(waits: Sequence[float], alone: Sequence[float], each: int) -> Iterator[Row]:
    name = f"a one-time code while {TENANTS} other tenants send {each:,} each"
    beside = "the same with nothing else to send, p95"
    yield Row(f"{name}, p95", percentile(waits, 95), "s", percentile(alone, 95), beside, at_most(2))
    yield Row(f"{name}, slowest", max(waits), "s", None, "", at_most(2))
