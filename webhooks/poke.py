"""Something happened in a tenant: let its endpoints hear of it. Only a hint; turns read the rows."""

from __future__ import annotations

from collections.abc import Set
from uuid import UUID

from django.db import connection

from common.wake import wake
from webhooks.operations.endpoints import QUEUE


def poke(*, tenant_id: UUID, seq: int, types: Set[str]) -> None:
    """Make the tenant's turn due now, if an endpoint of it listens (else nothing is due, ever) and it is not
    due already. Losing it costs at most ``turns.LISTEN_EVERY``."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW, [tenant_id, QUEUE])
        if cursor.rowcount:
            wake(QUEUE)


_NOW = """
UPDATE common_workqueue SET due_at = now(), version = version + 1
WHERE tenant_id = %s AND queue = %s AND due_at > now()
"""
