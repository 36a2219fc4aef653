"""Taking back what has not left: a queued message is cancelled, one on its way is not."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from inbox.models import Delivery, DeliveryState, Status
from inbox.operations.deliveries import fail_delivery
from inbox.operations.statuses import announce_statuses, lock_messages

#: Queued, taken by a worker that has not begun (it looks once more), or held back for its template's or its
#: account's sake.
_NOT_LEFT = (DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.HELD)
_UNDER_WAY = (DeliveryState.SENDING, DeliveryState.UNCERTAIN)


def recall_messages(message_ids: Collection[UUID], *, why: str) -> set[UUID]:
    """Cancel these messages as far as none of their attempts has begun; returns the ids of those cancelled.

    An attempt that has begun is the last: should it come to nothing, there is no other.
    why: a sentence that stays on the message. Writes Delivery, Message, Event `message.cancelled`.
    """
    if not message_ids:
        return set()
    lock_messages(Q(id__in=message_ids))
    rows = Delivery.objects.filter(message__in=message_ids, state__in=_NOT_LEFT)
    found = rows.select_for_update(of=("self",), skip_locked=True).select_related("message").order_by("id")
    now, error = timezone.now(), {"code": "cancelled", "title": "", "detail": why, "provider_code": ""}
    changes = [fail_delivery(row, DeliveryState.CANCELLED, Status.CANCELLED, error, now) for row in found]
    announce_statuses(changes)
    Delivery.objects.filter(message__in=message_ids, state__in=_UNDER_WAY).update(expires_at=now)
    return {change.message.id for change in changes}
