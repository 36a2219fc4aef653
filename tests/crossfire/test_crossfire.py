"""Two tenants that are equal from outside: nothing of one is ever seen or changed by those of the other.

Every address × caller × method it has × place where an id can stand, and the methods it has not (reliability
part H).
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core import mail
from django.test import Client

from common.redis import client as redis_client
from tests.crossfire.evidence import Evidence, evidence_of
from tests.crossfire.marks import MARK
from tests.crossfire.raiders import Canaries, Raider, fault, plain, raiders
from tests.crossfire.routes import ADMIN, METHODS
from tests.crossfire.shots import Answer, Shot, aimed, fire, salvo
from tests.crossfire.table import ADMIN_ONLY, TABLE
from tests.crossfire.twins import NOBODY, Twins

#: Fewer requests than this would mean that somebody has taken aims off the table.
FEWEST = 6_000


class Range:
    """Fires at Acme, and notes every hole."""

    def __init__(self, twins: Twins, acme: Evidence) -> None:
        self.twins, self.acme = twins, acme
        self.canaries = Canaries(acme.ids())
        self.before = acme.hashes()
        self.holes: list[str] = []
        self.fired = 0

    def shoot(self, raider: Raider, address: str) -> None:
        """Everything one caller can try at one address."""
        client = raider.client()
        for method in METHODS if raider.is_thorough else TABLE[address].calls:
            for place in aims(raider, address, method):
                shot = aimed(address, method, raider.own, self.twins.acme.rows, place)
                answer = fire(client, shot, raider.key)
                self.note(raider, shot, answer)
                if place and raider.is_inside and method in TABLE[address].calls:
                    blank = aimed(address, method, raider.own, NOBODY, place)
                    self._compare(raider, shot, answer, blank, fire(client, blank, raider.key), client)

    def note(self, raider: Raider, shot: Shot, answer: Answer) -> None:
        self.fired += 1
        found = fault(raider, shot, answer) or self.canaries.in_answer(shot, answer)
        if found:
            self.holes.append(f"{shot} as {raider.name}: {found}")

    def _compare(
        self, raider: Raider, shot: Shot, answer: Answer, blank: Shot, other: Answer, client: Client
    ) -> None:
        """Somebody else's row must look like no row at all. What differs by chance, such as a clock that
        went on in between, does not differ twice."""
        self.fired += 1
        if plain(shot, answer) == plain(blank, other):
            return
        answer, other = fire(client, shot, raider.key), fire(client, blank, raider.key)
        if plain(shot, answer) != plain(blank, other):
            self.holes.append(f"{shot} as {raider.name} differs from the answer to an id that nobody has")

    def check_rows(self, address: str) -> None:
        after = self.acme.hashes()
        changed = sorted(table for table, digest in after.items() if digest != self.before[table])
        if changed:
            self.holes.append(f"/{address} changed rows of Acme in {changed}")
        self.before = after


def aims(raider: Raider, address: str, method: str) -> Iterator[str]:
    """The places to take from Acme: one by one for those who are let in, all at once for all others."""
    found = list(salvo(address, method))
    if not found or (raider.is_inside and method in {"get", "head"}):
        yield ""
    is_looked_at = raider.is_inside and method in TABLE[address].calls
    yield from found if is_looked_at or TABLE[address].is_link else found[-1:]


def test_crossfire(twins: Twins) -> None:
    with evidence_of(twins.acme.tenant.id, twins.globex.tenant.id) as (acme, globex):
        range_ = Range(twins, acme)
        at_api, at_pages = raiders(twins)
        for address in TABLE:
            for raider in at_api if address.startswith("api/") else at_pages:
                range_.shoot(raider, address)
            range_.check_rows(address)
        spilled = [
            f"{table}: {found}" for table, row in globex.rows() if (found := range_.canaries.in_text(row))
        ]

    assert range_.holes == []
    assert spilled == []
    assert range_.fired >= FEWEST
    assert _mail_to_others(twins) == []
    assert _in_redis() == []


def _mail_to_others(twins: Twins) -> list[str]:
    """Mail with Acme's words to anybody outside; people of Acme may be told of a try at their password."""
    return [
        str(message.message())
        for message in mail.outbox
        if MARK in str(message.message()) and not all(MARK in address for address in message.to)
    ]


def _in_redis() -> list[str]:
    """Keys of Redis that hold Acme's words: wake-ups and counters carry none."""
    redis = redis_client()
    return [key.decode() for key in redis.scan_iter() if MARK.encode() in key + (redis.dump(key) or b"")]


def test_an_agent_of_acme_gets_nowhere_on_admin_pages(twins: Twins) -> None:
    agent = Raider("Acme's agent", twins.acme.rows, member=twins.acme.agent, naming=twins.acme.tenant)
    calls = [
        (address, method) for address, route in TABLE.items() if route.who == ADMIN for method in METHODS
    ]
    calls += sorted(ADMIN_ONLY)
    client = agent.client()
    with evidence_of(twins.acme.tenant.id) as (acme,):
        before = acme.hashes()
        answers = {
            str(shot): fire(client, shot).status
            for address, method in calls
            if (shot := aimed(address, method, agent.own, agent.own, ""))
        }
        assert acme.hashes() == before

    assert {call: status for call, status in answers.items() if status not in {403, 404, 405}} == {}
