"""Who looked at the personal values of a notification: noted, because it cannot be undone."""

from __future__ import annotations

from events import audit, bus
from inbox.operations.authors import Author
from notifications.models import Notification


def note_look(*, notification: Notification, by: Author) -> None:
    """Writes Event `notification_personal.revealed`, with the customer and no value. Select `type`."""
    data = {
        "notification_id": notification.id,
        "type": notification.type.key,
        "customer_id": notification.customer_id,
    }
    audit.note("notification.revealed", notification.id, notification.type.key, actor=by.actor)
    bus.record("notification_personal.revealed", data, actor=by.actor, customer_id=notification.customer_id)
