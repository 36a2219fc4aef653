"""Console: how far notifications came, as a table with bars, and the same as CSV."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from common.spreadsheets import csv_line
from notifications.forms import Filter
from notifications.queries.reports import GROUPS, STAGES, funnels, top_reasons
from notifications.views.log import type_choices
from notifications.views.pages import read

_WORDS = {
    "type": gettext_lazy("Type"),
    "language": gettext_lazy("Language"),
    "version": gettext_lazy("Version"),
    "channel": gettext_lazy("Channel"),
}
STAGE_WORDS = {
    "asked": gettext_lazy("Asked for"),
    "sent": gettext_lazy("Sent"),
    "delivered": gettext_lazy("Delivered"),
    "read": gettext_lazy("Read"),
    "answered": gettext_lazy("Answered"),
    "failed": gettext_lazy("Failed"),
}


class ReportFilter(Filter):
    """Of which days, in which lines."""

    by = forms.ChoiceField(
        label=gettext_lazy("By"), choices=[(one, _WORDS[one]) for one in GROUPS], required=False
    )
    days = forms.ChoiceField(
        label=gettext_lazy("Time"),
        choices=[
            ("7", gettext_lazy("7 days")),
            ("1", gettext_lazy("24 hours")),
            ("30", gettext_lazy("30 days")),
        ],
        required=False,
    )
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = type_choices()  # type: ignore[attr-defined]


@require_GET
@read
def reports(request: HttpRequest) -> HttpResponse:
    """/console/notifications/reports/?by=&days=&type=&format=csv"""
    wanted = ReportFilter(request.GET)
    chosen = wanted.chosen()
    by, days = chosen.get("by", "type"), int(chosen.get("days", "7"))
    since = timezone.now() - timedelta(days=days)
    named = chosen.get("type", "")
    rows = funnels(by, since, named)
    if request.GET.get("format") == "csv":
        lines = [csv_line((by, *STAGES)), *(csv_line((row.name, *row.counts)) for row in rows)]
        response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="notifications-by-{by}.csv"'
        return response
    page = {
        "filter": wanted,
        "by": by,
        "by_words": _WORDS[by],
        "query": urlencode(chosen | {"format": "csv"}),
        "stages": [STAGE_WORDS[one] for one in STAGES],
        "rows": [(row.name, list(zip(STAGES, STAGE_WORDS.values(), row.bars, strict=True))) for row in rows],
        "reasons": top_reasons(since, named),
        "section": "notification_reports",
    }
    return render(request, "notifications/reports.html", page)
