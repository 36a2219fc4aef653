"""Calling a notification off."""

from __future__ import annotations

from common.times import database_now
from events import audit
from inbox.operations.authors import Author
from notifications.models import Notification, NotificationState
from notifications.operations.ladders import load_ladders, lock_runs, save_ladders


class NotCancellable(Exception):
    """There is nothing left to call off."""


def cancel_notification(*, notification: Notification, by: Author, reason: str = "") -> Notification:
    """Stop a ladder at once: nothing more is sent, what has not left is taken back, a call is ended.

    Writes Notification, Step, Message, Delivery, Halt, Event `notification.cancelled`. Again changes nothing.
    Raises NotCancellable when its ladder has ended.
    """
    [run] = lock_runs([notification.id])
    if run.state == NotificationState.CANCELLED:
        return run
    if run.due_at is None:
        raise NotCancellable(f"It is {run.state} already; nothing is left to cancel.")
    now = database_now()
    ladder = load_ladders([run], now)[run.id]
    before = {"state": run.state}
    ladder.stop("It was cancelled.")
    ladder.halt()
    ladder.come_to(NotificationState.CANCELLED, reason or f"Cancelled by {by.name}.")
    save_ladders([ladder], by.actor)
    after = {"state": NotificationState.CANCELLED}
    audit.note("notification.cancelled", run.id, run.type.key, before=before, after=after, actor=by.actor)
    return run
