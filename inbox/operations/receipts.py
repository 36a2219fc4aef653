"""Read stored webhook bodies: parse, route every item to its tenant, store, and note what became of it.

One bad item never harms its neighbours: what cannot be stored is quarantined alone, with a reason an admin
can read (reliability rules 3 and 36).
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox.channels import UnknownChannel, adapter_for
from inbox.models import Channel, ChannelRoute, Outcome, Receipt, ReceiptOutcome
from inbox.operations.arrivals import Arrival, Verdict
from inbox.operations.errors import NotPossible
from inbox.operations.receive import receive
from inbox.operations.statuses import store_statuses
from inbox.ports import (
    AddressChange,
    Inbound,
    InboundChange,
    InboundMessage,
    InboundReaction,
    Notice,
    StatusReport,
    Unparsable,
)

log = logging.getLogger(__name__)

TAKE = 200
ITEMS_AT_ONCE = 500
ATTEMPTS_MAX = 3


@dataclass(slots=True)
class Part:
    """One item of one receipt. tenant_id None: nobody's (an unknown number on a shared address)."""

    receipt: Receipt
    position: int
    item: Inbound
    tenant_id: UUID | None = None
    channel_id: UUID | None = None
    verdict: Verdict | None = None

    def quarantine(self, reason: str) -> None:
        self.verdict = Verdict(Outcome.QUARANTINED, reason)


def drain(*, seconds: float = 25.0) -> int:
    """Work off stored bodies, oldest first, until none is left or time is up; returns how many."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until and (receipts := _claim(TAKE)):
        for group in _by_size(receipts):
            _work(group)
        done += len(receipts)
    return done


def _claim(limit: int) -> list[Receipt]:
    """Lease new receipts. One that has killed its worker three times is not tried again as it is."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Receipt.objects.filter(id__in=ids).order_by("id")) if ids else []


_CLAIM = """
UPDATE inbox_receipt SET attempts = attempts + 1, lease_until = now() + interval '60 s'
WHERE id IN (SELECT id FROM inbox_receipt WHERE state = 'new' AND (lease_until IS NULL OR lease_until < now())
             ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def _by_size(receipts: Sequence[Receipt]) -> Iterable[list[_Parsed]]:
    """Parse, and group so that one transaction holds some hundred items; a large body stands alone."""
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
    _route(parts)
    by_tenant: dict[UUID, list[Part]] = defaultdict(list)
    for part in parts:
        if part.tenant_id:
            by_tenant[part.tenant_id].append(part)
    owners: dict[UUID, set[UUID | None]] = defaultdict(set)
    for part in parts:
        owners[part.receipt.id].add(part.tenant_id)
    for tenant_id, mine in sorted(by_tenant.items()):
        _store(tenant_id, mine, owners)
    _finish([one.receipt for one in group], owners)


# ---------------------------------------------------------------- routing


def _route(parts: Sequence[Part]) -> None:
    """Find each item's tenant and channel. An item may only reach a channel whose app signed its body."""
    routes = _routes(parts)
    sole = _sole_tenants({part.receipt.app_id for part in parts})
    hooked = _hooked({part.receipt.channel_id for part in parts if part.receipt.channel_id})
    for part in parts:
        receipt, account = part.receipt, part.item.account
        route = routes.get((receipt.kind, account))
        if route and route.app_id == receipt.app_id:
            part.tenant_id, part.channel_id = route.tenant_id, route.channel_id
            continue
        part.tenant_id = hooked.get(receipt.channel_id) if receipt.channel_id else sole.get(receipt.app_id)
        if isinstance(part.item, Notice) and not account:
            part.channel_id = receipt.channel_id
        elif isinstance(part.item, Notice) and part.item.known:
            part.verdict = Verdict(Outcome.IGNORED, part.item.detail or f"{part.item.topic} is not used yet.")
        else:
            part.quarantine(
                f"No connected channel has the account {account[:60]}." if account else "It names no account."
            )


