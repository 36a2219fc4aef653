"""What providers report of our messages: kept for ever, shown only when it rises (reliability rule 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from common.ids import uuid7
from common.sql import insert_rows, update_from_values
from common.wire import stamp
from events import bus
from inbox.models import (
    Channel,
    Delivery,
    DeliveryState,
    Message,
    MessageStatus,
    Outcome,
    Status,
    Thread,
)
from inbox.models.deliveries import UNSETTLED
from inbox.operations.arrivals import Arrival, Verdict
from inbox.ports import StatusReport

#: "failed" is the end unless the message is known to have arrived; what rises wins.
RANK = {
    Status.HELD: 0,
    Status.QUEUED: 0,
    Status.SENDING: 1,
    Status.UNCERTAIN: 1,
    Status.SENT: 2,
    Status.FAILED: 3,
    Status.CANCELLED: 3,
    Status.DELIVERED: 4,
    Status.READ: 5,
}


@dataclass(frozen=True, slots=True)
class Change:
    """A message's new status, with what an event says of it."""

    message: Message
    status: str
    at: datetime


def store_statuses(arrivals: Sequence[Arrival]) -> dict[int, Verdict]:
    """Store the status reports of one tenant; the scope must be open. Returns a verdict per arrival index.

    Writes MessageStatus, Message, Delivery (the proof that an uncertain one went out), Thread.last_status and
    events. A report whose message is not known yet waits for it (``match_waiting``).
    """
    rows = {a.index: _row(a.channel, a.item) for a in arrivals if isinstance(a.item, StatusReport)}
    new = {row[0] for row in insert_rows(list(rows.values()), on_conflict="DO NOTHING", returning=["id"])}
    verdicts = {
        index: Verdict(Outcome.STORED if row.id in new else Outcome.DUPLICATE) for index, row in rows.items()
    }
    fresh = [row for row in rows.values() if row.id in new]
    if fresh:
        _prove(fresh)
        _match(fresh)
    return verdicts


def _row(channel: Channel, report: StatusReport) -> MessageStatus:
    error = report.error
    return MessageStatus(
        id=uuid7(),
        channel=channel,
        external_id=report.external_id,
        status=report.status,
        word=report.word[:24],
        occurred_at=report.occurred_at,
        participant=report.participant[:160],
        client_ref=report.client_ref[:80],
        pricing=report.pricing or None,
        error=None
        if error is None
        else {
            "code": error.reason or "failed",
            "title": error.title,
            "detail": error.detail,
            "provider_code": error.code,
        },
    )


def _prove(rows: Iterable[MessageStatus]) -> None:
    """A report that echoes our delivery's id proves it was sent, whatever became of the answer (rule 12)."""
    refs = {UUID(row.client_ref): row for row in rows if _is_uuid(row.client_ref)}
    echoed = dict(Delivery.objects.filter(id__in=refs).order_by("created_at").values_list("message", "id"))
    unproved = Message.objects.filter(id__in=echoed, external_id__isnull=True)
    for message in unproved.select_for_update(of=("self",)).order_by("id"):
        message.external_id = refs[echoed[message.id]].external_id
        message.save(update_fields=["external_id"])
        settled = {
            "state": DeliveryState.SENT,
            "external_id": message.external_id,
            "settled_at": timezone.now(),
        }
        Delivery.objects.filter(message=message, state__in=UNSETTLED).update(**settled)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def match_waiting(keys: Sequence[tuple[UUID, str]]) -> None:
    """Apply the reports that came before the sends of these (channel id, provider id) were recorded."""
    if not keys:
        return
    rows = MessageStatus.objects.filter(
        channel__in={channel for channel, _ in keys},
        external_id__in={external for _, external in keys},
        matched=False,
    )
    found = [row for row in rows if (row.channel_id, row.external_id) in set(keys)]
    if found:
        _match(found)


def _match(rows: Sequence[MessageStatus]) -> None:
    by_key: dict[tuple[UUID, str], list[MessageStatus]] = defaultdict(list)
    for row in rows:
        by_key[row.channel_id, row.external_id].append(row)
    messages = Message.objects.filter(
        direction="outbound",
        channel__in={key[0] for key in by_key},
        external_id__in={key[1] for key in by_key},
    )
    found = list(messages.select_for_update(of=("self",)).select_related("customer").order_by("id"))
    changes = [
        change
        for message in found
        for change in _apply(message, by_key.get((message.channel_id, message.external_id or ""), []))
    ]
    known = {(message.channel_id, message.external_id) for message in found}
    matched = [row.id for key, group in by_key.items() if key in known for row in group]
    MessageStatus.objects.filter(id__in=matched).update(matched=True)
    announce_statuses(changes)


def _apply(message: Message, rows: Iterable[MessageStatus]) -> list[Change]:
    """Write every report into the message's history, and its status where it rises."""
    changes: list[Change] = []
    for row in sorted(rows, key=lambda row: (row.occurred_at, RANK[Status(row.status)])):
        entry: dict[str, Any] = {"status": row.status, "at": stamp(row.occurred_at)}
        if row.word != row.status:
            entry["detail"] = row.word
        message.history = [*message.history, entry]
        message.pricing = row.pricing or message.pricing
        if RANK[Status(row.status)] > RANK[Status(message.status)]:
            message.status = row.status
            message.error = row.error if row.status == Status.FAILED else None
            changes.append(Change(message, row.status, row.occurred_at))
    message.save(update_fields=["history", "status", "error", "pricing"])
    return changes


def announce_statuses(changes: Sequence[Change]) -> None:
    """Record the events of changed messages and let the list show the ticks of each thread's last one."""
    last = {change.message.id: change.message for change in changes}
    threads = {message.thread_id for message in last.values()}
    shown = Thread.objects.filter(id__in=threads, last_message_id__in=last).select_for_update(of=("self",))
    lines = list(shown.order_by("id").values_list("tenant_id", "id", "last_message_id")) if last else []
    values = [(tenant, thread, last[message].status) for tenant, thread, message in lines if message]
    update_from_values(_SHOW_STATUS, values, template="(%s::uuid, %s::uuid, %s)")
    for change in changes:
        _record(change)


_SHOW_STATUS = """
UPDATE inbox_thread t SET last_status = v.status FROM (VALUES %s) AS v (tenant_id, id, status)
WHERE t.tenant_id = v.tenant_id AND t.id = v.id
"""


def _record(change: Change) -> None:
    message = change.message
    data = {
        "message_id": message.id,
        "thread_id": message.thread_id,
        "client_ref": message.client_ref,
        "provider_id": message.external_id,
        "status": change.status,
        "at": stamp(change.at),
        "attempts": message.attempts,
        "error": message.error,
        "status_history": message.history,
    }
    bus.record(f"message.{change.status}", data, thread_id=message.thread_id, customer_id=message.customer_id)
