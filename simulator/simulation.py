"""The simulator put together: the world, those who act in it, and the loop that saves."""

import asyncio
import logging
import sqlite3
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request

from simulator import call_records
from simulator.business import Business
from simulator.customer import Customers
from simulator.graph.limits import Limits
from simulator.groups import Groups
from simulator.media import Files
from simulator.store import Store
from simulator.telephone.calls import Calls
from simulator.telephone.courier import Courier
from simulator.telephone.lines import Lines
from simulator.voice import VoiceCalls
from simulator.webhooks.sender import Webhooks
from simulator.webhooks.wire import Client
from simulator.world import World

_SAVE_EVERY_S = 0.15
# Numbers set aside for drama: nobody owns them. A fresh simulator starts with three customers.
_FIRST_CUSTOMERS = {
    "447700900111": "Amara Okafor",
    "447700900112": "Lukas Pereira",
    "447700900113": "Yuki Kimura",
}
_log = logging.getLogger("simulator")


@dataclass(slots=True)
class Simulation:
    """Everything a request handler needs."""

    world: World
    client: Client
    webhooks: Webhooks
    business: Business
    customers: Customers
    calls: Calls
    groups: Groups
    voice: VoiceCalls
    limits: Limits = field(default_factory=Limits)
    # Sessions of uploads: (bytes expected, type).
    uploads: dict[str, tuple[int, str]] = field(default_factory=dict)
    # Codes of embedded signup: (made at, app, accounts, redirect_uri).
    codes: dict[str, tuple[float, str, list[str], str]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Load what an earlier run left, and carry on with it."""
        self.world.load()
        if not self.world.phones:
            for number, name in reversed(_FIRST_CUSTOMERS.items()):
                self.world.phone(number, name)
        self.webhooks.load()
        self.business.resume()
        self.run(self._save_for_ever())

    async def stop(self) -> None:
        """Stop sending, write everything, close the file."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.webhooks.stop()
        await self.client.close()
        await self.world.flush()
        self.world.store.close()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the calls, until the simulator stops."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def free_number(self) -> str:
        """A telephone number that no phone here has yet."""
        return next(
            f"4477009{n:05d}" for n in range(114, 100_000) if f"4477009{n:05d}" not in self.world.phones
        )

    async def _save_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_EVERY_S)
            try:
                await self.world.flush()
            except (sqlite3.Error, OSError):
                _log.exception("Could not save; trying again.")


def build(folder: Path, base_url: str, detour: tuple[str, str] = ("", "")) -> Simulation:
    """A simulation whose state lies in `folder`, reached by businesses at `base_url`; detour: see Client."""
    world = World(Store(folder / "simulator.sqlite3"), Files(folder / "simulator-media"))
    client = Client(detour)
    webhooks = Webhooks(world, client)
    business = Business(world, webhooks)
    customers = Customers(world, business, webhooks, base_url)
    courier = Courier(world, client)
    Lines(world, courier, business, customers, base_url)
    groups, voice = Groups(world, webhooks), VoiceCalls(world, webhooks)
    customers.on_call_reply = voice.decide
    calls = Calls(world, courier)
    sim = Simulation(world, client, webhooks, business, customers, calls, groups, voice)
    voice.on_kept = lambda call: sim.run(call_records.keep(world, voice, base_url, call))
    return sim


def simulation_of(request: Request) -> Simulation:
    """The simulation this application runs."""
    found: Simulation = request.app.state.simulation
    return found
