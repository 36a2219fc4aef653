"""Rows of a campaign: made from a file, a list or a segment, and checked a thousand at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max
from psycopg2.extras import execute_values

from common.ids import uuid7
from common.sql import as_json, insert_rows, joined_by_hash, update_from_values
from common.tenancy import require_tenant
from customers.models import Customer
from inbox.models.deliveries import Lane
from inbox.operations.authors import Author
from notifications.campaigns.columns import Reading, read_cells, read_item, read_person
from notifications.campaigns.files import Line
from notifications.decisions import Ask
from notifications.models import (
    Campaign,
    CampaignRow,
    CampaignSource,
    CampaignState,
    NotificationState,
    Outlook,
    RowState,
)
from notifications.operations.notify import Accepted, Refusal, notify, request_faults
from notifications.queries.segments import known_of, people_in

AT_ONCE = 500


def add_lines(campaign: Campaign, lines: Iterable[Line]) -> int:
    """Keep the records of a file, 500 in a statement, and none of them longer in memory; how many."""
    made, left = 0, iter(lines)
    while some := list(islice(left, AT_ONCE)):
        _add(campaign, [(one.number, one.cells) for one in some])
        made += len(some)
    return made


def add_items(campaign: Campaign, items: Sequence[Any]) -> None:
    """Keep the rows of a program."""
    for place in range(0, len(items), AT_ONCE):
        _add(campaign, list(enumerate(items[place : place + AT_ONCE], start=place + 1)))


def _add(campaign: Campaign, numbered: Sequence[tuple[int, Any]]) -> None:
    """Plain values, not model rows: a hundred thousand come in one request."""
    tenant = require_tenant()
    values = [(tenant, uuid7(), campaign.id, line, json.dumps(cells)) for line, cells in numbered]
    template = "(%s::uuid, %s::uuid, %s::uuid, %s, %s::jsonb, 'new', '', '', '{}', '{}', '', '[]', '')"
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, _ADD, values, template=template, page_size=AT_ONCE)


_ADD = """
INSERT INTO notifications_campaignrow (tenant_id, id, campaign_id, line, cells, state, outlook, recipient,
  "to", data, language, errors, note) VALUES %s
"""


def start_checking(campaign: Campaign, now: datetime) -> None:
    """Check every row again from the first; a segment's rows are made anew. Writes Campaign, CampaignRow."""
    rows = CampaignRow.objects.filter(campaign=campaign)
    if campaign.source == CampaignSource.SEGMENT:
        rows.delete()
    else:
        rows.update(state=RowState.NEW)
    campaign.state, campaign.reached, campaign.due_at = CampaignState.CHECKING, "", now
    campaign.save(update_fields=["state", "reached", "due_at"])


def check_some(campaign: Campaign) -> bool:
    """Check the next rows; True when all of them are. Writes CampaignRow, Campaign.reached."""
    rows = _from_segment(campaign) if campaign.source == CampaignSource.SEGMENT else _unchecked(campaign)
    if rows:
        _decide(campaign, rows)
        _save_checks(rows)
        last = rows[-1]
        campaign.reached = str(last.customer_id if campaign.source == "segment" else last.line)
        campaign.save(update_fields=["reached"])
    if len(rows) == AT_ONCE:
        return False
    if campaign.once_each:
        _mark_duplicates(campaign)
    return True


def _unchecked(campaign: Campaign) -> list[CampaignRow]:
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.NEW).order_by("line")[:AT_ONCE]
    found = list(rows)
    variables = campaign.version.variables
    for row in found:
        if isinstance(row.cells, list):
            _note(row, read_cells(row.cells, campaign.columns, campaign.header, variables))
        else:
            _note(row, read_item(row.cells, variables))
    return found


def _from_segment(campaign: Campaign) -> list[CampaignRow]:
    people = people_in(campaign.segment).order_by("id")
    if campaign.reached:
        people = people.filter(id__gt=UUID(campaign.reached))
    known = CampaignRow.objects.filter(campaign=campaign).aggregate(last=Max("line"))["last"] or 0
    found = [_row_of(campaign, customer, known + n) for n, customer in enumerate(people[:AT_ONCE], start=1)]
    insert_rows(found)
    return found


def _row_of(campaign: Campaign, customer: Customer, line: int) -> CampaignRow:
    row = CampaignRow(id=uuid7(), campaign=campaign, line=line, customer_id=customer.id)
    _note(row, read_person(customer.id, campaign.texts, known_of(customer), campaign.version.variables))
    return row


def _note(row: CampaignRow, read: Reading) -> None:
    row.to, row.data, row.language, row.errors = read.to, read.data, read.language, read.problems
    row.state = RowState.BAD if read.problems else RowState.WAITING
    row.recipient, row.outlook, row.note = "", "", ""


