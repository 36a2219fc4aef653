"""Read stored webhook bodies: parse, route every item to its tenant, store, and note what became of it.

One bad item never harms its neighbours: what cannot be stored is quarantined alone, with a reason an admin
can read (reliability rules 3 and 36).
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from common.ids import uuid7
from common.outlast import AWAY, outlast
from common.sql import insert_rows
from common.tenancy import tenant_context
from events import audit
from inbox.channels import UnknownChannel, adapter_for, adapters
from inbox.models import Channel, Outcome, Receipt, ReceiptOutcome
from inbox.operations.arrivals import Arrival, Part, Verdict
from inbox.operations.errors import NotPossible
from inbox.operations.receive import receive
from inbox.operations.routing import route
from inbox.operations.standing import heed_notice
from inbox.operations.statuses import store_statuses
from inbox.ports import (
    UNTOLD,
    AddressChange,
    CopiedMessage,
    Inbound,
    InboundCall,
    InboundCallRecord,
    InboundChange,
    InboundConsent,
    InboundIdentity,
    InboundMessage,
    InboundName,
    InboundReaction,
    Notice,
    StatusReport,
    TakesNotices,
    Unparsable,
)

log = logging.getLogger(__name__)

#: Receipts taken at once: new ones, those whose worker stopped once, and those whose worker stopped again.
TAKE = (500, 25, 1)
#: So many bytes of reports are taken at once, about a second's work: what people write comes between.
REPORTS_BYTES = 262_144
#: A worker that stalls gives its receipts back after this; a living one renews it between its transactions.
#: Of one that died PostgreSQL knows at once.
LEASE = "20 seconds"
ITEMS_AT_ONCE = 1_000
#: Groups stored at the same time.
HANDS = 2
ATTEMPTS_MAX = 3
#: What an item may be to blame for.
UNSTORABLE = (DatabaseError, ValueError, TypeError, KeyError, AttributeError)


def drain(*, seconds: float = 25.0) -> int:
    """Work off stored bodies, oldest first and reports last, until none is left or time is up; returns how
    many."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until and (receipts := outlast(_claim)):
        _work_all(_by_size(receipts), partial(_renew, receipts))
        done += len(receipts)
    return done


def _work_all(groups: Iterator[list[_Parsed]], renew: Callable[[], None]) -> None:
    """Several groups are stored side by side: one thinks while another waits for PostgreSQL.

    renew: holds on to what is still to be read.
    """
    first, second = next(groups), next(groups, None)
    if second is None or connection.in_atomic_block:
        for group in filter(None, chain([first, second], groups)):
            _work(group)
        return
    with ThreadPoolExecutor(HANDS, thread_name_prefix="receipts") as hands:
        running: set[Future[None]] = set()
        for group in chain([first, second], groups):
            if len(running) == HANDS:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for one in ended:
                    one.result()
                outlast(renew)
            running.add(hands.submit(_work_apart, group))
        for one in running:
            one.result()


def _work_apart(group: Sequence[_Parsed]) -> None:
    try:
        _work(group)
    finally:
        connection.close()


def _claim() -> list[Receipt]:
    """Lease the oldest receipts that are as often tried as the very oldest: all that are new together, then
    few, then one at a time, so that one that stops its worker is told from its neighbours."""
    taken = Receipt.objects.raw(_CLAIM, [*TAKE, LEASE, REPORTS_BYTES])
    return sorted(taken, key=lambda receipt: (receipt.only_reports, receipt.id))


_FREE = "state = 'new' AND (lease_until IS NULL OR lease_until < now() OR common_is_gone(holder))"
_CLAIM = f"""
WITH oldest AS (SELECT attempts FROM inbox_receipt WHERE {_FREE} ORDER BY only_reports, id LIMIT 1),
next AS (SELECT id, only_reports, CASE WHEN only_reports THEN length(body) ELSE 0 END AS size
         FROM inbox_receipt
         WHERE {_FREE} AND attempts = (SELECT attempts FROM oldest)
         ORDER BY only_reports, id
         LIMIT (SELECT CASE attempts WHEN 0 THEN %s WHEN 1 THEN %s ELSE %s END FROM oldest)
         FOR UPDATE SKIP LOCKED),
taken AS (SELECT id, sum(size) OVER (ORDER BY only_reports, id) - size AS before FROM next)
UPDATE inbox_receipt
SET attempts = attempts + 1, lease_until = now() + %s::interval, holder = common_holder()
WHERE id IN (SELECT id FROM taken WHERE before <= %s)
RETURNING *
"""  # noqa: S608 - our own words


def _renew(receipts: Sequence[Receipt]) -> None:
    """Hold on to what is still to be read."""
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [LEASE, [receipt.id for receipt in receipts]])


_RENEW = """
UPDATE inbox_receipt SET lease_until = now() + %s::interval, holder = common_holder()
WHERE id = ANY(%s) AND state = 'new'
"""


