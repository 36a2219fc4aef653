"""A shop's busiest day, pressed into a minute: many people write, most of them in the evening."""

import asyncio
import itertools
import random
from bisect import bisect
from dataclasses import dataclass

from simulator.customer import Draft
from simulator.jsonio import BadRequest
from simulator.models import Number
from simulator.simulation import Simulation

#: How busy each hour of the day is, beside the others.
HOURS = (6, 3, 2, 1, 1, 2, 5, 9, 14, 18, 20, 21, 24, 22, 19, 18, 20, 24, 30, 36, 34, 26, 16, 9)
MESSAGES_MAX, PEOPLE_MAX, SECONDS_MAX = 20_000, 5_000, 3_600.0
#: Nobody's numbers, set aside for drama.
_FIRST_NUMBER = 447_700_950_000
_SAYINGS = (
    "Is the blue one still in stock?",
    "Where is my order?",
    "Can I have it by Friday?",
    "The code does not work 😕",
    "I was charged twice!",
    "Do you ship to Portugal?",
    "How do I send it back?",
    "Thank you, that worked 👍",
    "Hello??",
    "Is the offer still on?",
)
_dice = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Day:
    """How much of it: so many messages by so many people, in so many seconds."""

    messages: int = 500
    people: int = 200
    seconds: float = 60.0

    @classmethod
    def of(cls, body: dict[str, object]) -> "Day":
        """From JSON. Raises BadRequest."""
        day = cls(
            int(_number(body, "messages", 500, MESSAGES_MAX)),
            int(_number(body, "people", 200, PEOPLE_MAX)),
            _number(body, "seconds", 60.0, SECONDS_MAX),
        )
        if not day.messages or not day.people:
            raise BadRequest("“messages” and “people” must be 1 at least.")
        return day

    def moments(self) -> list[float]:
        """When each message comes, in seconds from the beginning: the crowd follows the hours."""
        sums = list(itertools.accumulate(HOURS))
        hour_s, found = self.seconds / len(HOURS), []
        for n in range(self.messages):
            share = (n + 0.5) / self.messages * sums[-1]
            hour = bisect(sums, share)
            within = (share - (sums[hour] - HOURS[hour])) / HOURS[hour]
            found.append((hour + within) * hour_s)
        return found


def _number(body: dict[str, object], name: str, usual: float, most: float) -> float:
    value = body.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise BadRequest(f"“{name}” must be a number from 0 to {most:g}.")
    return float(value)


async def play(sim: Simulation, number: Number, day: Day) -> None:
    """Have the people write, each message at its moment; what is late is caught up with."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for n, moment in enumerate(day.moments()):
        if (wait_s := began + moment - loop.time()) > 0:
            await asyncio.sleep(wait_s)
        person = _dice.randrange(day.people)
        phone = sim.world.phone(str(_FIRST_NUMBER + person), f"Shopper {person + 1}")
        sim.limits.count_inbound(number, sim.world.now())
        text = _SAYINGS[n % len(_SAYINGS)]
        sim.customers.write(number, phone, Draft("text", {"text": {"body": text}}, text))
