"""How many threads stand in each view: the sums of what triggers noted (``models.view_counts``)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

from common.tenancy import require_tenant
from inbox import wire

#: Closed threads are counted up to here, as a list of them is read.
CLOSED_MAX = 10_000

VIEWS: tuple[wire.ViewKey, ...] = wire.VIEWS

Pair = tuple[int, int]


def view_counts(me: UUID) -> wire.Views:
    """Each view and team with the number of its threads and of those unread by the member, and the event head
    they belong to. Closed threads are read by everybody: a new message opens them again."""
    with connection.cursor() as cursor:
        cursor.execute(_SUM, {"tenant": require_tenant(), "me": me})
        head, teams, kept = cursor.fetchone()
    found = _views({key: (count, unread) for key, count, unread in kept})
    views: list[wire.View] = [{"key": key, "count": found[key][0], "unread": found[key][1]} for key in VIEWS]
    return {"data": views, "teams": teams, "head": head}


def _views(kept: Mapping[str, Pair]) -> dict[wire.ViewKey, Pair]:
    """What is kept, by the views that are shown."""
    none = (0, 0)
    is_open, asleep = kept.get("open", none), kept.get("snoozed", none)
    unread = is_open[1] + asleep[1]
    closed = min(kept.get("closed", none)[0], CLOSED_MAX)
    return {
        "mine": kept.get("assignee", none),
        "unassigned": kept.get("unassigned", none),
        "unread": (unread, unread),
        "waiting": kept.get("waiting", none),
        "mentions": kept.get("mention", none),
        "watching": kept.get("watch", none),
        "snoozed": asleep,
        "closed": (closed, 0),
        "all": (is_open[0] + asleep[0] + closed, unread),
    }


#: Of views that are about members only those of this one.
_SUM = """
WITH kept AS MATERIALIZED (
    SELECT view, subject AS id, sum(threads) AS count, sum(unread) AS unread FROM inbox_viewcount
    WHERE tenant_id = %(tenant)s AND (reader IS NULL OR reader = %(me)s)
      AND (subject IS NULL OR subject = %(me)s OR view = 'team')
    GROUP BY view, subject HAVING sum(threads) <> 0
)
SELECT COALESCE((SELECT seq FROM events_eventcounter WHERE tenant_id = %(tenant)s), 0),
    (SELECT COALESCE(json_agg(one ORDER BY id), '[]') FROM (
        SELECT id, count, unread FROM kept WHERE view = 'team'
    ) AS one),
    (SELECT COALESCE(json_agg(json_build_array(view, count, unread)), '[]') FROM kept WHERE view <> 'team')
"""
