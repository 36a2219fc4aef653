"""Forgetting: deliveries and e-mails older than 30 days, and all of an endpoint that was taken away; a few at
a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from common import turns
from common.ids import uuid7_from
from common.tenancy import require_tenant
from webhooks.models import Delivery, Endpoint, OffMail
from webhooks.operations.endpoints import SWEEPS
from webhooks.operations.turns import KEEP

AT_ONCE = 1_000
EVERY = timedelta(hours=6)


def sweep_all(*, seconds: float = 5.0) -> int:
    """Sweep where it is time. Returns how many turns were taken."""
    return turns.serve(SWEEPS, sweep, seconds=seconds)


def sweep(now: datetime | None = None) -> datetime | None:
    """One turn of the open scope's tenant; returns when the next one is due, None where nothing is left.

    A row's id tells its age. Deletes Delivery, OffMail, Endpoint.
    """
    now = now or timezone.now()
    gone = Endpoint.objects.exclude(removed_at=None).order_by("id").first()
    before = uuid7_from(now - KEEP)
    count = _delete_old(before)
    OffMail.objects.filter(id__lt=before, due_at=None).delete()
    if gone and count < AT_ONCE:
        count += _delete_of(gone, AT_ONCE - count)
        if count < AT_ONCE:
            Endpoint.objects.filter(id=gone.id).delete()
    if count >= AT_ONCE or Endpoint.objects.exclude(removed_at=None).exists():
        return now
    is_used = any(kind.objects.exists() for kind in (Endpoint, Delivery, OffMail))
    return now + EVERY if is_used else None


def _delete_old(before: UUID) -> int:
    return _delete("id < %(before)s", AT_ONCE, before=before)


def _delete_of(endpoint: Endpoint, most: int) -> int:
    return _delete("endpoint_id = %(endpoint)s", most, endpoint=endpoint.id)


def _delete(condition: str, most: int, **values: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            DELETE FROM webhooks_delivery WHERE tenant_id = %(tenant)s AND id = ANY(ARRAY(
              SELECT id FROM webhooks_delivery WHERE tenant_id = %(tenant)s AND {condition}
              ORDER BY id LIMIT %(most)s))
            """,  # noqa: S608 - our own words
            {"tenant": require_tenant(), "most": most, **values},
        )
        found: int = cursor.rowcount
    return found
