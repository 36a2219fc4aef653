"""How plain values look on the wire: times as UTC ISO 8601 with microseconds and "Z", ids as text."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID


def stamp(at: datetime | None) -> str | None:
    """An aware time in the one form every answer, event and webhook uses: 2026-11-23T09:44:05.123456Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z" if at else None


def ident(id: UUID | None) -> str | None:  # noqa: A002 - it is the product's word
    """An id as text."""
    return str(id) if id else None
