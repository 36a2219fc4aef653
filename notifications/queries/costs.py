"""What messages came to: of one notification, of a campaign, and by type, channel, country and day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from notifications.models import Campaign, CampaignRow, Cost, CostSource, Notification
from notifications.queries.prices import Amounts, add_to

#: How a report is grouped → what a line is called by.
GROUPS = {"type": "type__name", "channel": "channel__name", "country": "country", "day": "day"}


@dataclass(slots=True)
class CostLine:
    """One line. amounts: by currency; unknown: messages that cost something nobody has named; by_currency:
    (currency, amount, messages), in the order of currencies."""

    name: str
    amounts: Amounts = field(default_factory=dict)
    messages: int = 0
    free: int = 0
    unknown: int = 0
    by_currency: list[tuple[str, Decimal | None, int]] = field(default_factory=list)


def counted_costs(since: date, type_key: str = "") -> QuerySet[Cost]:
    """What reports count: no tests; of one type, when it is named."""
    rows = Cost.objects.filter(is_test=False, day__gte=since)
    return rows.filter(type__key=type_key) if type_key else rows


def cost_lines(by: str, since: date, type_key: str = "") -> list[CostLine]:
    """The lines of one grouping: days in their order, else by name. One statement."""
    return list(_lines(counted_costs(since, type_key), GROUPS[by]))


def _lines(rows: QuerySet[Cost], name: str) -> Iterator[CostLine]:
    grouped = rows.order_by(name, "currency").values_list(name, "currency")
    line: CostLine | None = None
    for key, currency, amount, messages, free, unknown in grouped.annotate(
        amount_sum=Sum("amount"),
        n=Count("id"),
        n_free=Count("id", filter=Q(source=CostSource.FREE)),
        n_unknown=Count("id", filter=Q(source=CostSource.UNKNOWN)),
    ):
        if line is None or line.name != _name(key):
            if line is not None:
                yield line
            line = CostLine(_name(key))
        if currency:
            add_to(line.amounts, currency, amount)
        line.by_currency.append((currency, amount if currency else None, messages))
        line.messages, line.free, line.unknown = (
            line.messages + messages,
            line.free + free,
            line.unknown + unknown,
        )
    if line is not None:
        yield line


def _name(key: Any) -> str:
    return key.isoformat() if isinstance(key, date) else str(key or "")


def total_of(rows: QuerySet[Cost]) -> CostLine:
    """All of them as one line: one statement."""
    found = CostLine("")
    grouped = rows.order_by("currency").values_list("currency", "source")
    for currency, source, amount, messages in grouped.annotate(amount_sum=Sum("amount"), n=Count("id")):
        if currency:
            add_to(found.amounts, currency, amount)
        found.messages += messages
        found.free += messages if source == CostSource.FREE else 0
        found.unknown += messages if source == CostSource.UNKNOWN else 0
    return found


def sum_of(rows: Iterable[Cost]) -> CostLine:
    """Costs that are already read, as one line."""
    found = CostLine("")
    for row in rows:
        if row.amount is not None and row.currency:
            add_to(found.amounts, row.currency, row.amount)
        found.messages += 1
        found.free += row.source == CostSource.FREE
        found.unknown += row.source == CostSource.UNKNOWN
    return found


def campaign_cost(campaign: Campaign) -> CostLine:
    """What a campaign has come to by now."""
    runs = CampaignRow.objects.filter(campaign=campaign, notification__isnull=False).values("notification")
    return total_of(Cost.objects.filter(notification__in=runs))


def costs_of(run: Notification) -> dict[UUID, Cost]:
    """{message: what it came to} of one notification."""
    return {row.message_id: row for row in Cost.objects.filter(notification=run)}


def cost_rows(runs: Sequence[Notification]) -> list[Cost]:
    """What the messages of these notifications came to."""
    return list(Cost.objects.filter(notification__in=runs).order_by("at", "id"))
