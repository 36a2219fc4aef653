"""Who takes work now: their own word, and whether anything was heard of them lately."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from common import queues
from common.tenancy import tenant_context
from events import bus
from tenants.models import Availability, Member
from tenants.models.availability import IDLE_AFTER
from tenants.shapes import actor_of

#: Where tenants stand of whose members somebody may have fallen silent.
QUEUE = "idle"


def choose_availability(*, member: Member, chosen: str, capacity: int | None = None) -> Availability:
    """A member says whether they take work, and how many open conversations at most.

    Writes Availability, Event `member.available`.
    """
    row = _locked(member)
    row.chosen, row.capacity = chosen, row.capacity if capacity is None else capacity
    _hear(row, timezone.now())
    _tell(row)
    return row


def note_activity(*, member: Member, is_idle: bool) -> Availability:
    """The inbox page tells, about once a minute, that its member is there, or once that they have gone.

    Writes Availability; Event `member.available` only when that changes how colleagues see them.
    """
    row = _locked(member)
    before = row.way
    if is_idle:
        row.is_idle = True
        row.save(update_fields=["is_idle"])
    else:
        _hear(row, timezone.now())
    if row.way != before:
        _tell(row)
    return row


def mark_idle() -> int:
    """Take everybody of whom nothing was heard for long for away, tenant by tenant; returns how many."""
    gone = 0
    while claim := queues.claim_tenant(QUEUE):
        with tenant_context(claim.tenant_id):
            lively = Availability.objects.filter(is_idle=False)
            silent = lively.filter(active_at__lte=timezone.now() - IDLE_AFTER).select_related("member")
            rows = list(silent.select_for_update(of=("self",)).order_by("member_id"))
            Availability.objects.filter(id__in=[row.id for row in rows]).update(is_idle=True)
            for row in rows:
                row.is_idle = True
                _tell(row)
            gone += len(rows)
            first = lively.aggregate(at=Min("active_at"))["at"]
        queues.settle(claim, first + IDLE_AFTER if first else None)
    return gone


def _locked(member: Member) -> Availability:
    Availability.objects.get_or_create(member=member)
    row: Availability = (
        Availability.objects.select_for_update(of=("self",)).select_related("member").get(member=member)
    )
    return row


def _hear(row: Availability, now: datetime) -> None:
    row.is_idle, row.active_at = False, now
    row.save(update_fields=["chosen", "capacity", "is_idle", "active_at"])
    queues.enqueue(QUEUE, now + IDLE_AFTER)


def _tell(row: Availability) -> None:
    data = {"member_id": row.member_id, "status": row.way, "chosen": row.chosen, "capacity": row.capacity}
    bus.record("member.available", data, actor=actor_of(row.member))
