"""Stopping what goes on at a provider, a call that rings or speaks, by rows that wait for their worker."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min, QuerySet
from django.utils import timezone

from common import queues
from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox.channels import adapter_for, adapters
from inbox.models import Delivery, Halt, Message, Status
from inbox.models.deliveries import OPEN
from inbox.operations.channels import channel_account
from inbox.ports import Account, CanHalt, Json, SendError

log = logging.getLogger(__name__)

#: Where tenants stand that have something to stop.
QUEUE = "halts"
#: How many providers' answers are waited for at a time.
AT_ONCE = 10
#: Who asks has so long; then the row is anybody's again.
LEASE = timedelta(seconds=60)
#: Again after 1, 2, 4 … 60 seconds, for about half an hour: by then no call goes on.
RETRY_MAX_S, ATTEMPTS_MAX = 60, 36
#: What has come to an end without having gone through.
_OVER = (Status.FAILED, Status.CANCELLED)

_WISH = """
(tenant_id, message_id) DO UPDATE SET due_at = EXCLUDED.due_at WHERE inbox_halt.due_at > EXCLUDED.due_at
"""


def request_halts(wanted: Mapping[UUID, datetime]) -> None:
    """Have these messages of ours (id → when) stopped at their providers, should they still go on then.

    Those of channels that cannot stop anything are left out; an earlier time for the same message counts.
    Writes Halt.
    """
    if not wanted:
        return
    kinds = [kind for kind, adapter in adapters().items() if isinstance(adapter, CanHalt)]
    found = Message.objects.filter(id__in=list(wanted), channel__kind__in=kinds).order_by("id")
    rows = [Halt(message_id=key, due_at=wanted[key]) for key in found.values_list("id", flat=True) if kinds]
    if rows:
        insert_rows(rows, on_conflict=_WISH)
        queues.enqueue(QUEUE, min(wanted[row.message_id] for row in rows))


# ---------------------------------------------------------------- asking


def halt_all() -> int:
    """Ask providers to stop what is to be stopped by now, tenant by tenant; returns how many it was."""
    looked_at = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="halt") as pool:
        while claim := queues.claim_tenant(QUEUE):
            with tenant_context(claim.tenant_id):
                jobs = _claim(timezone.now())
            errors = list(pool.map(_ask, jobs))
            with tenant_context(claim.tenant_id):
                for job, error in zip(jobs, errors, strict=True):
                    _note(job, error)
                next_due = Halt.objects.aggregate(at=Min("due_at"))["at"]
            looked_at += len(jobs)
            queues.settle(claim, next_due)
    return looked_at


@dataclass(frozen=True, slots=True)
class _Job:
    """One message to stop. due_at: what its row says while we ask. adapter None: there is nothing to ask.
    is_leaving: its provider has not named it yet."""

    id: UUID
    due_at: datetime
    attempts: int
    adapter: CanHalt | None
    account: Account
    external_id: str
    content: Json
    is_leaving: bool


def _claim(now: datetime) -> list[_Job]:
    due = Halt.objects.filter(due_at__lte=now)
    rows = list(due.select_for_update(skip_locked=True).order_by("due_at", "id")[:AT_ONCE])
    lease = now + LEASE
    Halt.objects.filter(id__in=[row.id for row in rows]).update(due_at=lease)
    messages = Message.objects.select_related("channel").in_bulk([row.message_id for row in rows])
    leaving = _leaving(rows)
    return [_job(row, messages[row.message_id], lease, leaving) for row in rows]


def _leaving(rows: Sequence[Halt]) -> set[UUID]:
    """Those of which something may still come to the provider, or has come without our knowing."""
    under_way = Delivery.objects.filter(message__in=[row.message_id for row in rows], state__in=OPEN)
    return set(under_way.values_list("message", flat=True))


def _job(row: Halt, message: Message, lease: datetime, leaving: set[UUID]) -> _Job:
    adapter = adapter_for(message.channel.kind)
    is_over = message.status in _OVER
    return _Job(
        row.id,
        lease,
        row.attempts,
        adapter if isinstance(adapter, CanHalt) and not is_over else None,
        channel_account(message.channel),
        message.external_id or "",
        message.content,
        message.id in leaving and not is_over,
    )


def _ask(job: _Job) -> SendError | None:
    if job.adapter is None or not job.external_id:
        return None
    try:
        job.adapter.halt(job.account, external_id=job.external_id, content=job.content)
    except SendError as error:
        return error
    return None


def _note(job: _Job, error: SendError | None) -> None:
    """Done, refused for good, or to be asked again: also what its provider has not named yet."""
    is_waiting = error is None and not job.external_id and job.is_leaving
    attempts = job.attempts + 1
    is_last = attempts >= ATTEMPTS_MAX or bool(error and error.permanent)
    if error and is_last:
        log.warning("could not be stopped at its provider: %s", error, extra={"halt": str(job.id)})
    due_at = None
    if (error or is_waiting) and not is_last:
        wait_s = min(2 ** min(attempts - 1, 6), RETRY_MAX_S)
        due_at = timezone.now() + timedelta(seconds=max(wait_s, error.retry_after_s or 0 if error else 0))
    sentence = str(error)[:400] if error else ""
    _mine(job).update(due_at=due_at, attempts=attempts, error=sentence)


def _mine(job: _Job) -> QuerySet[Halt]:
    return Halt.objects.filter(id=job.id, due_at=job.due_at)
