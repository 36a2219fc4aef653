"""Saved views: whom they are there for, and in whose order."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from inbox.models import SavedView, SavedViewOrder


def saved_views(me: UUID | None) -> QuerySet[SavedView]:
    """The shared ones and the member's own; for a key the shared ones."""
    rows: QuerySet[SavedView] = SavedView.objects.filter(Q(owner=None) | Q(owner=me))
    return rows.order_by("id")


def in_order(me: UUID | None) -> list[SavedView]:
    """The same as the member put them; new ones last."""
    rows = list(saved_views(me))
    kept = SavedViewOrder.objects.filter(member=me).values_list("ids", flat=True).first() if me else None
    places = {key: place for place, key in enumerate(kept or ())}
    return sorted(rows, key=lambda row: places.get(row.id, len(places)))
