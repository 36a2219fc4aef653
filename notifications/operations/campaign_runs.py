"""The worker's side of campaigns: a turn checks some rows, or begins with some people, at the pace asked for.

A turn is one transaction and touches one campaign, whose row it locks: a row's state and its notification are
written together, so a worker killed at any point has done a whole turn or nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Min, Q

from common import turns
from common.sql import as_json, update_from_values
from common.tenancy import require_tenant
from common.times import database_now
from notifications.models import (
    Campaign,
    CampaignRow,
    CampaignState,
    Notification,
    NotificationState,
    RowState,
)
from notifications.operations.campaign_rows import ask_of, author_of, check_some
from notifications.operations.campaigns import QUEUE, end, launch, tell_done
from notifications.operations.notify import Accepted, Refusal, notify
from notifications.operations.recipients import find_recipients

#: A batch is what two seconds of the pace allow, and at most this many.
BATCH_S, AT_MOST = 2.0, 500
#: When more of a campaign have not left than this, it waits for them: a provider is away or slow.
BACKLOG = 1_000
LOOK_AGAIN = timedelta(seconds=5)
#: A turn that comes late by less keeps the pace of the turns before it; after more nothing is made up for.
LATE = timedelta(seconds=BATCH_S)


def work_all(*, seconds: float = 20.0) -> int:
    """Serve tenants with campaigns that are due; returns how many turns were taken."""
    return turns.serve(QUEUE, take_turn, seconds=seconds)


def take_turn() -> datetime | None:
    """One turn of the open scope's tenant; returns when the next one is due."""
    now = database_now()
    due = Campaign.objects.filter(due_at__lte=now).order_by("due_at", "id")
    due = due.select_for_update(of=("self",), skip_locked=True, no_key=True)
    for campaign in due.select_related("type__current", "version")[:1]:
        _work(campaign, now)
    first: datetime | None = Campaign.objects.aggregate(first=Min("due_at"))["first"]
    return first


def _work(campaign: Campaign, now: datetime) -> None:
    if campaign.state == CampaignState.CHECKING:
        _check(campaign, now)
    elif campaign.state == CampaignState.SCHEDULED:
        launch(campaign, now)
        campaign.save()
    elif campaign.state == CampaignState.RUNNING:
        _send(campaign, now)


def _check(campaign: Campaign, now: datetime) -> None:
    if not check_some(campaign):
        return
    is_going = campaign.is_launched
    campaign.state = CampaignState.RUNNING if is_going else CampaignState.READY
    campaign.due_at = now if is_going else None
    campaign.save(update_fields=["state", "due_at"])


# ---------------------------------------------------------------- beginning with people


def _send(campaign: Campaign, now: datetime) -> None:
    waiting = CampaignRow.objects.filter(campaign=campaign, state=RowState.WAITING)
    if campaign.expires_at and now >= campaign.expires_at:
        waiting.update(state=RowState.EXPIRED, note="The campaign’s time was over.")
    elif why := _backlog(campaign):
        _wait(campaign, why, now + LOOK_AGAIN)
        return
    rows = list(waiting.filter(Q(due_at=None) | Q(due_at__lte=now)).order_by("line")[: _batch(campaign)])
    if not rows:
        _rest(campaign, waiting.aggregate(first=Min("due_at"))["first"], now)
        return
    begun, why, is_stuck = _begin(campaign, rows, now)
    if is_stuck:
        _wait(campaign, why, now + LOOK_AGAIN)
        return
    since = max(campaign.due_at or now, now - LATE)
    _wait(campaign, "" if begun else why, since + timedelta(seconds=60 * begun / campaign.per_minute))


def _batch(campaign: Campaign) -> int:
    return max(1, min(AT_MOST, round(campaign.per_minute * BATCH_S / 60)))


def _backlog(campaign: Campaign) -> str:
    """Why nobody more is begun with: too many of its type are still with us. Not asked of the rows, whose
    join would be planned by what the tables looked like before the campaign began."""
    queued = Notification.objects.filter(type=campaign.type_id, state=NotificationState.QUEUED)
    most = min(BACKLOG, max(50, 2 * campaign.per_minute))
    unsent = len(queued.values_list("id")[:most])
    if unsent < most:
        return ""
    return f"{unsent:,} of them have not left yet; the next ones follow as they leave."