def _routes(parts: Sequence[Part]) -> dict[tuple[str, str], ChannelRoute]:
    accounts = {part.item.account for part in parts if part.item.account}
    rows = ChannelRoute.objects.filter(
        kind__in={part.receipt.kind for part in parts}, external_id__in=accounts
    )
    return {(row.kind, row.external_id): row for row in rows}


def _sole_tenants(apps: set[UUID]) -> dict[UUID, UUID]:
    """Apps whose channels all belong to one tenant."""
    owners: dict[UUID, set[UUID]] = defaultdict(set)
    for app_id, tenant_id in (
        ChannelRoute.objects.filter(app__in=apps).values_list("app_id", "tenant_id").distinct()
    ):
        owners[app_id].add(tenant_id)
    return {app_id: next(iter(tenants)) for app_id, tenants in owners.items() if len(tenants) == 1}


def _hooked(channels: set[UUID]) -> dict[UUID, UUID]:
    return dict(ChannelRoute.objects.filter(channel_id__in=channels).values_list("channel_id", "tenant_id"))


# ---------------------------------------------------------------- storing


def _store(tenant_id: UUID, parts: list[Part], owners: dict[UUID, set[UUID | None]]) -> None:
    """Everything of one tenant in one transaction; if that fails, each item in its own."""
    try:
        with tenant_context(tenant_id):
            _store_parts(parts)
            _write_outcomes(parts, owners)
    except (DatabaseError, ValueError, TypeError, KeyError, AttributeError) as error:
        if _is_away(error):
            raise
        log.warning(
            "a batch failed, trying its items alone: %s",
            type(error).__name__,
            extra={"tenant": str(tenant_id)},
        )
        for part in parts:
            _store_alone(tenant_id, part)
        with tenant_context(tenant_id):
            _write_outcomes(parts, owners)


def _is_away(error: Exception) -> bool:
    """PostgreSQL is gone, or two workers met: the lease ends and the receipts are read again."""
    connection_lost = connection.connection is not None and connection.connection.closed
    code = getattr(error.__cause__, "pgcode", None) or ""
    return bool(connection_lost) or code.startswith(("08", "40", "53", "55", "57"))


def _store_alone(tenant_id: UUID, part: Part) -> None:
    part.verdict = (
        None if part.verdict is None or part.verdict.outcome != Outcome.QUARANTINED else part.verdict
    )
    try:
        with tenant_context(tenant_id):
            _store_parts([part])
    except (DatabaseError, ValueError, TypeError, KeyError, AttributeError) as error:
        if _is_away(error):
            raise
        log.exception(
            "an item was quarantined", extra={"receipt": str(part.receipt.id), "tenant": str(tenant_id)}
        )
        part.quarantine(f"It could not be stored ({type(error).__name__}).")


def _store_parts(parts: Sequence[Part]) -> None:
    channels = {
        row.id: row for row in Channel.objects.filter(id__in={p.channel_id for p in parts if p.channel_id})
    }
    arrivals: list[Arrival] = []
    for n, part in enumerate(parts):
        if part.verdict and part.verdict.outcome in {Outcome.QUARANTINED, Outcome.IGNORED}:
            continue
        if isinstance(part.item, Notice):
            part.verdict = _verdict_on(part.item)
        elif part.channel_id in channels:
            arrivals.append(Arrival(n, channels[part.channel_id], part.item, part.receipt.received_at))
        else:
            part.quarantine("The channel was removed.")
    reports = [arrival for arrival in arrivals if isinstance(arrival.item, StatusReport)]
    others = [arrival for arrival in arrivals if not isinstance(arrival.item, StatusReport)]
    for index, verdict in {**receive(others), **store_statuses(reports)}.items():
        parts[index].verdict = verdict
    for arrival in arrivals:
        if parts[arrival.index].verdict is None:
            parts[arrival.index].quarantine("It names no person.")


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
    InboundMessage: "message",
    InboundReaction: "reaction",
    InboundChange: "change",
    StatusReport: "status",
    AddressChange: "address",
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
    Receipt.objects.filter(id=receipt_id).update(state="new", attempts=0, lease_until=None)
