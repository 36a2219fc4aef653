"""Carrying deliveries: one thread asks the database, a pool of others waits for tenants' servers.

Who hangs must hold up nobody. So what is in flight is held by threads of this process and not by a task: a
task only wakes the courier. Endpoints that are well share one pool; those that failed last, are slow or new
have a smaller one, one thread each, and rest between tries. No request waits inside a transaction.
A process that is killed leaves its endpoints free as soon as its connection is gone, and what it had in
flight is sent again: at least once.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from queue import Empty, SimpleQueue
from uuid import UUID

from django.db import connection
from django.utils import timezone

from common import queues
from common.outlast import AWAY, outlast
from common.tenancy import tenant_context
from webhooks.jobs import Batch, Turn
from webhooks.operations.endpoints import QUEUE
from webhooks.operations.outcomes import record
from webhooks.operations.turns import Room, take_turn

log = logging.getLogger(__name__)

#: Threads of this process for endpoints that are well, and for the others.
WELL, SUSPECT = 32, 8
#: So often, at most, is looked who is due: what happens in between is taken together.
LOOK_S = 0.1
#: Rests a tenant whose turn met a fault of ours.
FAULT_REST = timedelta(minutes=1)


@lru_cache(maxsize=2)
def _pool(_pid: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WELL + SUSPECT, thread_name_prefix="webhook")


@dataclass
class Courier:
    """Carries what is due until nothing is, and nothing is in flight. Made for one run.

    back: each strand that ended, and its batch where it was the last one.
    """

    is_stopping: Callable[[], bool] = lambda: False
    busy: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    batches: int = 0
    back: SimpleQueue[tuple[Batch, bool]] = field(default_factory=SimpleQueue)

    def run(self) -> int:
        """Returns how many batches were carried."""
        while True:
            begun = 0 if self.is_stopping() else self._begin()
            if not begun and not self._is_flying():
                return self.batches
            self._take_back()

    def _is_flying(self) -> bool:
        return any(self.busy.values())

    def _room(self) -> Room:
        return Room(well=max(0, WELL - self.busy[False]), suspect=max(0, SUSPECT - self.busy[True]))

    def _begin(self) -> int:
        """Give each tenant that is due its turn, once; returns how many turns were taken."""
        seen: set[UUID] = set()
        turns = 0
        while (room := self._room()) and (room.well or room.suspect):
            claim = queues.claim_tenant(QUEUE)
            if claim is None:
                break
            turn = _turn_of(claim.tenant_id, room)
            for batch in turn.batches:
                self._send_off(batch)
            queues.settle(claim, turn.due_at)
            turns += 1
            if claim.tenant_id in seen:
                break
            seen.add(claim.tenant_id)
        return turns

    def _send_off(self, batch: Batch) -> None:
        self.batches += 1
        for _ in range(batch.strands):
            self.busy[batch.is_suspect] += 1
            _pool(os.getpid()).submit(self._carry, batch)

    def _carry(self, batch: Batch) -> None:
        """In a thread of the pool."""
        self.back.put((batch, batch.carry()))

    def _take_back(self) -> None:
        """Wait a moment for strands to end; write what came of whole batches."""
        timeout: float | None = LOOK_S
        while True:
            try:
                batch, is_last = self.back.get(timeout=timeout) if timeout else self.back.get_nowait()
            except Empty:
                return
            timeout = None
            self.busy[batch.is_suspect] -= 1
            if is_last:
                _record(batch)


def _turn_of(tenant_id: UUID, room: Room) -> Turn:
    """A tenant's turn. A fault in it costs this tenant a minute, and no other theirs."""

    def turn() -> Turn:
        with tenant_context(tenant_id):
            return take_turn(room)

    try:
        return outlast(turn)
    except AWAY:
        raise
    except Exception:
        log.exception("a turn of webhooks failed", extra={"tenant": str(tenant_id)})
        return Turn([], timezone.now() + FAULT_REST)


def _record(batch: Batch) -> None:
    """Write what came of a batch. After a fault the endpoint is free again when its lease ends."""

    def write() -> None:
        with tenant_context(batch.tenant_id):
            record(batch)

    try:
        outlast(write)
    except AWAY:
        raise
    except Exception:
        log.exception("outcomes of webhooks were not noted", extra={"endpoint": str(batch.endpoint_id)})


# ---------------------------------------------------------------- one courier in each process

_lock = threading.Lock()
_running: threading.Thread | None = None
_stopping = threading.Event()


def wake_courier() -> None:
    """See to it that this process's courier looks at what is due; returns at once."""
    global _running
    with _lock:
        if _running is not None and _running.is_alive():
            return  # it looks again before it ends, or the clock wakes it in a second
        if not _stopping.is_set():
            _running = threading.Thread(target=_carry_all, name="courier")
            _running.start()


def stop_courier() -> None:
    """Begin nothing more. What is in flight comes back, and the process waits for it."""
    _stopping.set()


def _carry_all() -> None:
    try:
        Courier(_stopping.is_set).run()
    except Exception:
        log.exception("webhooks were left to the next courier")
    finally:
        connection.close()  # with it, what it still holds is anybody's
