"""Campaigns and their rows as the JSON of the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from common.wire import Json, ident, stamp
from notifications import campaign_wire as wire
from notifications.cost_shapes import amounts_shape, total_shape
from notifications.masking import masked_data
from notifications.models import Campaign, CampaignRow
from notifications.queries.campaigns import Counts, Sample, reason_of, state_of
from notifications.queries.costs import CostLine
from notifications.queries.estimates import RungCost


def campaign_shape(
    row: Campaign,
    *,
    counts: Counts | None = None,
    funnel: dict[str, int] | None = None,
    cost: CostLine | None = None,
) -> wire.Campaign:
    """A Campaign. Select `type` and `version`."""
    shape: wire.Campaign = {
        "id": ident(row.id),
        "name": row.name,
        "type": row.type.key,
        "version": row.version.number,
        "source": row.source,
        "state": row.state,
        "waits_for": row.waits_for,
        "per_minute": row.per_minute,
        "once_each": row.once_each,
        "filename": row.filename,
        "header": row.header,
        "columns": row.columns,
        "segment": row.segment,
        "texts": row.texts,
        "send_at": stamp(row.send_at),
        "expires_at": stamp(row.expires_at),
        "created_by": {"kind": row.author_kind, "id": ident(row.author_id), "name": row.author_name},
        "created_at": stamp(row.created_at),
        "started_at": stamp(row.started_at),
        "ended_at": stamp(row.ended_at),
    }
    if counts is not None:
        shape["counts"] = counts_shape(counts)
    if funnel is not None:
        shape["funnel"] = cast(wire.CampaignFunnel, funnel)
    if cost is not None:
        shape["cost"] = total_shape(cost)
    return shape


def counts_shape(counts: Counts) -> wire.CampaignCounts:
    """The counts of a check."""
    return cast(wire.CampaignCounts, asdict(counts))


def row_shape(row: CampaignRow, variables: Sequence[Json], *, personal: bool) -> wire.CampaignRow:
    """A row. Select `notification`. variables: of the campaign's version; personal: shows those called so."""
    return {
        "line": row.line,
        "state": state_of(row),
        "reason": reason_of(row),
        "errors": row.errors,
        "to": row.to,
        "data": row.data if personal else masked_data(variables, row.data),
        "language": row.language,
        "customer_id": ident(row.customer_id),
        "notification_id": ident(row.notification_id),
    }


def preview_shape(counts: Counts, samples: list[Sample], costs: list[RungCost]) -> wire.CampaignPreview:
    """The preview of a campaign."""
    return {
        "counts": counts_shape(counts),
        "samples": [_sample(one) for one in samples],
        "costs": [_cost(one) for one in costs],
    }


def _cost(one: RungCost) -> wire.CampaignCost:
    return {
        "rung": one.rung,
        "name": one.label,
        "is_first": one.is_first,
        "people": one.people,
        "unit": one.unit or None,
        "units_each": f"{one.units:.2f}",
        "amounts": amounts_shape(one.amounts),
        "unpriced": one.unpriced,
    }


def _sample(one: Sample) -> wire.CampaignSample:
    rungs: list[Any] = [
        {"rung": shown.name, "language": shown.language, "text": "".join(words for _, words in shown.parts)}
        for shown in one.previews
    ]
    return {"line": one.row.line, "name": one.name, "rungs": rungs}
