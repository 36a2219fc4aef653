"""Answers leaving for the provider, and whether each thread's order was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

import orjson
import requests

from bench.cast import Tenant, register
from bench.house import House
from bench.plan import Plan
from bench.table import Row, at_least, at_most

EACH = 10


def send_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """One worker process against the simulator, ten answers to each of many customers, several numbers.

    The numbers are upgraded ones (1,000/s); the simulator sends no statuses meanwhile.
    """
    with home.running("simulator"):
        for number in tenant.numbers:
            register(home.simulator_url, number, tells=False, throughput_per_s=None, window_check="off")
        told = {
            "tenant": tenant.id, "external_ids": [number.external_id for number in tenant.numbers],
            "threads": plan.send_threads, "each": EACH,
        }  # fmt: skip
        bare, queued = _inside(home, "send-bare", told), _inside(home, "send", told)
        disorder = _out_of_order(home, tenant)
    rate, limit = (found["messages"] / found["seconds"] for found in (queued, bare))
    yield Row(
        "provider sends by one worker process",
        rate,
        "/s",
        limit,
        "the adapter alone, 16 threads",
        at_least(400),
    )
    yield Row("sends out of order within their thread", disorder, "messages", None, "", at_most(0))


def _inside(home: House, measure: str, told: Mapping[str, object]) -> Mapping[str, float]:
    found: Mapping[str, float] = orjson.loads(
        home.call("-m", "bench.inside", measure, orjson.dumps(told).decode())
    )
    return found


def _out_of_order(home: House, tenant: Tenant) -> int:
    """How many answers stand behind a later one on their phone."""
    got: dict[str, list[int]] = defaultdict(list)
    for number in tenant.numbers:
        url = f"{home.simulator_url}/control/outbox?channel={number.external_id}&limit=10000"
        for message in requests.get(url, timeout=30).json()["data"]:
            if message["text"].startswith("Answer "):
                got[message["to"]].append(int(message["text"].removeprefix("Answer ")))
    return sum(now < before for answers in got.values() for before, now in pairwise(answers))
