"""From the customer's phone to an agent's open page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import partial

import orjson
import uvloop

from bench.bodies import phone
from bench.browser import Browser, Event
from bench.cast import Tenant, register
from bench.client import Line, open_line
from bench.house import House
from bench.plan import Plan
from bench.table import Row, at_most, percentile

BUSY_PER_S = 50.0
IDLE_PAUSE_S = 0.2
ARRIVES_WITHIN_S = 30.0


def live_rows(home: House, tenant: Tenant, plan: Plan) -> Iterator[Row]:
    """Milliseconds from POST /control/messages at the phone to the event on the socket."""
    with home.running("web", "worker-inbound", "worker-urgent", "worker-outbound", "clock", "simulator"):
        register(home.simulator_url, tenant.numbers[0])
        idle, busy = uvloop.run(_measure(home, tenant, plan))
    yield Row("phone to agent's socket, idle, p95", percentile(idle, 95), "ms", None, "", at_most(150))
    yield Row(
        "phone to agent's socket, at 50 messages/s, p95", percentile(busy, 95), "ms", None, "", at_most(300)
    )


async def _measure(home: House, tenant: Tenant, plan: Plan) -> tuple[list[float], list[float]]:
    waiting: dict[str, asyncio.Future[float]] = {}
    async with Browser(home.url, tenant.cookie, partial(_hear, waiting)):
        phones = _Phones(home.simulator_url, tenant.numbers[0].external_id, waiting)
        for n in range(3):  # every process has imported and connected by then
            await phones.write(f"warm {n}", n)
        idle = []
        for n in range(plan.live_idle_messages):
            idle.append(await phones.write(f"idle {n}", n))
            await asyncio.sleep(IDLE_PAUSE_S)
        busy = [
            phones.write_at(n / BUSY_PER_S, f"busy {n}", n) for n in range(int(plan.live_busy_s * BUSY_PER_S))
        ]
        return idle, list(await asyncio.gather(*busy))


async def message_ms(
    home: House, tenant: Tenant, *, every_s: float, until: Callable[[], bool]
) -> list[float]:
    """Milliseconds of messages that customers write one after the other until something is so."""
    waiting: dict[str, asyncio.Future[float]] = {}
    found: list[float] = []
    async with Browser(home.url, tenant.cookie, partial(_hear, waiting)):
        phones = _Phones(home.simulator_url, tenant.numbers[0].external_id, waiting)
        while not found or not await asyncio.to_thread(until):
            found.append(await phones.write(f"word {len(found)}", len(found)))
            await asyncio.sleep(every_s)
    return found


def _hear(waiting: dict[str, asyncio.Future[float]], event: Event) -> None:
    if event["type"] == "message.received":
        arrived = waiting.pop(event["data"]["message"]["text"], None)
        if arrived and not arrived.done():
            arrived.set_result(time.perf_counter())


class _Phones:
    """Customers who write, and wait until an agent's page shows it."""

    def __init__(self, url: str, external_id: str, waiting: dict[str, asyncio.Future[float]]) -> None:
        self._url, self._external_id, self._waiting = url, external_id, waiting
        self._lines: list[Line] = []

    async def write_at(self, after_s: float, text: str, n: int) -> float:
        """Wait, then write; the milliseconds of the message's way."""
        await asyncio.sleep(after_s)
        return await self.write(text, n)

    async def write(self, text: str, n: int) -> float:
        """The n-th customer writes; the milliseconds of the message's way. Raises TimeoutError."""
        arrived = self._waiting[text] = asyncio.get_running_loop().create_future()
        body = orjson.dumps(
            {"channel": self._external_id, "from": phone(n), "name": f"Customer {n}", "text": text}
        )
        head = f"POST /control/messages HTTP/1.1\r\nHost: simulator\r\nContent-Length: {len(body)}\r\n\r\n"
        began = time.perf_counter()
        line = self._lines.pop() if self._lines else await open_line(self._url)
        status = await line.ask(head.encode() + body)
        if status != 201:
            raise RuntimeError(f"the simulator answered {status}")
        self._lines.append(line)
        ended: float = await asyncio.wait_for(arrived, ARRIVES_WITHIN_S)
        return (ended - began) * 1000
