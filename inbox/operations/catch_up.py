"""Ask providers that do not repeat a webhook what they have, and store what none brought (rule 2).

What is found takes the same walk as a webhook: a receipt, read by the adapter, stopped by the same unique ids
if it comes twice. Each channel's next look is a row with a due time; the clock finds it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from common import queues
from common.tenancy import tenant_context
from common.wake import wake
from inbox.channels import adapter_for
from inbox.models import Channel, ChannelRoute, Message, Receipt, Status
from inbox.operations.channels import CATCH_UP, channel_account, note_channel_error
from inbox.operations.statuses import RANK
from inbox.ports import UNTOLD, Account, CanListRecent, Inbound, InboundMessage, Json, SendError, StatusReport

log = logging.getLogger(__name__)

#: Each look reaches back over the end of the last one, and leaves what may still come by webhook.
OVERLAP = timedelta(minutes=10)
GRACE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Job:
    channel: Channel
    account: Account
    since: datetime


def catch_up_all() -> int:
    """Look after every channel that is due, tenant by tenant; returns how many were asked."""
    asked = 0
    while claim := queues.claim_tenant(CATCH_UP):
        with tenant_context(claim.tenant_id):
            jobs = _due()
        for job in jobs:
            _catch_up(claim.tenant_id, job)
        with tenant_context(claim.tenant_id):
            next_due = _looked_after().order_by("catch_up_at").values_list("catch_up_at", flat=True).first()
        queues.settle(claim, next_due)
        asked += len(jobs)
    return asked


def _looked_after() -> QuerySet[Channel]:
    return Channel.objects.filter(is_active=True, catch_up_at__isnull=False)


def _due() -> list[_Job]:
    return [
        _Job(row, channel_account(row), (row.caught_up_to or row.created_at) - OVERLAP)
        for row in _looked_after().filter(catch_up_at__lte=timezone.now())
    ]


def _catch_up(tenant_id: UUID, job: _Job) -> None:
    """Ask outside any transaction; write what is missing and when to look again in one."""
    started, adapter = timezone.now(), adapter_for(job.channel.kind)
    bodies: list[bytes] | None = None
    try:
        bodies = (
            adapter.list_recent(job.account, since=job.since) if isinstance(adapter, CanListRecent) else []
        )
    except SendError as error:
        log.warning("could not catch up: %s", error.reason, extra={"channel": str(job.channel.id)})
        with tenant_context(tenant_id):
            note_channel_error(channel=job.channel, sentence=f"Looking for missed messages: {error.detail}")
    with tenant_context(tenant_id):
        for body in bodies or ():
            _store(job.channel, body, started)
        fields: dict[str, datetime] = {"catch_up_at": started + timedelta(seconds=settings.CATCH_UP_EVERY_S)}
        if bodies is not None:
            fields["caught_up_to"] = started
        Channel.objects.filter(id=job.channel.id).update(**fields)


def _store(channel: Channel, body: bytes, now: datetime) -> None:
    missing = _missing(channel, adapter_for(channel.kind).parse(body), now)
    if not missing:
        return
    route = ChannelRoute.objects.get(channel_id=channel.id)
    Receipt.objects.create(
        kind=channel.kind, app_id=route.app_id, channel_id=channel.id, body=_body(missing), received_at=now
    )
    transaction.on_commit(partial(wake, "receipts"))


def _body(missing: Iterable[Inbound]) -> bytes:
    """The list again, with only what is missing."""
    rows: dict[str, list[Json]] = defaultdict(list)
    for item in missing:
        rows[item.path.partition("[")[0]].append(item.raw)
    return orjson.dumps(rows)


def _missing(channel: Channel, items: Sequence[Inbound], now: datetime) -> list[Inbound]:
    """Messages we do not have, and reports that would raise one of ours."""
    known = {
        (direction, external_id): status
        for direction, external_id, status in Message.objects.filter(
            channel=channel, external_id__in={getattr(item, "external_id", "") for item in items}
        ).values_list("direction", "external_id", "status")
    }
    return [item for item in items if _is_missing(item, known, now)]


def _is_missing(item: Inbound, known: dict[tuple[str, str | None], str], now: datetime) -> bool:
    if isinstance(item, InboundMessage):
        is_settled = item.occurred_at == UNTOLD or item.occurred_at < now - GRACE
        return is_settled and ("inbound", item.external_id) not in known
    if isinstance(item, StatusReport):
        status = known.get(("outbound", item.external_id))
        return status is not None and RANK[Status(item.status)] > RANK[Status(status)]
    return False
