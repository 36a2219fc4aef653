"""Calls that ring or run, and one call, with what their JSON needs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from inbox.models import Call, CallState

MOST = 100


def call_rows() -> QuerySet[Call]:
    """Calls as ``shapes_calls.call_shape`` wants them."""
    rows: QuerySet[Call] = Call.objects.select_related("customer", "address", "passed_to", "channel")
    return rows.prefetch_related("customer__addresses")


def live_calls() -> Sequence[Call]:
    """Every call that is not over, the oldest first; of very many the latest, because those ring."""
    rows = call_rows().exclude(state=CallState.ENDED).order_by("-rang_at", "-id")[:MOST]
    return list(reversed(rows))


def find_call(call_id: UUID) -> Call:
    """One call. Raises Call.DoesNotExist."""
    found: Call = call_rows().get(id=call_id)
    return found
