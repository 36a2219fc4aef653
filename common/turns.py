"""Serving tenants that are due on a queue: one turn each, the longest waiting first."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from common import queues
from common.outlast import outlast
from common.tenancy import tenant_context
from common.wake import wake

#: Works in the open scope; returns when that tenant is due again, None for not before it is enqueued.
Turn = Callable[[], datetime | None]


def serve(queue: str, turn: Turn, *, seconds: float) -> int:
    """Take turns until nobody is due or the time is up; returns how many were taken.

    A turn is one transaction. It is taken again when PostgreSQL was away, or broke a deadlock. When the time
    is up, another worker is woken to go on.
    """
    until, taken = time.monotonic() + seconds, 0
    while time.monotonic() < until and (claim := queues.claim_tenant(queue)):
        queues.settle(claim, outlast(partial(_in_scope, claim.tenant_id, turn)))
        taken += 1
    if time.monotonic() >= until:
        wake(queue)
    return taken


def _in_scope(tenant_id: UUID, turn: Turn) -> datetime | None:
    with tenant_context(tenant_id):
        return turn()
