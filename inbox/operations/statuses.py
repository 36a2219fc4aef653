"""What providers report of our messages: kept for ever, shown only when it rises (reliability rule 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from common import queues
from common.ids import uuid7
from common.sql import as_json, insert_rows, update_from_values
from common.tenancy import require_tenant
from common.wire import stamp
from events import bus
from inbox.models import (
    Channel,
    Delivery,
    Message,
    MessageStatus,
    Outcome,
    Status,
)
from inbox.models.deliveries import QUEUE as DELIVERIES
from inbox.operations import identities
from inbox.operations.arrivals import Arrival, Verdict
from inbox.operations.reach import note_free_entries, note_opt_outs
from inbox.operations.standing import hold_back
from inbox.ports import UNTOLD, Hold, StatusReport

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


#: Ends that tell why.
_WITH_ERROR = (Status.FAILED, Status.CANCELLED)
#: A report that changed what is known of a message and not its status: how long a call took, what it cost.
LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Change:
    """A message's new status, with what an event says of it. learned: what became known of its content."""

    message: Message
    status: str
    at: datetime
    learned: Mapping[str, Any] | None = None


def store_statuses(arrivals: Sequence[Arrival]) -> dict[int, Verdict]:
    """Store the status reports of one tenant; the scope must be open. Returns a verdict per arrival index.

    Writes MessageStatus, Message, Delivery (the proof that an uncertain one went out), Thread.last_status and
    events: one statement per table. A report whose message is not known yet waits (``match_waiting``).
    """
    rows = {a.index: _row(a.channel, a.item) for a in arrivals if isinstance(a.item, StatusReport)}
    # In one order: two workers with the same reports must not wait for each other in a ring.
    ordered = sorted(rows.values(), key=lambda row: (row.external_id, row.word, row.occurred_at))
    new = {row[0] for row in insert_rows(ordered, on_conflict="DO NOTHING", returning=["id"])}
    if fresh := [row for row in ordered if row.id in new]:
        _match(fresh, _echoed(fresh))
    hold_back(_holds(a for a in arrivals if a.index in rows and rows[a.index].id in new))
    identities.learn_identities(arrivals)
    return {
        index: Verdict(Outcome.STORED if row.id in new else Outcome.DUPLICATE) for index, row in rows.items()
    }


def _holds(arrivals: Iterable[Arrival]) -> dict[UUID, Hold]:
    """What a failure says of its whole account."""
    return {
        a.channel.id: a.item.error.hold
        for a in arrivals
        if isinstance(a.item, StatusReport) and a.item.error and a.item.error.hold
    }


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
        learned=report.learned or None,
        pricing=_pricing(report),
        error=None
        if error is None
        else {
            "code": error.reason or "failed",
            "title": error.title,
            "detail": error.detail,
            "provider_code": error.code,
            **({"advice": error.advice} if error.advice else {}),
        },
    )


def _pricing(report: StatusReport) -> dict[str, Any] | None:
    ends = {"free_until": stamp(report.free_until)} if report.free_until else {}
    return {**report.pricing, **ends} or None


def _echoed(rows: Iterable[MessageStatus]) -> dict[UUID, str]:
    """{message id: provider id} of reports that echo the id of one of our deliveries: whatever became of the
    provider's answer, this message went out (rule 12)."""
    refs = {UUID(row.client_ref): row.external_id for row in rows if _is_uuid(row.client_ref)}
    found = Delivery.objects.filter(id__in=refs).order_by("created_at").values_list("message", "id")
    return {message_id: refs[delivery_id] for message_id, delivery_id in found}


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
        _match(found, {})


def _match(rows: Sequence[MessageStatus], echoed: Mapping[UUID, str]) -> None:
    """Apply reports to our messages: those their provider ids name, and those that are proved only now."""
    by_key: dict[tuple[UUID, str], list[MessageStatus]] = defaultdict(list)
    for row in rows:
        by_key[row.channel_id, row.external_id].append(row)
    messages = lock_messages(
        Q(id__in=echoed, external_id=None)
        | Q(
            direction="outbound",
            channel__in={key[0] for key in by_key},
            external_id__in={key[1] for key in by_key},
        )
    )
    _prove([message for message in messages if message.external_id is None], echoed)
    reports = {
        message: by_key.get((message.channel_id, message.external_id or ""), []) for message in messages
    }
    changes = [change for message, group in reports.items() for change in _apply(message, group)]
    _save([message for message, group in reports.items() if group])
    note_opt_outs((c.message, c.at) for c in changes if (c.message.error or {}).get("code") == "opted_out")
    identities.note_failures(
        (c.message, c.at) for c in changes if (c.message.error or {}).get("code") == identities.CODE
    )
    note_free_entries(_free_ends(reports))
    matched = [row.id for group in reports.values() for row in group]
    MessageStatus.objects.filter(id__in=matched).update(matched=True)
    announce_statuses(changes)


def _free_ends(reports: Mapping[Message, Sequence[MessageStatus]]) -> Iterable[tuple[Message, str]]:
    for message, group in reports.items():
        for row in group:
            if row.pricing and row.pricing.get("free_until"):
                yield message, row.pricing["free_until"]


def by_id(ids: Iterable[UUID]) -> Q:
    """The messages with these ids, for ``lock_messages``."""
    return Q(id__in=list(ids))


def lock_messages(which: Q) -> list[Message]:
    """Lock messages of ours before their deliveries and threads, always in this order, so that reports and
    the outcomes of sends never wait for each other in a ring."""
    rows = Message.objects.filter(which).select_for_update(of=("self",)).order_by("id")
    return list(rows)


