"""Sockets hear what is in the log: on a poke at once, after a missed one by themselves, and nothing of others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async

from common.tenancy import tenant_context
from events import bus
from realtime.hub import Hub
from realtime.log import Line
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def listen(hub: Hub) -> tuple[list[Line], Callable[[int, int, list[Line]], None]]:
    heard: list[Line] = []
    return heard, lambda after, head, lines: heard.extend(lines)


async def until(check: Callable[[], Any], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.01)


def happen(tenant_id: Any, type: str, **data: Any) -> None:
    with tenant_context(tenant_id):
        bus.record(type, data)


async def test_a_fact_reaches_the_listeners_of_its_tenant_only(committed_cast: Cast) -> None:
    hub = Hub()
    acme, hear_acme = listen(hub)
    globex, hear_globex = listen(hub)
    head = await hub.join(committed_cast.acme.id, hear_acme)
    await hub.join(committed_cast.globex.id, hear_globex)
    await asyncio.sleep(0.2)  # the ear opens in a task of its own

    await sync_to_async(happen)(committed_cast.acme.id, "thread.tested", word="hello")

    await until(lambda: acme)
    [line] = acme
    shown = orjson.loads(line.json)
    assert (line.seq, shown["type"], shown["data"]) == (head + 1, "thread.tested", {"word": "hello"})
    assert shown["at"].endswith("Z") and isinstance(shown["id"], str)
    assert globex == []


async def test_what_was_missed_is_caught_up_in_order(committed_cast: Cast) -> None:
    hub = Hub()
    head = await hub.log.head(committed_cast.acme.id)
    for n in range(5):
        await sync_to_async(happen)(committed_cast.acme.id, "thread.tested", n=n)

    found = await hub.catch_up(committed_cast.acme.id, head)

    assert found is not None
    assert [line.seq for line in found[1]] == list(range(head + 1, head + 6))
    assert found[0] == head + 5
    assert (await hub.catch_up(committed_cast.globex.id, 0))[0] != found[0]  # type: ignore[index]
