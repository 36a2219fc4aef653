"""Threads wake when their time has come."""

from __future__ import annotations

from django.db.models import Min
from django.utils import timezone

from common import queues
from common.tenancy import tenant_context
from inbox.models import Thread, ThreadState
from inbox.operations.authors import SYSTEM
from inbox.operations.threads import SNOOZE_QUEUE, wake_thread

AT_ONCE = 200


def wake_due() -> int:
    """Open every thread whose snooze has ended, tenant by tenant; returns how many."""
    woken = 0
    while claim := queues.claim_tenant(SNOOZE_QUEUE):
        with tenant_context(claim.tenant_id):
            asleep = Thread.objects.filter(status=ThreadState.SNOOZED, snoozed_until__isnull=False)
            due = list(asleep.filter(snoozed_until__lte=timezone.now()).order_by("id")[:AT_ONCE])
            for thread in due:
                wake_thread(thread=thread, by=SYSTEM)
            woken += len(due)
            next_due = asleep.aggregate(first=Min("snoozed_until"))["first"]
        queues.settle(claim, next_due)
    return woken
