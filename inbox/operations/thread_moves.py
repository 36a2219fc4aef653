"""What splitting and joining conversations share: the locks, and telling of it in both."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from common.wire import ident
from customers.operations import hold_people
from customers.queries import addresses_ahead
from events import bus
from inbox.models import MoveKind, Thread, ThreadMove
from inbox.operations.authors import Author
from inbox.operations.errors import NotPossible
from inbox.operations.joining import lock_all, lock_open_deliveries
from inbox.shapes import thread_shape


def lock_threads(*keys: UUID) -> list[Thread]:
    """These threads with their messages, while nobody stores anything about people: in the order in which a
    merge of customers locks."""
    hold_people(alone=True)
    lock_open_deliveries(keys)
    found = lock_all(keys)
    return [found[key] for key in keys]


def refuse_taken(*threads: Thread) -> None:
    """Raises NotPossible for one that was taken in by another."""
    if any(row.joined_to_id for row in threads):
        raise NotPossible(_("This has become part of another conversation meanwhile."))


def lock_move(move: ThreadMove) -> ThreadMove:
    """A move to take back, while nobody else does. Raises NotPossible when somebody did."""
    hold_people(alone=True)
    found: ThreadMove = ThreadMove.objects.select_for_update(of=("self",)).get(id=move.id)
    if found.undone_at:
        raise NotPossible(_("This was undone already."))
    return found


def note_undone(move: ThreadMove, by: Author) -> None:
    """Write down who took it back."""
    move.undone_at, move.undone_by = timezone.now(), plain_actor(by)
    move.save(update_fields=["undone_at", "undone_by"])


def plain_actor(by: Author) -> dict[str, Any]:
    """Who does it, as a row keeps it."""
    return {"kind": by.kind, "id": ident(by.id), "name": by.name}


def tell(
    event: str, move: ThreadMove, thread: Thread, other: Thread, by: Author, *, at: datetime | None = None
) -> None:
    """Tell in `thread` what moved between it and another. at: where that stands in it."""
    thread.refresh_from_db()
    prefetch_related_objects([thread], addresses_ahead("customer"))
    data = {
        "thread": thread_shape(thread),
        f"{move.kind}_id": move.id,
        "from": {},
        "to": {"other_id": other.id, "part": _part(move, thread)},
    }
    bus.record(event, data, actor=by.actor, at=at, thread_id=thread.id, customer_id=thread.customer_id)


def _part(move: ThreadMove, thread: Thread) -> str:
    """Which one of the two it is."""
    if move.kind == MoveKind.JOIN:
        return "kept" if thread.id == move.thread_id else "joined"
    return "earlier" if thread.id == move.thread_id else "later"
