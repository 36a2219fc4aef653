"""Customers who write and agents who answer, whatever falls over meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import requests

from bench.bodies import phone
from bench.browser import Event
from bench.faults.ledger import Entry, Ledger, entry_of
from bench.faults.place import Place, Tenant

PHONES = 30
#: One person's messages stand seconds apart, because the provider's times are whole seconds.
CUSTOMER_PAUSE_S = (3.0, 6.0)
ANSWERS_PER_S = 4.0
TRY_AGAIN_S = 0.3
GIVE_UP_S = 60.0


class Refused(Exception):
    """An agent's request was refused for a reason that trying again does not cure."""


async def write_as_customer(place: Place, tenant: Tenant, number: str, ledger: Ledger) -> None:
    """One person writes to one business again and again, until cancelled."""
    for n in range(1, 1_000_000):
        await asyncio.sleep(random.uniform(*CUSTOMER_PAUSE_S))
        entry = Entry(tenant.slug, number, "in", n)
        body = {
            "channel": tenant.external_id,
            "from": number,
            "name": f"Person {number[-4:]}",
            "text": entry.text,
        }
        answer = await asyncio.to_thread(_post, f"{place.simulator_url}/control/messages", body, {})
        answer.raise_for_status()
        await ledger.write(Entry(tenant.slug, number, "in", n, answer.json()["provider_id"]))


def phones() -> list[str]:
    """The same people write to both tenants."""
    return [phone(9_000_000 + n) for n in range(PHONES)]


class Agent:
    """Answers the threads it heard of, one request at a time in each, each until it is answered 201."""

    def __init__(self, place: Place, tenant: Tenant, ledger: Ledger) -> None:
        self._url = f"{place.url}/api/v1/threads"
        self._headers = {"Authorization": f"Bearer {tenant.api_key}"}
        self._tenant = tenant
        self._ledger = ledger
        self._threads: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._busy: set[str] = set()
        self._asking: set[asyncio.Task[None]] = set()

    def hear(self, event: Event) -> None:
        """Learn from the socket who writes in which thread."""
        if event["type"] == "message.received":
            message = event["data"]["message"]
            entry = entry_of(message["text"], message["provider_id"])
            if entry:
                self._threads[entry.phone] = message["thread_id"]

    async def answer_forever(self) -> None:
        """Start answers at an even pace, until cancelled."""
        while True:
            await asyncio.sleep(1 / ANSWERS_PER_S)
            free = [phone for phone in self._threads if phone not in self._busy]
            if free:
                task = asyncio.create_task(self._answer(random.choice(free)))
                self._asking.add(task)
                task.add_done_callback(self._done)

    async def finish(self) -> None:
        """Wait for the answers to what was asked already."""
        await asyncio.gather(*self._asking)

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.exception():
            self._asking.discard(task)

    async def _answer(self, number: str) -> None:
        self._busy.add(number)
        self._numbers[number] += 1
        entry = Entry(self._tenant.slug, number, "out", self._numbers[number])
        message = await self._until_promised(self._threads[number], entry)
        await self._ledger.write(Entry(entry.tenant, number, "out", entry.number, message["id"]))
        self._busy.discard(number)

    async def _until_promised(self, thread_id: str, entry: Entry) -> dict[str, Any]:
        """As a browser does: the same request, with the same keys, until it is answered. Raises Refused."""
        headers = {**self._headers, "Idempotency-Key": str(uuid4())}
        body = {"text": entry.text, "client_ref": entry.text}
        until = asyncio.get_running_loop().time() + GIVE_UP_S
        while True:
            try:
                answer = await asyncio.to_thread(_post, f"{self._url}/{thread_id}/messages", body, headers)
                if answer.status_code == 201:
                    found: dict[str, Any] = answer.json()
                    return found
                unclear = answer.status_code >= 500 or answer.status_code in {409, 429}
                said = f"{answer.status_code} {answer.text[:300]}"
            except requests.RequestException as error:
                unclear, said = True, type(error).__name__
            if not unclear or asyncio.get_running_loop().time() > until:
                raise Refused(f"{entry.text}: {said}")
            await asyncio.sleep(TRY_AGAIN_S)


async def stop(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks that run for ever; raises what one of them had failed with."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(found, Exception):
            raise found


def _post(url: str, body: dict[str, Any], headers: dict[str, str]) -> requests.Response:
    return requests.post(url, json=body, headers=headers, timeout=10)
