"""How many conversations stand in each view, counted one by one: the truth for what is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from common.tenancy import require_tenant
from inbox.queries.counts import CLOSED_MAX, VIEWS


def counted(me: UUID) -> dict[str, Any]:
    """What ``view_counts`` says, from the conversations and what was read of them."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"tenant": require_tenant(), "me": me, "most": CLOSED_MAX})
        head, teams, *numbers = cursor.fetchone()
    pairs = zip(VIEWS, numbers[::2], numbers[1::2], strict=True)
    views = [{"key": key, "count": count, "unread": unread} for key, count, unread in pairs]
    return {"data": views, "teams": teams, "head": head}


_COUNT = """
WITH unclosed AS MATERIALIZED (
    SELECT id, status, assignee_id, team_id, waiting_since, mentions, watchers, inbound_count
    FROM inbox_thread WHERE tenant_id = %(tenant)s AND status IN ('open', 'snoozed')
), reads AS MATERIALIZED (
    SELECT thread_id, read_count FROM inbox_threadread
    WHERE tenant_id = %(tenant)s AND member_id = %(me)s AND thread_id = ANY (ARRAY(SELECT id FROM unclosed))
), live AS (
    SELECT t.status = 'open' AS is_open, t.assignee_id, t.team_id, t.waiting_since, t.mentions, t.watchers,
           t.inbound_count > COALESCE(r.read_count, 0) AS is_unread
    FROM unclosed t FULL JOIN reads r ON r.thread_id = t.id
), closed AS (
    SELECT count(*) AS n FROM (
        SELECT 1 FROM inbox_thread
        WHERE tenant_id = %(tenant)s AND status = 'closed' AND joined_to_id IS NULL LIMIT %(most)s
    ) AS capped
), teams AS (
    SELECT team_id AS id, count(*) AS count, count(*) FILTER (WHERE is_unread) AS unread
    FROM live WHERE is_open AND team_id IS NOT NULL GROUP BY team_id
)
SELECT COALESCE((SELECT seq FROM events_eventcounter WHERE tenant_id = %(tenant)s), 0),
    (SELECT COALESCE(json_agg(teams ORDER BY id), '[]') FROM teams),
    count(*) FILTER (WHERE is_open AND assignee_id = %(me)s),
    count(*) FILTER (WHERE is_open AND assignee_id = %(me)s AND is_unread),
    count(*) FILTER (WHERE is_open AND assignee_id IS NULL),
    count(*) FILTER (WHERE is_open AND assignee_id IS NULL AND is_unread),
    count(*) FILTER (WHERE is_unread),
    count(*) FILTER (WHERE is_unread),
    count(*) FILTER (WHERE is_open AND waiting_since IS NOT NULL),
    count(*) FILTER (WHERE is_open AND waiting_since IS NOT NULL AND is_unread),
    count(*) FILTER (WHERE %(me)s = ANY (mentions)),
    count(*) FILTER (WHERE %(me)s = ANY (mentions) AND is_unread),
    count(*) FILTER (WHERE %(me)s = ANY (watchers)),
    count(*) FILTER (WHERE %(me)s = ANY (watchers) AND is_unread),
    count(*) FILTER (WHERE NOT is_open),
    count(*) FILTER (WHERE NOT is_open AND is_unread),
    (SELECT n FROM closed),
    0,
    count(*) + (SELECT n FROM closed),
    count(*) FILTER (WHERE is_unread)
FROM live
"""
