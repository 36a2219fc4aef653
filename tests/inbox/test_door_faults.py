"""Whatever goes wrong while a webhook is stored, its sender hears of it, and the next one is stored."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from asgiref.sync import sync_to_async

from inbox.door import Door
from inbox.models import Receipt
from inbox.signers import Unavailable

FAULTS = [
    # PostgreSQL was killed between a statement's answer and the connection's way back into the pool.
    asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress"),
    RuntimeError("what nobody has foreseen"),
    asyncpg.DataError("a row that cannot be"),
]


class Faulty(Door):
    """Goes wrong once."""

    def __init__(self, *faults: Exception) -> None:
        super().__init__()
        self.faults = list(faults)

    async def _store(self, batch: Any) -> None:
        if self.faults:
            raise self.faults.pop(0)
        await super()._store(batch)


def stored() -> list[bytes]:
    return [bytes(body) for body in Receipt.objects.order_by("id").values_list("body", flat=True)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", FAULTS[:2])
async def test_a_fault_is_answered_at_once_and_the_next_webhook_is_stored(fault: Exception) -> None:
    door = Faulty(fault)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(door.accept("whatsapp", uuid4(), None, b"first"), 5)

    await asyncio.wait_for(door.accept("whatsapp", uuid4(), None, b"again"), 5)

    assert await sync_to_async(stored)() == [b"again"]
    await (await door.pool()).close()


@pytest.mark.django_db(transaction=True)
async def test_a_fault_while_each_row_is_stored_alone_is_answered_too() -> None:
    door = Faulty(FAULTS[2], FAULTS[1])
    with pytest.raises(Unavailable):
        await asyncio.wait_for(door.accept("whatsapp", uuid4(), None, b"first"), 5)

    await asyncio.wait_for(door.accept("whatsapp", uuid4(), None, b"again"), 5)

    assert await sync_to_async(stored)() == [b"again"]
    await (await door.pool()).close()
