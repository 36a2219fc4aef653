"""Delivering again: one event, a stretch of time, or all that failed. Receivers know them by their ids."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from common import queues
from common.ids import uuid7_from
from common.tenancy import require_tenant
from common.times import database_now
from events import audit
from events.models import Event
from inbox.operations.authors import Author
from webhooks.models import Endpoint
from webhooks.operations.endpoints import QUEUE
from webhooks.operations.errors import SwitchedOff, WebhookRefused
from webhooks.operations.turns import KEEP, write

#: Events of one call; a longer stretch is told in parts.
AT_MOST = 10_000


def replay_event(*, endpoint: Endpoint, event_id: UUID, by: Author) -> int:
    """One event, whether it was delivered or not. Writes Delivery, Change. Raises Event.DoesNotExist,
    WebhookRefused, SwitchedOff."""
    _check(endpoint)
    event = Event.objects.only("id", "seq", "type", "tenant_id").get(id=event_id, audience=None)
    count = write([(endpoint, event.id, event.seq, event.type)], database_now(), again=True)
    if not count:
        raise WebhookRefused(_("This endpoint does not listen to events of this type."), field="event_id")
    return _done(endpoint, by, count, {"event_id": event_id})


def replay_range(*, endpoint: Endpoint, since: datetime, until: datetime | None, by: Author) -> int:
    """Every event that was written down from `since` on and before `until`, as far as they are kept.

    Returns how many. Writes Delivery, Change. Raises WebhookRefused, SwitchedOff.
    """
    _check(endpoint)
    now = database_now()
    since = max(since, now - KEEP)
    rows = Event.objects.filter(id__gte=uuid7_from(since), audience=None)
    if until is not None:
        rows = rows.filter(id__lt=uuid7_from(until))
    found = list(rows.order_by("id").values_list("id", "seq", "type")[: AT_MOST + 1])
    if len(found) > AT_MOST:
        raise WebhookRefused(
            _("These are more than %d events; name a shorter time.") % AT_MOST, field="since"
        )
    count = write(((endpoint, *one) for one in found), now, again=True)
    return _done(endpoint, by, count, {"since": since, "until": until})


def replay_failed(*, endpoint: Endpoint, by: Author) -> int:
    """The deliveries that were given up, the oldest first, at most AT_MOST. Returns how many.

    Writes Delivery, Change. Raises SwitchedOff.
    """
    _check(endpoint)
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, {"tenant": require_tenant(), "endpoint": endpoint.id, "most": AT_MOST})
        count = cursor.rowcount
    return _done(endpoint, by, count, {"failed": True})


_FAILED = """
WITH these AS (SELECT id FROM webhooks_delivery
  WHERE tenant_id = %(tenant)s AND endpoint_id = %(endpoint)s AND state = 'failed' ORDER BY id LIMIT %(most)s)
UPDATE webhooks_delivery AS d SET state = 'waiting', attempts = 0, next_at = now(), ended_at = NULL,
  replays = replays + 1
WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM these) AND state = 'failed'
"""


def _check(endpoint: Endpoint) -> None:
    if not endpoint.is_enabled:
        raise SwitchedOff(_("Nothing is delivered to this endpoint: it is switched off."))


def _done(endpoint: Endpoint, by: Author, count: int, what: dict[str, object]) -> int:
    if count:
        after = what | {"count": count}
        audit.note("webhook_endpoint.replayed", endpoint.id, str(endpoint), after=after, actor=by.actor)
        queues.enqueue(QUEUE)
    return count