def _by_size(receipts: Sequence[Receipt]) -> Iterator[list[_Parsed]]:
    """Parse, and group so that one transaction holds about a thousand items; a large body stands alone."""
    group: list[_Parsed] = []
    size = 0
    for receipt in receipts:
        items = _parse(receipt)
        if group and size + len(items) > ITEMS_AT_ONCE:
            yield group
            group, size = [], 0
        group.append(_Parsed(receipt, items))
        size += len(items)
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class _Parsed:
    receipt: Receipt
    items: list[Inbound]


def _parse(receipt: Receipt) -> list[Inbound]:
    if receipt.attempts > ATTEMPTS_MAX:
        return [
            Notice(
                account="",
                path="",
                topic="body",
                known=False,
                detail="Reading it stopped a worker three times.",
            )
        ]
    try:
        return adapter_for(receipt.kind).parse(bytes(receipt.body))
    except (Unparsable, UnknownChannel) as error:
        return [
            Notice(account="", path="", topic="body", known=False, detail=f"The body cannot be read: {error}")
        ]


def _work(group: Sequence[_Parsed]) -> None:
    parts = [Part(one.receipt, n, item) for one in group for n, item in enumerate(one.items)]
    outlast(partial(route, parts))
    by_tenant: dict[UUID, list[Part]] = defaultdict(list)
    for part in parts:
        if part.tenant_id:
            by_tenant[part.tenant_id].append(part)
    owners: dict[UUID, set[UUID | None]] = defaultdict(set)
    for part in parts:
        owners[part.receipt.id].add(part.tenant_id)
    for tenant_id, mine in sorted(by_tenant.items()):
        _store(tenant_id, mine, owners)
    outlast(partial(_finish, [one.receipt for one in group], owners))


# ---------------------------------------------------------------- storing


def _store(tenant_id: UUID, parts: list[Part], owners: dict[UUID, set[UUID | None]]) -> None:
    """Everything of one tenant together; if something in it cannot be stored, each item in its own."""
    tell = partial(_write_outcomes, parts, owners)
    try:
        outlast(partial(_store_together, tenant_id, parts, tell))
    except AWAY:
        raise  # nothing is wrong with the items: the lease ends and they are read again
    except UNSTORABLE as error:
        log.warning(
            "a batch failed, trying its items alone: %s",
            type(error).__name__,
            extra={"tenant": str(tenant_id)},
        )
        for part in parts:
            _store_alone(tenant_id, part)
        outlast(partial(_store_together, tenant_id, [], tell))


def _store_alone(tenant_id: UUID, part: Part) -> None:
    try:
        outlast(partial(_store_together, tenant_id, [part], lambda: None))
    except AWAY:
        raise
    except UNSTORABLE as error:
        log.exception(
            "an item was quarantined", extra={"receipt": str(part.receipt.id), "tenant": str(tenant_id)}
        )
        part.quarantine(f"It could not be stored ({type(error).__name__}).")


def _store_together(tenant_id: UUID, parts: Sequence[Part], tell: Callable[[], None]) -> None:
    """Messages, then reports, then what `tell` writes.

    Messages lock their threads, and reports lock our messages and then their threads. So they do not share a
    transaction: two that take locks in different orders could wait for each other.
    """
    with tenant_context(tenant_id):
        others, reports = _arrivals(parts)
        _note(parts, others, receive(others))
        if not (others and reports):
            _store_reports(parts, reports, tell)
            return
    with tenant_context(tenant_id):
        _store_reports(parts, reports, tell)


def _store_reports(parts: Sequence[Part], reports: Sequence[Arrival], tell: Callable[[], None]) -> None:
    _note(parts, reports, store_statuses(reports))
    tell()


def _arrivals(parts: Sequence[Part]) -> tuple[list[Arrival], list[Arrival]]:
    """What is to be stored: (messages and changes, reports). Every other item gets its verdict here."""
    channels = {
        row.id: row for row in Channel.objects.filter(id__in={p.channel_id for p in parts if p.channel_id})
    }
    others: list[Arrival] = []
    reports: list[Arrival] = []
    for n, part in enumerate(parts):
        if part.verdict and part.verdict.outcome in {Outcome.QUARANTINED, Outcome.IGNORED}:
            continue
        if isinstance(part.item, Notice):
            part.verdict = _heeded(part, part.item) or _verdict_on(part.item)
        elif part.channel_id in channels:
            kind = reports if isinstance(part.item, StatusReport) else others
            item = _timed(part.item, part.receipt.received_at)
            kind.append(Arrival(n, channels[part.channel_id], item, part.receipt.received_at))
        else:
            part.quarantine("The channel was removed.")
    return others, reports


