"""What members have read, and telling providers so that customers see it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from common import queues
from common.sql import insert_rows
from common.tenancy import tenant_context
from events import bus
from inbox.channels import adapter_for
from inbox.models import Channel, Message, Thread, ThreadRead
from inbox.operations.channels import channel_account, note_channel_error
from inbox.ports import Account, CanMarkRead, SendError
from tenants.models import Member

log = logging.getLogger(__name__)

QUEUE = "seen"
AT_ONCE = 50
AGAIN_S = 60
TYPING_LASTS = timedelta(seconds=25)


def mark_read(*, thread: Thread, member: Member, read_count: int) -> int:
    """Note how many of the customer's messages this member has read; a lower number marks unread.

    Writes ThreadRead, Thread.seen_count, Event `thread.seen` (only to this member). Returns what was stored.
    """
    # The thread first, as everybody who writes both: only then does nobody change what is counted by both.
    locked = Thread.objects.select_for_update(no_key=True).values_list("inbound_count", "seen_count")
    inbound_count, seen_count = locked.get(id=thread.id)
    read_count = max(0, min(read_count, inbound_count))
    save_reads(thread, {member.id: read_count})
    if seen_count < read_count:
        Thread.objects.filter(id=thread.id).update(seen_count=read_count)
        queues.enqueue(QUEUE)
    data = {"thread_id": thread.id, "read_count": read_count}
    actor = {"kind": "member", "id": member.id, "name": member.name}
    bus.record("thread.seen", data, actor=actor, audience=member.id, thread_id=thread.id)
    return read_count


def save_reads(thread: Thread, reads: Mapping[UUID, int]) -> None:
    """Note how many of a thread's messages each member has read. Writes ThreadRead."""
    rows = [ThreadRead(thread=thread, member_id=member, read_count=count) for member, count in reads.items()]
    insert_rows(rows, on_conflict=_READ)


_READ = """
(tenant_id, member_id, thread_id) DO UPDATE
SET read_count = EXCLUDED.read_count, updated_at = EXCLUDED.updated_at
"""


def show_typing(*, thread: Thread) -> None:
    """Let the customer see that we write, where the channel can. Losing it does no harm. Writes Thread."""
    Thread.objects.filter(id=thread.id).update(typing_at=timezone.now())
    queues.enqueue(QUEUE)


def tell_all() -> int:
    """Tell providers what has been read, tenant by tenant; returns how many threads were told.

    A provider that cannot be asked now is asked again a minute later; a refusal is final, for it is no loss.
    One that says that the account is not right stands on the channel's page. Writes Thread, Channel.
    """
    told = 0
    while claim := queues.claim_tenant(QUEUE):
        with tenant_context(claim.tenant_id):
            jobs = _untold()
        outcomes = [(job, _tell(job)) for job in jobs]
        with tenant_context(claim.tenant_id):
            for job, error in outcomes:
                _note(job, error)
        told += len(outcomes)
        again = any(error and not error.permanent for _, error in outcomes)
        next_due = timezone.now() + timedelta(seconds=AGAIN_S if again else 0) if outcomes else None
        queues.settle(claim, next_due)
    return told


def _note(job: _Job, error: SendError | None) -> None:
    """Typing is never tried again: by then it is not true."""
    if job.typing_at:
        Thread.objects.filter(id=job.thread_id, typing_at=job.typing_at).update(typing_at=None)
    if error and job.channel and error.reason in {"auth", "config"}:  # messages would be refused as well
        note_channel_error(channel=job.channel, sentence=error.detail)
    if error is None or error.permanent:
        untold = Thread.objects.filter(id=job.thread_id, told_count__lt=job.seen_count)
        untold.update(told_count=job.seen_count)


@dataclass(frozen=True, slots=True)
class _Job:
    """How far one thread was read, and how to tell its provider. adapter None: there is nobody to tell.

    typing_at: set when somebody writes an answer; that shows everything of theirs as read."""

    thread_id: UUID
    seen_count: int
    typing_at: datetime | None = None
    is_typing: bool = False
    adapter: CanMarkRead | None = None
    account: Account | None = None
    external_id: str = ""
    channel: Channel | None = None


def _untold() -> list[_Job]:
    wanted = Q(seen_count__gt=F("told_count")) | Q(typing_at__isnull=False)
    rows = Thread.objects.filter(wanted).order_by("id")[:AT_ONCE]
    return [_job(thread) for thread in rows]


def _job(thread: Thread) -> _Job:
    count = thread.inbound_count if _is_typing(thread) else thread.seen_count
    seen = Message.objects.filter(thread=thread, direction="inbound", number__lte=count)
    last = seen.select_related("channel").order_by("-number").first()
    nothing_to_tell = _Job(thread.id, count, thread.typing_at)
    if last is None or not last.channel.is_active:
        return nothing_to_tell
    adapter = adapter_for(last.channel.kind)
    if not isinstance(adapter, CanMarkRead):
        return nothing_to_tell
    account = channel_account(last.channel)
    named = (account, last.external_id or "", last.channel)
    return _Job(thread.id, count, thread.typing_at, _is_typing(thread), adapter, *named)


def _is_typing(thread: Thread) -> bool:
    """Still? What waited longer than it would be shown is not true any more."""
    return thread.typing_at is not None and thread.typing_at > timezone.now() - TYPING_LASTS


def _tell(job: _Job) -> SendError | None:
    """Ask the provider; what it refused."""
    if job.adapter is None or job.account is None or not job.external_id:
        return None
    try:
        job.adapter.mark_read(job.account, external_id=job.external_id, typing=job.is_typing)
    except SendError as error:
        log.info("could not mark as read: %s", error.reason)
        return error
    return None
