"""Messages that leave later: kept as rows, checked again when their time has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from common import queues
from common.tenancy import tenant_context
from common.wire import stamp
from customers.models import Address
from events import bus
from inbox.channels import UnknownChannel
from inbox.direct import direct_of, with_direct
from inbox.models import Attachment, Channel, FileState, Message, ScheduledMessage, ScheduledState, Thread
from inbox.models.scheduled import SCHEDULED_QUEUE, SHOWN
from inbox.operations.authors import SYSTEM, Author
from inbox.operations.errors import NotPossible, Refused
from inbox.operations.one_thread import lock_thread
from inbox.operations.reply import check_said, reply
from inbox.ports import Direct
from inbox.shapes import thread_shape
from inbox.shapes_words import scheduled_shape

AT_ONCE = 100
FURTHEST = timedelta(days=366)
IN_THREAD_MAX = 50


def schedule_message(
    *,
    thread: Thread,
    by: Author,
    client_ref: str,
    send_at: datetime,
    text: str = "",
    channel: Channel | None = None,
    reply_to: Message | None = None,
    attachments: Sequence[Attachment] = (),
    template: Mapping[str, Any] | None = None,
    kind: str | None = None,
    content: Mapping[str, Any] | None = None,
    address: Address | None = None,
    direct: Direct | None = None,
) -> ScheduledMessage:
    """Keep an answer until `send_at`. What no channel could ever send is refused now; the reply window and
    what the customer allows are asked when it leaves.

    The same client_ref again returns the row already kept. Writes ScheduledMessage, Thread, Event
    `thread.message_scheduled`. Raises Refused for the time, NotPossible when too many wait, and all that
    ``reply`` raises of the words.
    """
    _check_time(send_at)
    thread = _locked(thread.id)
    again = ScheduledMessage.objects.filter(thread=thread, client_ref=client_ref).first()
    if again:
        return again
    if thread.scheduled_count >= IN_THREAD_MAX:
        raise NotPossible(
            _("%d messages wait in this conversation already; send or cancel some.") % IN_THREAD_MAX
        )
    check_said(
        thread=thread, channel=channel, text=text, reply_to=reply_to, attachments=attachments,
        template=template, kind=kind, content=content, address=address, direct=direct,
    )  # fmt: skip
    row = ScheduledMessage.objects.create(
        thread=thread,
        member=by.member,
        actor={"kind": by.kind, "id": str(by.id) if by.id else None, "name": by.name},
        channel=channel,
        address=address.id if address else None,
        text=text,
        kind=kind or "",
        content=with_direct(content or {}, direct),
        template=dict(template) if template is not None else None,
        reply_to=reply_to.id if reply_to else None,
        attachment_ids=[one.id for one in attachments],
        client_ref=client_ref,
        send_at=send_at,
    )
    queues.enqueue(SCHEDULED_QUEUE, send_at)
    thread.scheduled_count += 1
    _tell("thread.message_scheduled", thread, row, by)
    return row


def change_scheduled(
    *, row: ScheduledMessage, by: Author, text: str | None = None, send_at: datetime | None = None
) -> ScheduledMessage:
    """Give it other words or another time; one that could not leave waits again.

    Writes ScheduledMessage, Thread, Event `thread.message_rescheduled`. Raises NotPossible when it has left
    or was cancelled, Refused for the time, and all that ``reply`` raises of the words.
    """
    thread, row = _locked_now(row), _shown(row)
    if send_at is not None or row.state == ScheduledState.FAILED:
        _check_time(send_at or row.send_at)
    row.text, row.send_at = row.text if text is None else text, send_at or row.send_at
    if text is not None:
        check_said(thread=thread, **_said(row))
    row.state, row.error = ScheduledState.WAITING, None
    row.save(update_fields=["text", "send_at", "state", "error", "updated_at"])
    queues.enqueue(SCHEDULED_QUEUE, row.send_at)
    _tell("thread.message_rescheduled", thread, row, by)
    return row


def cancel_scheduled(*, row: ScheduledMessage, by: Author) -> ScheduledMessage:
    """It never leaves; cancelling twice is fine. Writes ScheduledMessage, Thread, Event
    `thread.message_unscheduled`. Raises NotPossible when it has left."""
    thread = _locked_now(row)
    if ScheduledMessage.objects.filter(id=row.id, state=ScheduledState.CANCELLED).exists():
        return row
    row = _shown(row)
    row.state = ScheduledState.CANCELLED
    row.save(update_fields=["state", "updated_at"])
    thread.scheduled_count -= 1
    _tell("thread.message_unscheduled", thread, row, by)
    return row


def send_scheduled(*, row: ScheduledMessage) -> Message:
    """Send it now, as its writer's answer. Writes ScheduledMessage and what ``reply`` writes; raises
    NotPossible, and all that ``reply`` raises."""
    thread, row = _locked_now(row), _shown(row)
    by = _writer(row)
    thread.scheduled_count -= 1
    thread.save(update_fields=["scheduled_count"])
    message = reply(thread=thread, by=by, client_ref=row.client_ref, **_said(row))
    row.state, row.message, row.error = ScheduledState.SENT, message, None
    row.save(update_fields=["state", "message", "error", "updated_at"])
    return message


def send_due(*, now: datetime | None = None) -> int:
    """Send every message whose time has come, tenant by tenant; returns how many left.

    now: by default the clock's; the queue itself goes by the database's. One that may not leave stays in its
    thread with the reason, and its writer is told.
    """
    left = 0
    while claim := queues.claim_tenant(SCHEDULED_QUEUE):
        with tenant_context(claim.tenant_id):
            waiting = ScheduledMessage.objects.filter(state=ScheduledState.WAITING)
            due = waiting.filter(send_at__lte=now or timezone.now()).order_by("send_at", "id")
            left += sum([_send_or_tell(row) for row in due[:AT_ONCE]])
            next_due = waiting.aggregate(first=Min("send_at"))["first"]
        queues.settle(claim, next_due)
    return left


def _send_or_tell(row: ScheduledMessage) -> bool:
    try:
        with transaction.atomic():
            send_scheduled(row=row)
    except Refused as refused:
        _fail(row, refused.code, refused.sentence)
    except UnknownChannel:
        _fail(row, "channel_inactive", _("This kind of channel is no longer installed."))
    else:
        return True
    return False


def _fail(row: ScheduledMessage, code: str, detail: str) -> None:
    """Note why it could not leave, and mention its writer in the thread. Nothing when it left meanwhile."""
    thread = _locked_now(row)
    failed = {"code": code, "title": "Not sent", "detail": detail, "provider_code": ""}
    found = ScheduledMessage.objects.filter(id=row.id, state=ScheduledState.WAITING)
    if not found.update(state=ScheduledState.FAILED, error=failed, updated_at=timezone.now()):
        return
    row.refresh_from_db()
    if row.member_id and row.member_id not in thread.mentions:
        thread.mentions = [*thread.mentions, row.member_id]
    _tell("thread.message_unsent", thread, row, SYSTEM)


# ---------------------------------------------------------------- what these share


def _check_time(send_at: datetime) -> None:
    now = timezone.now()
    if send_at <= now:
        raise Refused(_("That time has passed; choose a later one."), pointer="/send_at")
    if send_at > now + FURTHEST:
        raise Refused(_("That is more than a year away; choose an earlier time."), pointer="/send_at")


def _locked(thread_id: UUID) -> Thread:
    """Who changes a scheduled message holds its thread, as everybody does who answers in it."""
    return lock_thread(thread_id, "customer", "channel")


def _locked_now(row: ScheduledMessage) -> Thread:
    """The thread it stands in now: two may have become one since the row was read."""
    rows = ScheduledMessage.objects.filter(id=row.id)
    while True:
        thread = _locked(rows.values_list("thread_id", flat=True).get())
        if rows.filter(thread=thread).exists():
            return thread


def _shown(row: ScheduledMessage) -> ScheduledMessage:
    """The row as it is now, while its thread is locked. Raises NotPossible."""
    found: ScheduledMessage = ScheduledMessage.objects.select_related("channel", "member").get(id=row.id)
    if found.state not in SHOWN:
        raise NotPossible(
            _("It has left already.")
            if found.state == ScheduledState.SENT
            else _("It was cancelled already.")
        )
    return found


def _writer(row: ScheduledMessage) -> Author:
    if row.member and not row.member.is_active:
        raise NotPossible(
            _("%s, who wrote it, no longer works here; write it in your own name.") % row.member.name
        )
    key = row.actor["id"]
    return Author(row.actor["kind"], UUID(key) if key else None, row.actor["name"], row.member)


def _said(row: ScheduledMessage) -> dict[str, Any]:
    """The arguments of ``reply``. Raises NotPossible when a file of it went elsewhere or its address is
    gone."""
    found = Attachment.objects.select_for_update().filter(
        id__in=row.attachment_ids, message=None, state=FileState.READY
    )
    files = {one.id: one for one in found.order_by("id")}
    if len(files) < len(set(row.attachment_ids)):
        raise NotPossible(_("A file of it was sent elsewhere; write it again."))
    address = Address.objects.filter(id=row.address).first() if row.address else None
    if row.address and address is None:
        raise NotPossible(_("The address it was to go to was removed; write it again."))
    quoted = Message.objects.filter(id=row.reply_to).first() if row.reply_to else None
    return {
        "text": row.text,
        "channel": row.channel,
        "address": address,
        "reply_to": quoted,
        "attachments": [files[key] for key in row.attachment_ids],
        "template": row.template,
        "kind": row.kind or None,
        "content": with_direct(row.content, None),
        "direct": direct_of(row.content),
    }


def scheduled_files(row: ScheduledMessage) -> list[Attachment]:
    """The files of a scheduled message, in their order."""
    files = Attachment.objects.in_bulk(row.attachment_ids) if row.attachment_ids else {}
    return [files[key] for key in row.attachment_ids if key in files]


def _tell(event: str, thread: Thread, row: ScheduledMessage, by: Author) -> None:
    thread.version += 1
    thread.save(update_fields=["scheduled_count", "mentions", "version", "updated_at"])
    prefetch_related_objects([thread], "customer__addresses")
    data = {
        "thread": thread_shape(thread),
        "from": {},
        "to": {"send_at": stamp(row.send_at)},
        "scheduled_message": scheduled_shape(row, scheduled_files(row)),
    }
    bus.record(event, data, actor=by.actor, thread_id=thread.id, customer_id=thread.customer_id)
