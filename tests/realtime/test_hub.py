"""Sockets hear what is in the log: on a poke at once, after a missed one by themselves, nothing of others."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import orjson
import pytest
from asgiref.sync import sync_to_async

from common.tenancy import tenant_context
from events import bus
from realtime.hub import Hub
from realtime.log import Line
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


class Ear:
    """A listener that keeps what it hears and rings at the first of it."""

    def __init__(self) -> None:
        self.heard: list[Line] = []
        self.rang = asyncio.Event()

    def __call__(self, after: int, head: int, lines: list[Line]) -> None:
        self.heard.extend(lines)
        self.rang.set()


def happen(tenant_id: UUID, kind: str, **data: Any) -> None:
    with tenant_context(tenant_id):
        bus.record(kind, data)


async def test_a_fact_reaches_the_listeners_of_its_tenant_only(committed_cast: Cast) -> None:
    hub = Hub()
    acme, globex = Ear(), Ear()
    head = await hub.join(committed_cast.acme.id, acme)
    await hub.join(committed_cast.globex.id, globex)
    await asyncio.sleep(0.2)  # the ear opens in a task of its own

    await sync_to_async(happen)(committed_cast.acme.id, "thread.tested", word="hello")

    await asyncio.wait_for(acme.rang.wait(), 5)
    [line] = acme.heard
    shown = orjson.loads(line.json)
    assert (line.seq, shown["type"], shown["data"]) == (head + 1, "thread.tested", {"word": "hello"})
    assert shown["at"].endswith("Z")
    assert isinstance(shown["id"], str)
    assert globex.heard == []


async def test_what_was_missed_is_caught_up_in_order(committed_cast: Cast) -> None:
    hub = Hub()
    head = await hub.log.head(committed_cast.acme.id)
    for n in range(5):
        await sync_to_async(happen)(committed_cast.acme.id, "thread.tested", n=n)

    found = await hub.catch_up(committed_cast.acme.id, head)

    assert found is not None
    assert [line.seq for line in found[1]] == list(range(head + 1, head + 6))
    assert found[0] == head + 5
    of_another = await hub.catch_up(committed_cast.globex.id, 0)
    assert of_another is not None
    assert of_another[0] != found[0]