def ask_of(campaign: Campaign, row: CampaignRow, to: Any, expires_at: datetime | None = None) -> Ask:
    """A row as a request for a notification."""
    return Ask(
        named=campaign.type,
        version=campaign.version,
        to=to,
        data=row.data,
        language=row.language,
        dedupe_key=f"campaign:{row.id}",
        expires_at=expires_at,
        metadata={"campaign_id": str(campaign.id), "line": row.line},
        lane=max(campaign.version.lane, Lane.UTILITY),  # many never stand before one person's code,
        can_wait=True,
    )


def _decide(campaign: Campaign, rows: Sequence[CampaignRow]) -> None:
    """What the rules of the API would say to each good row today."""
    if faults := request_faults(campaign.type, {}):
        closed = [sentence for pointer, sentence in faults if pointer == "/type"]
        for row in rows if closed else ():
            row.state, row.errors = RowState.BAD, [{"column": "", "reason": closed[0]}]
    good = [row for row in rows if row.state == RowState.WAITING]
    if not good:
        return
    by = author_of(campaign)
    found = notify([ask_of(campaign, row, _found_by(row)) for row in good], by=by, dry_run=True)
    for row, one in zip(good, found, strict=True):
        _take(row, one)


def _found_by(row: CampaignRow) -> dict[str, Any]:
    to = dict(row.to)
    return to | {"customer_id": UUID(to["customer_id"])} if "customer_id" in to else to


def _take(row: CampaignRow, found: Accepted | Refusal) -> None:
    if isinstance(found, Refusal):
        row.state = RowState.BAD
        row.errors = [{"column": "", "reason": sentence} for _, sentence in found.faults]
        return
    who = found.notification.customer
    is_new = who._state.adding
    row.customer_id = None if is_new else who.id
    row.recipient = str(row.to.get("phone") or row.to.get("external_id")) if is_new else str(who.id)
    row.outlook, row.note = outlook_of(found)


def outlook_of(found: Accepted) -> tuple[str, str]:
    """What a verdict means for the one who starts the campaign, and why."""
    state = found.notification.state
    if state not in {NotificationState.SKIPPED, NotificationState.THROTTLED, NotificationState.EXPIRED}:
        return Outlook.GOES, found.verdict.reason[:300]
    causes = {way.cause for way in found.verdict.ways}
    for cause, outlook in (("consent", Outlook.NO_CONSENT), ("address", Outlook.NO_ADDRESS)):
        if cause in causes and all(way.obstacle for way in found.verdict.ways):
            return outlook, found.notification.reason
    return Outlook.SKIPPED, found.notification.reason


def author_of(campaign: Campaign) -> Author:
    """Who made the campaign: its notifications are theirs."""
    return Author(campaign.author_kind, campaign.author_id, campaign.author_name)


def _save_checks(rows: Sequence[CampaignRow]) -> None:
    tenant = require_tenant()
    update_from_values(
        _SAVE,
        [
            (
                tenant, row.id, row.state, row.outlook, row.recipient[:220], as_json(row.to),
                as_json(row.data), row.language, as_json(row.errors), row.note[:300], row.customer_id,
            )
            for row in rows
        ],
        template="(%s::uuid, %s::uuid, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s::jsonb, %s, %s::uuid)",
    )  # fmt: skip


_SAVE = """
UPDATE notifications_campaignrow r
SET state = v.state, outlook = v.outlook, recipient = v.recipient, "to" = v."to", data = v.data,
  language = v.language, errors = v.errors, note = v.note, customer_id = v.customer_id
FROM (VALUES %s) AS v (tenant_id, id, state, outlook, recipient, "to", data, language, errors, note,
  customer_id)
WHERE r.tenant_id = v.tenant_id AND r.id = v.id AND r.id = ANY (:these)
"""


def _mark_duplicates(campaign: Campaign) -> None:
    """Of several good rows for one person only the first goes; the others name its line."""
    with connection.cursor() as cursor:
        cursor.execute(joined_by_hash(_SAME), {"tenant": require_tenant(), "campaign": campaign.id})


_SAME = """
UPDATE notifications_campaignrow r
SET state = 'duplicate',
  errors = jsonb_build_array(jsonb_build_object('column', '', 'reason',
    'The same person stands in line ' || s.first || ' already.'))
FROM (SELECT tenant_id, id, line, first_value(line) OVER (PARTITION BY recipient ORDER BY line) AS first
  FROM notifications_campaignrow WHERE tenant_id = %(tenant)s AND campaign_id = %(campaign)s
    AND state = 'waiting' AND recipient <> '') s
WHERE r.tenant_id = %(tenant)s AND r.campaign_id = %(campaign)s AND r.id = s.id AND s.line > s.first
"""
