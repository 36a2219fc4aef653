"""Locking the one thread that something is written in."""

from __future__ import annotations

from uuid import UUID

from inbox.models import Thread


def lock_thread(thread_id: UUID, *related: str) -> Thread:
    """A thread, locked; the one that has taken it in, if two became one since its reader looked: nothing is
    ever written where nobody looks. related: what is selected along. Raises Thread.DoesNotExist."""
    rows = Thread.objects.select_for_update(of=("self",)).select_related(*related)
    found: Thread = rows.get(id=thread_id)
    while found.joined_to_id:
        found = rows.get(id=found.joined_to_id)
    return found
