"""Console: what messages came to, as a table with bars, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from common.spreadsheets import csv_answer, csv_line
from notifications.queries.costs import GROUPS, CostLine, cost_lines, counted_costs, total_of
from notifications.views.pages import read
from notifications.views.reports import ReportFilter
from notifications.words_of_money import digits

_WORDS = {
    "type": gettext_lazy("Type"),
    "channel": gettext_lazy("Channel"),
    "country": gettext_lazy("Country"),
    "day": gettext_lazy("Day"),
}
_NAMELESS = {"type": gettext_lazy("Written by agents"), "country": gettext_lazy("Country not known")}


class CostFilter(ReportFilter):
    """Of which days, in which lines."""

    by = forms.ChoiceField(
        label=gettext_lazy("By"), choices=[(one, _WORDS[one]) for one in GROUPS], required=False
    )
    field_order = ("by",)


@require_GET
@read
def costs(request: HttpRequest) -> HttpResponse:
    """/console/notifications/costs/?by=&days=&type=&format=csv"""
    wanted = CostFilter(request.GET)
    chosen = wanted.chosen()
    by, days = chosen.get("by", "type"), int(chosen.get("days", "7"))
    since = timezone.now().date() - timedelta(days=days - 1)
    lines = cost_lines(by, since, chosen.get("type", ""))
    if request.GET.get("format") == "csv":
        return csv_answer(_csv(by, lines), f"costs-by-{by}.csv")
    page = {
        "filter": wanted,
        "by_words": _WORDS[by],
        "query": urlencode(chosen | {"format": "csv"}),
        "rows": [(_named(by, line), line, _bars(line, lines)) for line in lines],
        "total": total_of(counted_costs(since, chosen.get("type", ""))),
        "section": "notification_costs",
    }
    return render(request, "notifications/costs.html", page)


def _named(by: str, line: CostLine) -> str:
    return line.name or str(_NAMELESS.get(by, "—"))


def _bars(line: CostLine, lines: Sequence[CostLine]) -> list[tuple[str, Decimal, int]]:
    """(currency, amount, percent of the most that any line has in this currency)"""
    most = {
        currency: max(one.amounts.get(currency, Decimal(0)) for one in lines) for currency in line.amounts
    }
    return [
        (currency, amount, round(100 * amount / most[currency]) if most[currency] else 0)
        for currency, amount in sorted(line.amounts.items())
    ]


def _csv(by: str, lines: Sequence[CostLine]) -> Iterator[str]:
    """A line per currency; those without one are free or of unknown price, which their counts tell."""
    yield csv_line((by, "currency", "amount", "messages", "free", "unknown"))
    for line in lines:
        for currency, amount, many in line.by_currency:
            rest = ("0", "0") if currency else (line.free, line.unknown)
            known = digits(amount, currency) if amount is not None else ""
            yield csv_line((line.name or str(_("—")), currency, known, many, *rest))
