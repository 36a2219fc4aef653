"""A program that notifies people by a ladder while everything is killed, and what became of each.

A text comes first; half of the texts reach nobody, so that the ladder climbs to WhatsApp after five seconds.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

from bench.bodies import phone
from bench.faults.found import pages
from bench.faults.people import GIVE_UP_S, TRY_AGAIN_S, Refused
from bench.faults.place import Place, Tenant

PER_S = 1.0
PATIENCE_S = 5
KEY = "ledger_ladder"
TIMEOUT_S = 30
#: States in which nothing is left to happen to a notification that went out.
DONE = {"delivered", "read", "answered"}
_WORD = re.compile(r"ladder-[a-z0-9-]+-\d+")
_TYPE: dict[str, Any] = {
    "key": KEY, "name": "Ledger", "category": "utility", "quiet_hours": "pass", "ttl_s": 3600,
    "variables": [{"name": "word", "type": "text", "required": True, "example": "ladder-x-1"}],
    "ladder": [
        {"channel": kind, "reach": "delivered", "patience_s": PATIENCE_S} for kind in ("sms", "whatsapp")
    ],
    "contents": {
        "sms": {"en": {"text": "{{word}}"}},
        "whatsapp": {
            "en": {"name": "fraud_alert", "language": "en", "body": ["You", "5", "{{word}}", "1"],
                   "text": "{{word}}"}
        },
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Promised:
    """A notification that was accepted. word: what its messages say, and no other's."""

    tenant: str
    id: str
    word: str


@dataclass(slots=True)
class Outcomes:
    """What there is at the end. states: id → (state, its reason, is something still to be done); taken: word
    and sender → how many of its messages that provider took."""

    promised: Sequence[Promised] = ()
    states: Mapping[str, tuple[str, str, bool]] = field(default_factory=dict)
    taken: Mapping[tuple[str, str], int] = field(default_factory=dict)


class Program:
    """Asks one tenant's API for notifications at an even pace, each until it is accepted."""

    def __init__(self, place: Place, tenant: Tenant) -> None:
        self._url = f"{place.url}/api/v1"
        self._headers = {"Authorization": f"Bearer {tenant.api_key}"}
        self._tenant = tenant
        self._asking: set[asyncio.Task[None]] = set()
        self.promised: list[Promised] = []

    async def prepare(self) -> None:
        """Make the type, in the product."""
        await asyncio.to_thread(self._ask, "notification_types", _TYPE)
        await asyncio.to_thread(self._ask, f"notification_types/{KEY}/publication", {})

    def _ask(self, path: str, body: Any) -> None:
        answer = requests.post(f"{self._url}/{path}", json=body, headers=self._headers, timeout=TIMEOUT_S)
        answer.raise_for_status()

    async def notify_forever(self, first: int) -> None:
        """Ask for one after the other, each for a person of its own, until cancelled. first: phone."""
        for n in range(1_000_000):
            await asyncio.sleep(1 / PER_S)
            word = f"ladder-{self._tenant.slug}-{n}"
            self._asking.add(asyncio.create_task(self._notify(word, phone(first + n))))

    async def finish(self) -> None:
        """Wait for the answers to what was asked already."""
        await asyncio.gather(*self._asking)

    async def _notify(self, word: str, number: str) -> None:
        headers = {**self._headers, "Idempotency-Key": str(uuid4())}
        body = {"type": KEY, "to": {"phone": f"+{number}"}, "data": {"word": word}, "dedupe_key": word}
        until = asyncio.get_running_loop().time() + GIVE_UP_S
        while True:
            try:
                answer = await asyncio.to_thread(
                    requests.post, f"{self._url}/notifications", json=body, headers=headers, timeout=10
                )
                if answer.status_code == 202:
                    self.promised.append(Promised(self._tenant.slug, answer.json()["id"], word))
                    return
                unclear = answer.status_code >= 500 or answer.status_code in {409, 429}
                said = f"{answer.status_code} {answer.text[:300]}"
            except requests.RequestException as error:
                unclear, said = True, type(error).__name__
            if not unclear or asyncio.get_running_loop().time() > until:
                raise Refused(f"{word}: {said}")
            await asyncio.sleep(TRY_AGAIN_S)


def half_of_the_texts_are_lost(place: Place) -> None:
    """At the far end, so that ladders climb."""
    for tenant in place.tenants:
        fault = {"channel": tenant.line, "deliver": False, "probability": 0.5}
        requests.post(f"{place.simulator_url}/control/faults", json=fault, timeout=10).raise_for_status()


# ---------------------------------------------------------------- what there is


def outcomes(place: Place, programs: Iterable[Program]) -> Outcomes:
    """Asked of the product, through its API, and of the providers."""
    promised = [one for program in programs for one in program.promised]
    states = {key: found for tenant in place.tenants for key, found in _states(place, tenant)}
    taken: Counter[tuple[str, str]] = Counter()
    for tenant in place.tenants:
        for sender in (tenant.line, tenant.external_id):
            taken.update((word, sender) for word in _words(place, sender))
    return Outcomes(promised, states, taken)


def _states(place: Place, tenant: Tenant) -> Iterator[tuple[str, tuple[str, str, bool]]]:
    for row in pages(place, tenant, "notifications", limit=100, where=f"&type={KEY}"):
        yield row["id"], (row["state"], row["reason"], row["due_at"] is not None)


def _words(place: Place, sender: str) -> Iterable[str]:
    url = f"{place.simulator_url}/control/outbox"
    told = {"channel": sender, "limit": "10000", "all": "1"}
    answer = requests.get(url, params=told, timeout=TIMEOUT_S)
    answer.raise_for_status()
    for row in answer.json()["data"]:
        if found := _WORD.search(row.get("text", "")):
            yield found[0]


def still_climbing(found: Outcomes) -> bool:
    """Has a ladder something to do?"""
    return any(is_due for _, _, is_due in found.states.values())


def broken_ladders(found: Outcomes) -> dict[str, list[str]]:
    """Every promise that could be broken → each case in which it was. Asks nobody, so it can be tested."""
    senders: dict[str, list[str]] = defaultdict(list)
    for (word, sender), count in found.taken.items():
        senders[word] += [sender] * count
    states = {one.word: found.states.get(one.id, ("not stored", "", False)) for one in found.promised}
    return {
        "notifications lost": [
            f"{one.word}: {states[one.word][0]}" for one in found.promised if not senders[one.word]
        ],
        "steps of a ladder sent twice": [
            f"{word} by {sender}: {count}" for (word, sender), count in found.taken.items() if count > 1
        ],
        "ladders that stand still": [word for word, (_, _, is_due) in states.items() if is_due],
        "notifications whose last channel got through and that say otherwise": [
            f"{word}: {state}, {reason}"
            for word, (state, reason, is_due) in states.items()
            if len(set(senders[word])) > 1 and state not in DONE and not is_due
        ],
    }
