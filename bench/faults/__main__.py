"""`make faults [ARGS="--seconds 600"]`: run, compare, print the table, write var/faults.json."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import requests

from bench.browser import Browser, Event
from bench.faults import found, ladders, people
from bench.faults.comparison import Evidence, findings
from bench.faults.killing import TARGETS, Death, kill_in_turn
from bench.faults.ledger import Ledger
from bench.faults.place import Place, Tenant, place
from bench.faults.report import DRAIN_WITHIN_S, Course, report
from bench.house import ROOT
from bench.table import Row, shown, write

KILL_EVERY_S = 9.0
SHOWN_CASES = 8
#: In how many of a hundred webhooks.
DOUBLED, SHUFFLED = 0.2, 0.2
#: Whom the programs notify, beyond the people who write.
FIRST_PHONE = 9_100_000
UNSETTLED = {"queued", "sending"}


def main(arguments: list[str]) -> int:
    """Gives 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long people talk (120)")
    parser.add_argument("--every", type=float, default=KILL_EVERY_S, help="seconds between two kills (9)")
    parser.add_argument("--kill", nargs="+", default=TARGETS, choices=TARGETS, help="only these (all)")
    told = parser.parse_args(arguments)
    with place() as here:
        ledgers = Ledger(here.data / "said.jsonl"), Ledger(here.data / "promised.jsonl")
        rows, cases = asyncio.run(_Run(here, *ledgers).run(told.seconds, told.every, told.kill))
        for ledger in ledgers:
            ledger.close()
    print(f"\n{shown(rows)}")
    for name, broken in cases.items():
        print(f"\n{name}:\n  " + "\n  ".join(broken[:SHOWN_CASES]))
    write(rows, Path(os.environ.get("PARLEY_DATA") or ROOT / "var") / "faults.json", cases=cases)
    return 0 if all(row.ok is not False for row in rows) else 1


class _Run:
    """One ledger run."""

    def __init__(self, here: Place, said: Ledger, promised: Ledger) -> None:
        self._place = here
        self._said, self._promised = said, promised
        self._heard: dict[str, list[found.Told]] = {tenant.slug: [] for tenant in here.tenants}
        self._agents = {tenant.slug: people.Agent(here, tenant, promised) for tenant in here.tenants}
        self._programs = [ladders.Program(here, tenant) for tenant in here.tenants]
        self._deaths: list[Death] = []
        self._shown_at: dict[str, float] = {}

    async def run(
        self, seconds: float, every: float, kill: Sequence[str]
    ) -> tuple[list[Row], dict[str, list[str]]]:
        """The rows, and the cases behind those that are not as they should be."""
        _make_webhooks_unruly(self._place)
        ladders.half_of_the_texts_are_lost(self._place)
        for program in self._programs:
            await program.prepare()
        async with contextlib.AsyncExitStack() as stack:
            browsers = {
                tenant.slug: await self._open_browser(stack, tenant) for tenant in self._place.tenants
            }
            first = {slug: browser.last for slug, browser in browsers.items()}
            await self._talk(seconds, every, kill)
            print("  everybody is silent; waiting for the backlog", flush=True)
            began = time.monotonic()
            await self._drain()
            drained_s = time.monotonic() - began
            evidence = await asyncio.to_thread(self._evidence, first)
            climbed = await asyncio.to_thread(ladders.outcomes, self._place, self._programs)
            await _listened(browsers, evidence)
        course = Course(
            [death.name for death in self._deaths], self._waits(), list(browsers.values()), drained_s
        )
        return report(evidence, climbed, course)

    async def _open_browser(self, stack: contextlib.AsyncExitStack, tenant: Tenant) -> Browser:
        def hear(event: Event) -> None:
            self._heard[tenant.slug].append(found.Told(event["seq"], event["id"]))
            self._agents[tenant.slug].hear(event)
            if event["type"] == "message.received":
                self._shown_at.setdefault(event["data"]["message"]["text"], time.monotonic())

        return await stack.enter_async_context(Browser(self._place.url, tenant.cookie, hear))

    def _waits(self) -> list[float]:
        """Seconds from a customer's word to the agent's page, for every word that was shown."""
        shown_at = self._shown_at
        return [shown_at[text] - at for text, at in self._said.written_at.items() if text in shown_at]

    async def _talk(self, seconds: float, every: float, kill: Sequence[str]) -> None:
        customers = [
            asyncio.create_task(people.write_as_customer(self._place, tenant, number, self._said))
            for tenant in self._place.tenants
            for number in people.phones()
        ]
        agents = [asyncio.create_task(agent.answer_forever()) for agent in self._agents.values()]
        notifying = [
            asyncio.create_task(program.notify_forever(FIRST_PHONE + n * 100_000))
            for n, program in enumerate(self._programs)
        ]
        killer = asyncio.create_task(kill_in_turn(self._place, every, self._deaths, kill))
        await asyncio.sleep(seconds)
        await people.stop([*customers, *agents, *notifying, killer])
        for agent in self._agents.values():
            await agent.finish()
        for program in self._programs:
            await program.finish()

    async def _drain(self) -> None:
        """Until all that was said is stored and all that was promised has a fate, but not for ever."""
        until = time.monotonic() + DRAIN_WITHIN_S
        while time.monotonic() < until:
            with contextlib.suppress(requests.RequestException):
                if await asyncio.to_thread(self._is_drained):
                    return
            await asyncio.sleep(1)

    def _is_drained(self) -> bool:
        if found.webhooks_waiting(self._place):
            return False
        evidence = self._evidence({})
        broken = findings(evidence)
        waiting = [one for one in evidence.stored if one.status in UNSETTLED]
        return not (
            waiting
            or ladders.still_climbing(ladders.outcomes(self._place, self._programs))
            or broken["customers' messages lost"]
            or broken["answers shown otherwise than the phone has them"]
        )

    def _evidence(self, first: dict[str, int]) -> Evidence:
        here = self._place
        return Evidence(
            self._said.entries,
            self._promised.entries,
            [one for tenant in here.tenants for one in found.stored_messages(here, tenant)],
            [one for tenant in here.tenants for one in found.arrived_messages(here, tenant)],
            {tenant.slug: found.events(here, tenant, first[tenant.slug]) for tenant in here.tenants if first},
            self._heard,
        )


def _make_webhooks_unruly(here: Place) -> None:
    for tenant in here.tenants:
        url = f"{here.simulator_url}/control/numbers/{tenant.external_id}"
        requests.put(url, json={"retry_max_s": 5}, timeout=10).raise_for_status()
    fault = {"webhook": {"duplicate": DOUBLED, "reorder": SHUFFLED}}
    requests.post(f"{here.simulator_url}/control/faults", json=fault, timeout=10).raise_for_status()


async def _listened(browsers: dict[str, Browser], evidence: Evidence, seconds: float = 15.0) -> None:
    """Sockets may be seconds behind the log after a break, not more (part H)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        heads = {slug: log[-1].seq for slug, log in evidence.told.items() if log}
        if all(browsers[slug].last >= head for slug, head in heads.items()):
            return
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