def _timed(item: Inbound, received_at: datetime) -> Inbound:
    """What no time was told of happened when it reached us. Reports keep "untold": a second copy of one must
    be the same report, whenever it comes."""
    if isinstance(item, InboundMessage) and item.occurred_at == UNTOLD:
        return replace(item, occurred_at=received_at)
    return item


def _note(parts: Sequence[Part], arrivals: Sequence[Arrival], verdicts: Mapping[int, Verdict]) -> None:
    """Every arrival has a verdict, except one that names no person."""
    for arrival in arrivals:
        if verdict := verdicts.get(arrival.index):
            parts[arrival.index].verdict = verdict
        else:
            parts[arrival.index].quarantine("It names no person.")


def _heeded(part: Part, notice: Notice) -> Verdict | None:
    """A notice that says something of an account of ours is kept there, and in the channel's own tables."""
    said = heed_notice(notice=notice, kind=part.receipt.kind, channel_id=part.channel_id)
    taken = _taken(part, notice)
    return Verdict(Outcome.STORED, said) if said else taken


def _taken(part: Part, notice: Notice) -> Verdict | None:
    """What the channel's own tables make of a notice."""
    adapter: object = adapters().get(part.receipt.kind)
    if not isinstance(adapter, TakesNotices):
        return None
    taken = adapter.take_notice(notice, channel_id=part.channel_id)
    return Verdict(Outcome(taken.outcome), taken.reason) if taken else None


def _verdict_on(notice: Notice) -> Verdict:
    if notice.known:
        return Verdict(Outcome.IGNORED, notice.detail or f"{notice.topic} is not used yet.")
    return Verdict(Outcome.QUARANTINED, notice.detail or f"{notice.topic} is not known.")


def _write_outcomes(parts: Sequence[Part], owners: dict[UUID, set[UUID | None]]) -> None:
    by_receipt: dict[UUID, list[Part]] = defaultdict(list)
    for part in parts:
        by_receipt[part.receipt.id].append(part)
    rows = []
    for receipt_id, mine in by_receipt.items():
        receipt = mine[0].receipt
        counts = Counter(str(part.verdict.outcome) for part in mine if part.verdict)
        rows.append(
            ReceiptOutcome(
                id=uuid7(),
                receipt_id=receipt_id,
                kind=receipt.kind,
                items=[_line(part) for part in mine],
                whole=len(owners[receipt_id]) == 1,
                received_at=receipt.received_at,
                size_bytes=len(receipt.body),
                **{outcome.value: counts[outcome.value] for outcome in Outcome},
            )
        )
    insert_rows(rows, on_conflict="DO NOTHING")


def _line(part: Part) -> dict[str, Any]:
    verdict = part.verdict or Verdict(Outcome.QUARANTINED, "Nothing was done with it.")
    line = {
        "position": part.position,
        "path": part.item.path,
        "kind": _kind(part.item),
        "channel_id": str(part.channel_id) if part.channel_id else None,
        "external_id": getattr(part.item, "external_id", ""),
        "outcome": str(verdict.outcome),
        "reason": verdict.reason,
    }
    if verdict.outcome in {Outcome.QUARANTINED, Outcome.IGNORED} and part.item.raw:
        line["raw"] = part.item.raw
    return line


#: What an admin reads as the kind of an item.
_KINDS = {
    InboundCall: "call",
    InboundCallRecord: "call_record",
    InboundMessage: "message",
    InboundReaction: "reaction",
    InboundChange: "change",
    StatusReport: "status",
    AddressChange: "address",
    InboundConsent: "consent",
    InboundName: "name",
    InboundIdentity: "identity",
    CopiedMessage: "copy",
}


def _kind(item: Inbound) -> str:
    return item.topic if isinstance(item, Notice) else _KINDS[type(item)]


def _finish(receipts: Sequence[Receipt], owners: dict[UUID, set[UUID | None]]) -> None:
    now: datetime = timezone.now()
    with transaction.atomic():
        for tenant_ids in {frozenset(owners[receipt.id]) for receipt in receipts}:
            ids = [receipt.id for receipt in receipts if owners[receipt.id] == tenant_ids]
            sole = next(iter(tenant_ids)) if len(tenant_ids) == 1 else None
            Receipt.objects.filter(id__in=ids).update(
                state="done", tenant_id=sole, done_at=now, lease_until=None
            )


def replay_receipt(*, receipt_id: UUID) -> None:
    """Read a body of the open scope's tenant once more; what is stored already stays as it is.

    Raises NotPossible when the tenant has no part in it. Writes Receipt; a worker does the rest.
    """
    outcome = ReceiptOutcome.objects.filter(receipt_id=receipt_id).first()
    if outcome is None:
        raise NotPossible("There is no such receipt.")
    outcome.delete()
    audit.note("receipt.replayed", receipt_id, outcome.kind)
    Receipt.objects.filter(id=receipt_id).update(state="new", attempts=0, lease_until=None)
