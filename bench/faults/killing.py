"""kill -9, in turn."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.faults.place import Place

TARGETS = ("worker-outbound", "worker-urgent", "web", "valkey", "postgres", "worker-inbound", "clock")
FIRST_AFTER_S = 6.0
BACK_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Death:
    """What was killed, when (seconds after the start), and how soon the launcher had started it again."""

    name: str
    at_s: float
    back_after_s: float


async def kill_in_turn(
    place: Place, every_s: float, deaths: list[Death], targets: Sequence[str] = TARGETS
) -> None:
    """Kill one process after the other, each when the last one is there again, until cancelled."""
    began = time.monotonic()
    await asyncio.sleep(FIRST_AFTER_S)
    for name in itertools.cycle(targets):
        at = time.monotonic()
        pid = place.kill(name)
        while place.pid(name) in {pid, None}:
            if time.monotonic() - at > BACK_WITHIN_S:
                raise RuntimeError(f"{name} was not started again within {BACK_WITHIN_S:.0f} s.")
            await asyncio.sleep(0.05)
        deaths.append(Death(name, at - began, time.monotonic() - at))
        print(
            f"  {at - began:5.0f} s  killed {name}, started again after {time.monotonic() - at:.1f} s",
            flush=True,
        )
        await asyncio.sleep(max(0.0, every_s - (time.monotonic() - at)))
