"""Tell every web process that a tenant has new events: only {tenant, seq}, only a hint (rule 20).

Sends go through one event loop in a thread of its own, so that the channel layer keeps its connection and
no writer waits for Redis.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Set
from uuid import UUID

from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import channel_layers

log = logging.getLogger(__name__)

GROUP = "events"

_lock = threading.Lock()
_loops: dict[int, asyncio.AbstractEventLoop] = {}


def poke(*, tenant_id: UUID, seq: int, types: Set[str]) -> None:
    """Say that `tenant_id` has events up to `seq`. Losing it costs at most one timer (10 s)."""
    asyncio.run_coroutine_threadsafe(_send(str(tenant_id), seq), _loop())


async def _send(tenant: str, seq: int) -> None:
    layer = channel_layers[DEFAULT_CHANNEL_LAYER]
    try:
        await layer.group_send(GROUP, {"type": "events.new", "tenant": tenant, "seq": seq})
    except Exception as error:  # noqa: BLE001 - whatever Redis is up to, it is only a hint
        log.warning("no poke: %s", type(error).__name__, extra={"tenant": tenant, "seq": seq})


def _loop() -> asyncio.AbstractEventLoop:
    """This process's loop; a forked child starts its own."""
    with _lock:
        loop = _loops.get(os.getpid())
        if loop is None:
            loop = _loops[os.getpid()] = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="poke", daemon=True).start()
        return loop
