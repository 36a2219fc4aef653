"""The largest things WhatsApp may bring: a webhook of 1,000 updates, and 6,000 templates."""

from __future__ import annotations

import time
from collections.abc import Iterator

import orjson
import requests

from bench.cast import Tenant
from bench.house import House
from bench.measures.backlog import copy_seconds, drain, empty
from bench.plan import Plan
from bench.table import Row, at_most, median, percentile

UPDATES = 1_000
FEW, MANY = 60, 6_000


def body_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """Reading a body of 1,000 updates, and storing one of 1,000 messages."""
    number = tenant.numbers[0].external_id
    told = {"external_id": number, "updates": UPDATES, "times": plan.body_rounds * 3}
    found = orjson.loads(home.call("-m", "bench.inside", "parse", orjson.dumps(told).decode()))
    name = f"a webhook of {UPDATES:,} updates"
    value, limit = median(found["ms"]), median(found["json_ms"])
    yield Row(f"{name}, parsed", value, "ms", limit, "reading its JSON alone", at_most(100))
    stored, copied = [], []
    for _ in range(plan.body_rounds):
        empty(home)
        stored.append(drain(home, tenant, UPDATES, UPDATES, UPDATES // 5)["seconds"])
        copied.append(copy_seconds(home))
    empty(home)
    limit = median(copied)
    yield Row(f"{name}, stored", median(stored), "s", limit, "COPY of the same rows, same tables", at_most(1))


def template_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """The console's first page of templates, of few and of very many."""
    with home.running("web"):
        _keep(home, tenant, 0, FEW)
        limit = percentile(_open(home, tenant, plan.page_rounds), 95)
        _keep(home, tenant, FEW, MANY)
        value = percentile(_open(home, tenant, plan.page_rounds), 95)
    name = f"list of {MANY:,} templates in the console, p95"
    yield Row(name, value, "ms", limit, f"the same at {FEW}", at_most(300))


def _keep(home: House, tenant: Tenant, first: int, last: int) -> None:
    told = {"tenant": tenant.id, "channel": tenant.numbers[0].id, "first": first, "last": last}
    kept = orjson.loads(home.call("-m", "bench.inside", "templates", orjson.dumps(told).decode()))
    if kept != last:
        raise RuntimeError(f"{kept} of {last} templates are there")


def _open(home: House, tenant: Tenant, times: int) -> list[float]:
    """Milliseconds of each answer, the whole page read; the first one is not counted."""
    session = requests.Session()
    session.headers["Cookie"] = tenant.cookie
    milliseconds = []
    for _ in range(times + 1):
        began = time.perf_counter()
        page = session.get(f"{home.url}/console/templates/", timeout=30, allow_redirects=False)
        milliseconds.append((time.perf_counter() - began) * 1000)
        if page.status_code != 200 or "order_update_00000" not in page.text:
            raise RuntimeError(f"the console answered {page.status_code}, without the templates")
    return milliseconds[1:]
