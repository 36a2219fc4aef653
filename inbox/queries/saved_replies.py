"""The saved replies a member or a key sees."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from inbox.models import SavedReply


def saved_replies(me: UUID | None) -> QuerySet[SavedReply]:
    """Those of everybody, and the member's own; by name."""
    mine = Q(owner=None) | Q(owner=me) if me else Q(owner=None)
    return SavedReply.objects.filter(mine).order_by("name", "id")


def changeable_replies(me: UUID | None, *, also_shared: bool) -> QuerySet[SavedReply]:
    """Those the member may change: their own, and the shared ones with the right to."""
    rows = saved_replies(me)
    return rows if also_shared else rows.filter(owner__isnull=False)
