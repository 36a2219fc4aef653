"""Keeping the counts of views short and true: sums in place of many rows, and a recount once a day."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from common import queues
from common.sql import lock_keys
from common.tenancy import require_tenant
from common.turns import serve

log = logging.getLogger(__name__)

#: Triggers put a tenant here that has many rows.
QUEUE = "view_counts"
RECOUNTS = "recounts"
SPARE_MAX = 200
RECOUNT_EVERY = timedelta(days=1)
TURNS_S = 5.0


def sum_all() -> int:
    """Put sums in place of many rows, tenant by tenant; returns how many turns were taken."""
    return serve(QUEUE, _sum_turn, seconds=TURNS_S)


def recount_all() -> int:
    """Count anew for each tenant whose time it is; returns how many turns were taken."""
    return serve(RECOUNTS, _recount_turn, seconds=TURNS_S)


def _sum_turn() -> datetime | None:
    sum_view_counts()
    queues.enqueue(RECOUNTS, timezone.now() + RECOUNT_EVERY)  # stays at the earlier one, if there is one
    return None


def _recount_turn() -> datetime | None:
    recount_views()
    return None


def sum_view_counts() -> int:
    """Put sums in place of the rows of the open scope's tenant, where they are many more than there are sums;
    returns how many rows there are less. Whoever adds some meanwhile neither waits nor is waited for.

    Writes ViewCount.
    """
    tenant = require_tenant()
    _one_at_a_time()
    with connection.cursor() as cursor:
        cursor.execute(_SPARE, {"tenant": tenant})
        if cursor.fetchone()[0] < SPARE_MAX:
            return 0
        cursor.execute(_SUM, {"tenant": tenant})
        spared: int = cursor.fetchone()[0]
    return spared


def recount_views() -> int:
    """Count the open scope's threads and what was read of them, and put right what is kept; returns how many
    sums differed, which should be none. Others may write meanwhile. Writes ViewCount."""
    tenant = require_tenant()
    _one_at_a_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT view, threads, unread FROM inbox_recount_views(%s)", [tenant])
        differed = cursor.fetchall()
    if differed:
        log.error("the counts of views were wrong", extra={"tenant": str(tenant), "differed": len(differed)})
    return len(differed)


def _one_at_a_time() -> None:
    """Two who count would both put right the same."""
    lock_keys([f"{QUEUE}|{require_tenant()}"])


_SPARE = """
SELECT count(*) - count(DISTINCT (view, subject, reader)) FROM inbox_viewcount WHERE tenant_id = %(tenant)s
"""
#: What comes meanwhile is not seen here, and stays.
_SUM = """
WITH gone AS (
    DELETE FROM inbox_viewcount WHERE tenant_id = %(tenant)s RETURNING view, subject, reader, threads, unread
), sums AS (
    INSERT INTO inbox_viewcount (tenant_id, id, view, subject, reader, threads, unread)
    SELECT %(tenant)s, gen_random_uuid(), view, subject, reader, sum(threads), sum(unread)
    FROM gone GROUP BY view, subject, reader HAVING sum(threads) <> 0 OR sum(unread) <> 0
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM sums)
"""