def _wait(campaign: Campaign, why: str, until: datetime) -> None:
    campaign.waits_for, campaign.due_at = why[:300], until
    campaign.save(update_fields=["waits_for", "due_at"])


def _rest(campaign: Campaign, first: datetime | None, now: datetime) -> None:
    """Nobody's turn has come: wait for the first of those put off, or end."""
    if first is not None:
        until = min(first, campaign.expires_at or first)
        _wait(campaign, campaign.waits_for or "Those who are left cannot be written to yet.", until)
        return
    end(campaign, CampaignState.DONE, now)
    tell_done(campaign)


def _begin(campaign: Campaign, rows: Sequence[CampaignRow], now: datetime) -> tuple[int, str, bool]:
    """Make notifications of these rows, and put off those who cannot be written to yet: (how many were begun
    with, why the others wait, whether all of them wait for a provider and so stay where they are)."""
    going = _resolve(rows)
    by, void = author_of(campaign), _void_from(campaign, now)
    asks = [ask_of(campaign, row, {"customer_id": row.customer_id}, void) for row in going]
    found = notify(asks, by=by, request_id=campaign.request_id, leave_held=True)
    held = [one for one in found if isinstance(one, Accepted) and one.is_held]
    if len(held) == len(rows) and all(one.verdict.waits_for_provider for one in held):
        return 0, held[0].verdict.reason, True
    for row, one in zip(going, found, strict=True):
        _accept(row, one)
    _save(rows)
    return len(rows) - len(held), next((row.note for row in rows if row.due_at), ""), False


def _void_from(campaign: Campaign, now: datetime) -> datetime | None:
    """Not after the type's time to live, nor after the campaign's own end."""
    if campaign.expires_at is None:
        return None
    return min(campaign.expires_at, now + timedelta(seconds=campaign.version.ttl_s))


def _resolve(rows: Sequence[CampaignRow]) -> list[CampaignRow]:
    """Find or make each row's customer; those who are gone meanwhile are bad rows now."""
    people = find_recipients([_to(row) for row in rows], make=True)
    for row, who in zip(rows, people, strict=True):
        if isinstance(who, str):
            row.state, row.errors = RowState.BAD, [{"column": "", "reason": who}]
        else:
            row.customer_id = who.id
    return [row for row in rows if row.state == RowState.WAITING]


def _to(row: CampaignRow) -> dict[str, object]:
    return {"customer_id": row.customer_id} if row.customer_id else dict(row.to)


def _put_off(row: CampaignRow, found: Accepted) -> None:
    row.due_at = found.notification.due_at
    row.note = found.verdict.reason or next(
        (one["detail"] for one in found.verdict.steps if one["step"] == "quiet hours"), ""
    )


def _accept(row: CampaignRow, found: Accepted | Refusal) -> None:
    if isinstance(found, Refusal):
        row.state = RowState.BAD
        row.errors = [{"column": "", "reason": sentence} for _, sentence in found.faults]
    elif found.is_held:
        _put_off(row, found)
    else:
        row.state, row.notification_id = RowState.ACCEPTED, found.notification.id
        row.due_at, row.note = None, ""


def _save(rows: Sequence[CampaignRow]) -> None:
    tenant = require_tenant()
    update_from_values(
        _SAVE,
        [
            (
                tenant, row.id, row.state, row.customer_id, row.notification_id, row.due_at, row.note[:300],
                as_json(row.errors),
            )
            for row in rows
        ],
        template="(%s::uuid, %s::uuid, %s, %s::uuid, %s::uuid, %s::timestamptz, %s, %s::jsonb)",
    )  # fmt: skip


_SAVE = """
UPDATE notifications_campaignrow r
SET state = v.state, customer_id = v.customer_id, notification_id = v.notification_id, due_at = v.due_at,
  note = v.note, errors = v.errors
FROM (VALUES %s) AS v (tenant_id, id, state, customer_id, notification_id, due_at, note, errors)
WHERE r.tenant_id = v.tenant_id AND r.id = v.id AND r.id = ANY (:these)
"""