def hold_messages(ids: Iterable[UUID]) -> None:
    """Lock these messages as ``lock_messages`` does, for whoever knows already what is in them."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [require_tenant(), list(ids)])


_HOLD = """
SELECT FROM inbox_message WHERE tenant_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE
"""


def _prove(messages: Sequence[Message], echoed: Mapping[UUID, str]) -> None:
    """Note that these locked messages went out, and let those behind them in their threads go."""
    for message in messages:
        message.external_id = echoed[message.id]
    values = [(message.tenant_id, message.id, message.external_id) for message in messages]
    settled = update_from_values(_SETTLE, values, template="(%s::uuid, %s::uuid, %s)")
    if settled:
        queues.enqueue(DELIVERIES)


_SETTLE = """
UPDATE inbox_delivery d
SET state = 'sent', external_id = v.external_id, lease_until = NULL, settled_at = now()
FROM (VALUES %s) AS v (tenant_id, message_id, external_id)
WHERE d.tenant_id = v.tenant_id AND d.message_id = v.message_id AND d.message_id = ANY (:these)
  AND d.state IN ('ready', 'claimed', 'sending', 'uncertain', 'held')
RETURNING d.id
"""


def _apply(message: Message, rows: Iterable[MessageStatus]) -> list[Change]:
    """Every report into the message's history, and into its status where it rises; in memory."""
    changes: list[Change] = []
    for row in sorted(rows, key=lambda row: (_when(row), RANK[Status(row.status)])):
        entry: dict[str, Any] = {"status": row.status, "at": stamp(_when(row))}
        if detail := _detail(row):
            entry["detail"] = detail
        message.history = [*message.history, entry]
        is_priced = _tells_price(message, row)
        message.pricing = {**(message.pricing or {}), **(row.pricing or {})} or None
        message.content = {**message.content, **(row.learned or {})}
        if _rises(message, row):
            message.status = row.status
            message.error = row.error if row.status in _WITH_ERROR else None
            changes.append(Change(message, row.status, _when(row), row.learned))
        elif row.learned or is_priced:
            changes.append(Change(message, LEARNED, _when(row), row.learned))
    return changes


def _tells_price(message: Message, row: MessageStatus) -> bool:
    """Something new about what it costs that no later report is sure to repeat: an amount, or anything
    once it has arrived."""
    new = {
        key: value for key, value in (row.pricing or {}).items() if (message.pricing or {}).get(key) != value
    }
    has_arrived = message.status in (Status.DELIVERED, Status.READ)
    return bool(new) and ("price" in new or has_arrived)


def _detail(row: MessageStatus) -> str:
    """Who in a group it is about, and the provider's own word where it is another than ours."""
    said = [row.word if row.word != row.status else "", row.participant]
    return " · ".join(filter(None, said))


def _rises(message: Message, row: MessageStatus) -> bool:
    """One person in a group who did not get it has not failed the message."""
    if row.participant and row.status == Status.FAILED:
        return False
    return RANK[Status(row.status)] > RANK[Status(message.status)]


def _when(row: MessageStatus) -> datetime:
    """When it happened; for a provider that does not say, when we stored it."""
    return row.created_at if row.occurred_at == UNTOLD else row.occurred_at


def _save(messages: Sequence[Message]) -> None:
    values = [
        (
            *(m.tenant_id, m.id, m.external_id, m.status),
            *(as_json(value) for value in (m.history, m.error, m.pricing, m.content)),
        )
        for m in messages
    ]
    update_from_values(
        _SAVE, values, template="(%s::uuid, %s::uuid, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb)"
    )


_SAVE = """
UPDATE inbox_message m
SET external_id = v.external_id, status = v.status, history = v.history, error = v.error, pricing = v.pricing,
    content = v.content
FROM (VALUES %s) AS v (tenant_id, id, external_id, status, history, error, pricing, content)
WHERE m.tenant_id = v.tenant_id AND m.id = v.id AND m.id = ANY (:these)
"""


def announce_statuses(changes: Sequence[Change]) -> None:
    """Record the events of changed messages and let the list show the ticks of each thread's last one."""
    last = {change.message.id: change.message for change in changes}
    values = [(one.tenant_id, one.thread_id, one.id, one.status) for one in last.values()]
    update_from_values(_SHOW_STATUS, values, template="(%s::uuid, %s::uuid, %s::uuid, %s)")
    for change in changes:
        _record(change)


#: Threads are locked in one order, as everywhere, before any is written.
_SHOW_STATUS = """
WITH v (tenant_id, thread_id, message_id, status) AS (VALUES %s), shown AS (
  SELECT t.tenant_id, t.id, v.status FROM inbox_thread t
  JOIN v ON t.tenant_id = v.tenant_id AND t.id = v.thread_id AND t.id = ANY (:these)
    AND t.last_message_id = v.message_id
  ORDER BY t.id FOR UPDATE OF t)
UPDATE inbox_thread t SET last_status = shown.status FROM shown
WHERE t.tenant_id = shown.tenant_id AND t.id = shown.id AND t.id = ANY (:these)
"""


def _record(change: Change) -> None:
    message = change.message
    data = {
        "message_id": message.id,
        "thread_id": message.thread_id,
        "client_ref": message.client_ref,
        "provider_id": message.external_id,
        "status": message.status if change.status == LEARNED else change.status,
        "at": stamp(change.at),
        "attempts": message.attempts,
        "error": message.error,
        "status_history": message.history,
        "pricing": message.pricing,
    }
    if change.learned:
        data["content"] = dict(change.learned)
    bus.record(f"message.{change.status}", data, thread_id=message.thread_id, customer_id=message.customer_id)
