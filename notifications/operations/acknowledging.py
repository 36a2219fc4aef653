"""Taking note that a person knows by another way: the notification's ladder stops, as by an answer."""

from __future__ import annotations

from common.times import database_now
from events import audit
from inbox.operations.authors import Author
from notifications.models import Notification, NotificationState
from notifications.operations.ladders import load_ladders, lock_runs, save_ladders
from notifications.operations.notify import tell

#: What came to nothing has nothing to acknowledge.
_CAME_TO_NOTHING = ("skipped", "throttled", "expired", "cancelled")


class NotAcknowledgeable(Exception):
    """Nobody was told anything that could be acknowledged."""


def acknowledge_notification(*, notification: Notification, by: Author, note: str = "") -> Notification:
    """Stop a ladder as an answer does: nothing more is sent, what has not left is taken back, calls end.

    note: how it came, for people. Writes Notification, Step, Message, Delivery, Halt, Event
    `notification.answered` with the acknowledgement. Again, or after an answer, changes nothing. Raises
    NotAcknowledgeable for one that came to nothing, or is told as part of another.
    """
    [run] = lock_runs([notification.id])
    if run.state == NotificationState.ANSWERED:
        return run
    if run.state in _CAME_TO_NOTHING:
        raise NotAcknowledgeable(f"It is {run.state}; there is nothing to acknowledge.")
    if run.batch_id:
        raise NotAcknowledgeable("It is told in a digest; acknowledge that one.")
    before = {"state": run.state}
    _stop(run, by, note)
    tell(run, by.actor, acknowledgement={"by": by.actor, "note": note})
    after = {"state": run.state}
    audit.note("notification.acknowledged", run.id, run.type.key, before=before, after=after, actor=by.actor)
    return run


def _stop(run: Notification, by: Author, note: str) -> None:
    ladder = load_ladders([run], database_now())[run.id]
    run.answered_at, run.acknowledged_by = ladder.now, {**by.actor, "id": str(by.id) if by.id else None}
    run.save(update_fields=["acknowledged_by"])
    ladder.stop("It was acknowledged.")
    ladder.halt()
    said = f"Acknowledged by {by.name}."
    ladder.come_to(NotificationState.ANSWERED, f"{said} {note}".strip())
    ladder.states.clear()  # told by the caller, with who it was
    save_ladders([ladder])
