"""Who takes work now, and how many open conversations each member has."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count

from common.wire import ident
from inbox.models import Thread, ThreadState
from tenants import wire
from tenants.models import Availability, Member


def open_counts(members: Sequence[UUID]) -> dict[UUID | None, int]:
    """How many open conversations each of these members has."""
    rows = Thread.objects.filter(assignee__in=members, status=ThreadState.OPEN)
    return dict(rows.values_list("assignee").annotate(n=Count("id")).order_by())


def availability_of(row: Availability) -> wire.Availability:
    """One member's."""
    return _shape(row, open_counts([row.member_id]).get(row.member_id, 0))


def availability_answer() -> list[wire.Availability]:
    """Every active member's; who never opened the inbox is away. Three statements."""
    members = Member.objects.filter(is_active=True).order_by("name", "id").values_list("id", flat=True)
    ids = list(members)
    rows = {row.member_id: row for row in Availability.objects.filter(member__in=ids)}
    counts = open_counts(ids)
    return [_shape(rows.get(key) or Availability(member_id=key), counts.get(key, 0)) for key in ids]


def _shape(row: Availability, count: int) -> wire.Availability:
    return {
        "member_id": ident(row.member_id),
        "status": row.way,
        "chosen": row.chosen,
        "capacity": row.capacity,
        "open": count,
    }
