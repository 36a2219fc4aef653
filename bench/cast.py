"""Tenants and numbers to measure with, as the processes outside the product know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import requests

from bench.house import House

APP_SECRET = "measuring-app-secret-0123456789a"  # noqa: S105 - opens nothing but the simulator
ACCESS_TOKEN = "EAAGmeasuring"  # noqa: S105
VERIFY_TOKEN = "measure"  # noqa: S105
#: Settings of a number at the simulator that takes whatever comes, for however many people.
UNBOUND = {"throughput_per_s": None, "pair_rate": "off", "people_per_day": 10_000_000}


@dataclass(frozen=True, slots=True)
class Number:
    """A WhatsApp number of a tenant."""

    id: str
    external_id: str
    webhook_url: str


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant with one agent at a browser. cookie: what that browser sends."""

    id: str
    name: str
    member_id: str
    api_key: str
    cookie: str
    numbers: tuple[Number, ...]


def tenant_from_json(found: Mapping[str, Any]) -> Tenant:
    """A Tenant as another process printed it."""
    return Tenant(**{**found, "numbers": tuple(Number(**number) for number in found["numbers"])})


def make_tenant(home: House, **fields: object) -> Tenant:
    """A tenant made through the product's operations, in a process of its own."""
    told = orjson.dumps(fields).decode()
    return tenant_from_json(orjson.loads(home.call("-m", "bench.inside", "tenant", told)))


def register(simulator_url: str, number: Number, *, tells: bool = True, **settings: Any) -> None:
    """Make the simulator know a number; tells: whether it sends webhooks for it."""
    body = {
        "display_phone_number": f"4420{number.external_id[-8:]}", "verified_name": "Measuring",
        "waba_id": "102290129340398", "access_token": ACCESS_TOKEN, "app_secret": APP_SECRET,
        "verify_token": VERIFY_TOKEN, "webhook_url": number.webhook_url if tells else "", **settings,
    }  # fmt: skip
    url = f"{simulator_url}/control/numbers/{number.external_id}"
    requests.put(url, json=body, timeout=10).raise_for_status()
