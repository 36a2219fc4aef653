"""Raw webhooks for the console: a page of them, and one with what became of each item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from inbox.models import Channel, Outcome, Receipt, ReceiptOutcome

PAGE = 50
#: A body is shown up to here; the rest is for whoever asks the API.
SHOWN_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Newest first. older: the `before` of the next page, or None."""

    rows: list[ReceiptOutcome]
    older: UUID | None


def receipt_page(wanted: Mapping[str, str], before: UUID | None = None) -> ReceiptPage:
    """Receipts of the open scope's tenant. wanted: outcome, channel (id), hours; before: a receipt's id."""
    rows = list(_matching(wanted, before)[: PAGE + 1])
    return ReceiptPage(rows[:PAGE], rows[PAGE - 1].receipt_id if len(rows) > PAGE else None)


def _matching(wanted: Mapping[str, str], before: UUID | None) -> QuerySet[ReceiptOutcome]:
    rows: QuerySet[ReceiptOutcome] = ReceiptOutcome.objects.order_by("-receipt_id")
    if before:
        rows = rows.filter(receipt_id__lt=before)
    if wanted.get("outcome") in Outcome.values:
        rows = rows.filter(**{f"{wanted['outcome']}__gt": 0})
    if "hours" in wanted:
        rows = rows.filter(received_at__gte=timezone.now() - timedelta(hours=int(wanted["hours"])))
    if "channel" in wanted:
        rows = rows.filter(items__contains=[{"channel_id": wanted["channel"]}])
    return rows


@dataclass(frozen=True, slots=True)
class ReceiptDetail:
    """body: the raw text, "" when it may not be shown or is gone; is_cut: there is more of it."""

    outcome: ReceiptOutcome
    body: str
    is_cut: bool
    items: list[dict[str, Any]]
    is_waiting: bool


def receipt_detail(outcome: ReceiptOutcome) -> ReceiptDetail:
    """One receipt. The raw body is read only when every item in it is this tenant's."""
    receipt = Receipt.objects.filter(id=outcome.receipt_id).first()
    whole = outcome.whole and receipt is not None and receipt.tenant_id in {outcome.tenant_id, None}
    body = _readable(bytes(receipt.body)) if receipt and whole else ""
    waiting = receipt is not None and receipt.state == "new"
    return ReceiptDetail(outcome, body[:SHOWN_CHARS], len(body) > SHOWN_CHARS, _items(outcome), waiting)


def _items(outcome: ReceiptOutcome) -> list[dict[str, Any]]:
    names = dict(Channel.objects.values_list("id", "name"))
    by_text = {str(key): name for key, name in names.items()}
    return [
        {**item, "channel": by_text.get(item.get("channel_id") or "", ""), "raw": _pretty(item.get("raw"))}
        for item in outcome.items
    ]


def _readable(body: bytes) -> str:
    """JSON with line breaks; anything else as it came, with what is no text made visible."""
    text = body.decode("utf-8", "backslashreplace")
    try:
        return _pretty(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
