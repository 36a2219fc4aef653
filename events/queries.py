"""Reads of the audit: pages of changes, and what each one says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from common.api.pages import BY_ID, Page
from common.tenancy import require_tenant
from events.models import Change

_CONDITIONS = {
    "actor": "actor_id",
    "action": "action",
    "about": "about__icontains",
    "since": "at__gte",
    "until": "at__lt",
}


def change_page(
    *,
    limit: int,
    after: str | None = None,
    actor: UUID | None = None,
    action: str = "",
    about: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Change]:
    """Changes of the open scope's tenant, the newest first."""
    wanted = {"actor": actor, "action": action, "about": about, "since": since, "until": until}
    conditions = {_CONDITIONS[name]: value for name, value in wanted.items() if value}
    return BY_ID.page(Change.objects.filter(**conditions), limit=limit, after=after)


def actions_done() -> list[str]:
    """Every action there is a change of: one look into the index per action, however many changes."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIONS, {"tenant": require_tenant()})
        return [action for (action,) in cursor.fetchall()]


_ACTIONS = """
WITH RECURSIVE done AS (
    (SELECT action FROM events_change WHERE tenant_id = %(tenant)s ORDER BY action LIMIT 1)
    UNION ALL
    SELECT (SELECT action FROM events_change WHERE tenant_id = %(tenant)s AND action > done.action
            ORDER BY action LIMIT 1)
    FROM done WHERE done.action IS NOT NULL)
SELECT action FROM done WHERE action IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that a change made different; None: it was or is not there."""

    place: str
    before: Any
    after: Any


def differences(change: Change) -> list[Difference]:
    """What a change made different, value by value, as far down as there are names."""
    return list(_differences(change.before, change.after, ""))


def _differences(before: Any, after: Any, place: str) -> Iterator[Difference]:
    sides = [side for side in (before, after) if side is not None]
    if sides and all(isinstance(side, dict) for side in sides):
        for name in dict.fromkeys(name for side in sides for name in side):
            old, new = (side.get(name) if side else None for side in (before, after))
            yield from _differences(old, new, f"{place} › {name}" if place else name)
    elif before not in ({}, None) or after not in ({}, None):
        yield Difference(place, before, after)
