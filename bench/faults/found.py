"""What there is at the end: in the product, asked through its API, and on the phones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from bench.faults.ledger import Entry, entry_of
from bench.faults.place import Place, Tenant

#: Seconds for one page of an API list.
TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of ours as a tenant's API shows it. holder: that tenant."""

    entry: Entry
    holder: str
    id: str
    thread_id: str
    direction: str
    status: str
    at: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message on a phone. sender: the tenant whose number it came from; seq: the phone's own order."""

    entry: Entry
    sender: str
    phone: str
    status: str
    seq: int


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the log."""

    seq: int
    id: str


def stored_messages(place: Place, tenant: Tenant) -> list[Stored]:
    """Everything of ours that this tenant's key can read, in the order the thread shows."""
    found = []
    for row in pages(place, tenant, "messages", limit=100):
        entry = entry_of(row["text"], row["provider_id"] or "")
        if entry:
            history = row["status_history"]
            found.append(
                Stored(
                    entry, tenant.slug, row["id"], row["thread_id"], row["direction"], row["status"],
                    row["at"], str(history[-1].get("detail", "")) if history else "",
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.at, one.id))


def events(place: Place, tenant: Tenant, after: int) -> list[Told]:
    """The log after an event, as the API gives it to a program."""
    told = []
    while True:
        url = f"{place.url}/api/v1/events?after={after}&limit=200"
        answer = requests.get(url, headers=_key(tenant), timeout=TIMEOUT_S)
        answer.raise_for_status()
        rows = answer.json()["data"]
        told += [Told(row["seq"], row["id"]) for row in rows]
        if not rows:
            return told
        after = rows[-1]["seq"]


def arrived_messages(place: Place, tenant: Tenant) -> list[Arrived]:
    """What phones got from this tenant's number, oldest first."""
    url = f"{place.simulator_url}/control/outbox?channel={tenant.external_id}&limit=10000"
    answer = requests.get(url, timeout=TIMEOUT_S)
    answer.raise_for_status()
    found = []
    for row in answer.json()["data"]:
        entry = entry_of(row.get("text", ""), row["provider_id"])
        if entry:
            found.append(Arrived(entry, tenant.slug, row["to"], row["status"], row["seq"]))
    return found


def webhooks_waiting(place: Place) -> int:
    """How much the simulator has still to tell the product."""
    answer = requests.get(f"{place.simulator_url}/control/webhooks/stats", timeout=TIMEOUT_S)
    counts: dict[str, int] = answer.json()
    return counts["pending"] + counts["retrying"]


def pages(
    place: Place, tenant: Tenant, name: str, *, limit: int, where: str = ""
) -> Iterator[dict[str, Any]]:
    """Every row of a list of the API. where: filters, as in an address."""
    after = ""
    while True:
        url = f"{place.url}/api/v1/{name}?limit={limit}{where}" + (f"&after={after}" if after else "")
        answer = requests.get(url, headers=_key(tenant), timeout=TIMEOUT_S)
        answer.raise_for_status()
        page = answer.json()
        yield from page["data"]
        if not page["has_more"]:
            return
        after = page["next"]


def _key(tenant: Tenant) -> dict[str, str]:
    return {"Authorization": f"Bearer {tenant.api_key}"}
