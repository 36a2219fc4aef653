"""The macros a member or a key sees."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from inbox.models import Macro


def macros(me: UUID | None) -> QuerySet[Macro]:
    """Those of everybody, and the member's own; by name."""
    mine = Q(owner=None) | Q(owner=me) if me else Q(owner=None)
    return Macro.objects.filter(mine).order_by("name", "id")


def changeable_macros(me: UUID | None, *, also_shared: bool) -> QuerySet[Macro]:
    """Those the member may change: their own, and the shared ones with the right to."""
    rows = macros(me)
    return rows if also_shared else rows.filter(owner__isnull=False)
