"""Something happened in a tenant: let its ladders look. Only a hint; the engine reads the rows themselves."""

from __future__ import annotations

from collections.abc import Set
from uuid import UUID

from django.db import connection

from common.wake import wake
from notifications.operations.hearing import HEARD
from notifications.operations.notify import QUEUE, URGENT_QUEUE


def poke(*, tenant_id: UUID, seq: int, types: Set[str]) -> None:
    """Make the tenant's next turn due now, if something happened that ladders hear, the tenant has ever
    notified anybody and the turn is not due already. Whoever changes a ladder enqueues the turn it needs.

    Losing it costs at most ``engine.LISTEN_EVERY`` while messages are on their way. While an urgent ladder is
    climbed, its worker looks once a second, so that the events of a bulk do not keep it busy.
    """
    if HEARD.isdisjoint(types):
        return
    with connection.cursor() as cursor:
        cursor.execute(_SOON, [tenant_id, URGENT_QUEUE])
        cursor.execute(_NOW, [tenant_id, QUEUE])
        if cursor.rowcount:
            wake(QUEUE)


_NOW = """
UPDATE common_workqueue SET due_at = now(), version = version + 1
WHERE tenant_id = %s AND queue = %s AND (due_at IS NULL OR due_at > now())
"""
_SOON = """
UPDATE common_workqueue SET due_at = now() + interval '1 second', version = version + 1
WHERE tenant_id = %s AND queue = %s AND due_at > now() + interval '1 second'
"""
