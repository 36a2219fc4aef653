"""Types of notification to measure with, and bulk calls of the API that ask for them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import requests

from bench.bodies import phone
from bench.cast import Tenant
from bench.house import House

Json = dict[str, Any]
IN_CALL = 1_000
DELAY, CODE = "delay", "code"
_TEXTS = ["{{first_name}}", "{{flight}}", "{{new_time}}", "{{gate}}"]
_SLOTS = ("first_name", "flight", "new_time", "gate")
VARIABLES = [
    {"name": name, "type": "text", "required": True, "example": "B7", "personal": name == "first_name"}
    for name in _SLOTS
]


def make_type(home: House, tenant: Tenant, key: str, *, category: str, lane: str) -> None:
    """A published type with one rung on each of the tenant's numbers in turn: as a big sender would spread
    them, one type for each number ("delay_0", "delay_1" …)."""
    for n, number in enumerate(tenant.numbers):
        content = {
            "name": "flight_delay", "language": "en", "body": dict(zip(_SLOTS, _TEXTS, strict=True)),
            "text": "{{first_name}}, {{flight}} leaves at {{new_time}} from {{gate}}.",
        }  # fmt: skip
        said = {
            "key": f"{key}_{n}", "name": f"{key} {n}", "category": category, "lane": lane,
            "variables": VARIABLES, "quiet_hours": "pass", "contents": {number.id: {"en": content}},
            "ladder": [{"channel": number.id, "reach": "delivered", "patience_s": 3600}],
        }  # fmt: skip
        call(home, tenant, "notification_types", said)
        call(home, tenant, f"notification_types/{key}_{n}/publication", {})


def bulk_calls(tenant: Tenant, count: int) -> Iterator[Json]:
    """Bodies of bulk calls for `count` people, spread over the tenant's types."""
    for at in range(0, count, IN_CALL):
        yield {
            "notifications": [
                asked(f"{DELAY}_{n % len(tenant.numbers)}", n) for n in range(at, min(at + IN_CALL, count))
            ]
        }


def asked(key: str, n: int) -> Json:
    """A request for the n-th person."""
    data = dict(zip(_SLOTS, (f"Passenger {n}", f"CA {n % 900}", "18:40", "B7"), strict=True))
    return {"type": key, "to": {"phone": f"+{phone(n)}"}, "data": data}


def call(home: House, tenant: Tenant, path: str, body: Json) -> Json:
    """POST to the API as the tenant's program. Raises RuntimeError for what is no success."""
    headers = {"Authorization": f"Bearer {tenant.api_key}"}
    answer = requests.post(f"{home.url}/api/v1/{path}", json=body, headers=headers, timeout=120)
    if not answer.ok:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
    found: Json = answer.json() if answer.content else {}
    return found


def code_arrives(home: House, tenant: Tenant, n: int, within_s: float) -> float:
    """Send a one-time code to a fresh phone; seconds until the provider has it. Raises TimeoutError."""
    number = f"4478{n:08d}"
    began = time.perf_counter()
    call(home, tenant, "notifications", asked(f"{CODE}_0", 0) | {"to": {"phone": f"+{number}"}})
    url = f"{home.simulator_url}/control/outbox?to={number}"
    while time.perf_counter() - began < within_s:
        if requests.get(url, timeout=30).json()["data"]:
            return time.perf_counter() - began
        time.sleep(0.02)
    raise TimeoutError(f"the code had not left after {within_s:g} s")
