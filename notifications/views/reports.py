"""Console: how far notifications came, as plots with their tables, and each table as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from common.spreadsheets import csv_answer, csv_line
from notifications import report_words as said
from notifications.forms import Filter
from notifications.plots import lying
from notifications.queries import reports as query
from notifications.queries.costs import CostLine, cost_lines, counted_costs, total_of
from notifications.queries.reports import STAGES, Funnel
from notifications.views.log import type_choices
from notifications.views.pages import read

#: How a grouping is called, and what its lines are.
GROUPS = {
    "type": (gettext_lazy("By type"), gettext_lazy("Type")),
    "channel": (gettext_lazy("By channel"), gettext_lazy("Channel")),
    "language": (gettext_lazy("By language"), gettext_lazy("Language")),
    "version": (gettext_lazy("By version"), gettext_lazy("Version")),
}


class ReportFilter(Filter):
    """Of which days, of which type."""

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


@dataclass(frozen=True)
class Report:
    """The figures of one period, each read when it is first asked for."""

    period: query.Period
    type_key: str

    @cached_property
    def piles(self) -> list[query.Pile]:
        """The notifications."""
        return query.piles(self.period, self.type_key)

    @cached_property
    def steps(self) -> list[query.StepPile]:
        """The rungs that they climbed."""
        return query.step_piles(self.period.since, self.type_key)

    def lines(self, by: str) -> list[Funnel]:
        """The lines of one grouping."""
        if by == "channel":
            return query.by_channel(self.steps, self.period.since, self.type_key)
        if by == "time":
            return query.over_time(self.period, self.piles)
        if by == "type":
            return list(query.by_type(self.piles).values())
        return query.by_version(self.piles) if by == "version" else query.by_language(self.piles)

    @cached_property
    def costs(self) -> list[CostLine]:
        """What they came to, day by day."""
        return cost_lines("day", self.period.since.date(), self.type_key)


@require_GET
@read
def reports(request: HttpRequest) -> HttpResponse:
    """/console/notifications/reports/?days=&type=, and with &by=&format=csv one of its tables"""
    wanted = ReportFilter(request.GET)
    chosen = wanted.chosen()
    of = query.period(int(chosen.get("days", "7")), timezone.now())
    report = Report(of, chosen.get("type", ""))
    if request.GET.get("format") == "csv":
        return _file(report, request.GET.get("by", "type"))
    page = {
        "filter": wanted,
        "query": urlencode(chosen | {"format": "csv"}),
        "section": "notification_reports",
    }
    return render(request, "notifications/reports.html", page | _plots(report))


def _plots(report: Report) -> dict[str, Any]:
    """Everything the page shows; nothing when there was nothing."""
    if not report.piles:
        return {}
    whole = query.in_all(report.piles, _("In all"))
    moments = report.lines("time")
    rungs = query.by_rung(report.steps)
    most = max((line.counts[0] for line in rungs), default=0)
    return {
        "period": report.period,
        "whole": said.cells(whole),
        "time_plots": list(said.time_plots(report.period, moments, whole)),
        "moments": [
            (start, said.cells(line)) for start, line in zip(report.period.starts, moments, strict=True)
        ],
        "groups": [(by, *words, _drawn(report.lines(by))) for by, words in GROUPS.items()],
        "drawn": [(stage, said.STAGE_WORDS[stage]) for stage in (*said.DRAWN, "failed")],
        "rungs": [
            (line, said.bars_of(line, most, said.RUNG_DRAWN), list(_rung_cells(line))) for line in rungs
        ],
        "rungs_drawn": [(stage, said.RUNG_WORDS[stage]) for stage in said.RUNG_DRAWN],
        "reasons": _reasons(report),
        "cost_period": report.period.in_days,
        "cost_plots": list(said.cost_plots(report.period, report.costs)),
        "costs": report.costs,
        "cost_total": total_of(counted_costs(report.period.since.date(), report.type_key)),
    }


def _drawn(lines: Sequence[Funnel]) -> list[tuple[Funnel, Any, Any]]:
    most = lines[0].counts[0] if lines else 0
    return [(line, said.bars_of(line, most, said.DRAWN), said.cells(line)) for line in lines]


def _rung_cells(line: query.RungLine) -> Iterator[tuple[str, Any, int, str]]:
    found = line.by_stage
    for stage, words in said.RUNG_WORDS.items():
        whole = {"asked": 0, "tried": found["asked"], "unneeded": 0, "skipped": 0}.get(stage, found["tried"])
        yield stage, words, found[stage], said.part(found[stage], whole)


def _reasons(report: Report) -> list[tuple[str, str, int, Any]]:
    found = query.top_reasons(report.period.since, report.type_key)
    most = found[0][2] if found else 0
    return [(state, reason, n, lying({"failed": n}, most)) for state, reason, n in found]


# ---------------------------------------------------------------- CSV


def _file(report: Report, by: str) -> HttpResponse:
    """One table of the page; of an unknown one, types."""
    by = by if by in _FILES else "type"
    return csv_answer(map(csv_line, _FILES[by](report)), f"notifications-by-{by}.csv")


def _of_lines(by: str) -> Callable[[Report], Iterator[Sequence[Any]]]:
    def rows(report: Report) -> Iterator[Sequence[Any]]:
        yield (by, *STAGES)
        yield from ((line.name, *line.counts) for line in report.lines(by))

    return rows


def _of_rungs(report: Report) -> Iterator[Sequence[Any]]:
    yield ("step", "channel", *query.RUNG_STAGES)
    yield from ((line.place, line.label, *line.counts) for line in query.by_rung(report.steps))


def _of_reasons(report: Report) -> Iterable[Sequence[Any]]:
    yield ("state", "reason", "count")
    yield from query.top_reasons(report.period.since, report.type_key)


_FILES: dict[str, Callable[[Report], Iterable[Sequence[Any]]]] = {
    **{by: _of_lines(by) for by in ("time", *query.GROUPS)},
    "ladder": _of_rungs,
    "reason": _of_reasons,
}
