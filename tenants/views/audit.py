"""Console: who changed what in the set-up, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Any, cast
from uuid import UUID

import orjson
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from common.api.pages import Page
from common.api.problems import Problem
from common.spreadsheets import csv_answer, csv_line
from common.wire import stamp
from events.models import Change
from events.queries import actions_done, change_page, differences
from tenants.access import scope_required
from tenants.audit_words import action_in_words
from tenants.models import ApiKey, Member

read = scope_required("audit:read")

PAGE, CSV_PAGE, CSV_MAX = 50, 1_000, 50_000
COLUMNS = ("id", "at", "who", "who_kind", "action", "about", "about_id", "before", "after", "request_id")


class AuditFilter(forms.Form):
    """Which changes to list; anything unknown means all."""

    actor = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    about = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Member.objects.order_by("name", "id").values_list("id", "name")
        keys = ApiKey.objects.order_by("name", "id").values_list("id", "name")
        named = ((str(one), name) for one, name in chain(people, keys))
        self._choose("actor", [("", _("Everybody")), *named])
        self._choose("action", [("", _("All")), *((one, action_in_words(one)) for one in actions_done())])

    def _choose(self, field: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[field]).choices = choices

    def chosen(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def wanted(self) -> dict[str, Any]:
        """The same as arguments of ``change_page``: whole days, by UTC."""
        found = self.chosen()
        if "actor" in found:
            found["actor"] = UUID(found["actor"])
        if "since" in found:
            found["since"] = timezone.make_aware(datetime.combine(found["since"], time()))
        if "until" in found:
            found["until"] = timezone.make_aware(datetime.combine(found["until"], time())) + timedelta(days=1)
        return found


@require_GET
@read
def audit(request: HttpRequest) -> HttpResponse:
    """/console/audit/?actor=&action=&about=&since=&until=&after="""
    wanted = AuditFilter(request.GET)
    found = _page(wanted.wanted(), request.GET.get("after"))
    chosen = wanted.chosen()
    page = {
        "filter": wanted,
        "chosen": chosen,
        "query": urlencode(chosen),
        "rows": [(row, differences(row)) for row in found.rows],
        "more": urlencode({**chosen, "after": found.next}) if found.next else "",
        "section": "audit",
    }
    return render(request, "console/audit.html", page)


def _page(wanted: dict[str, Any], after: str | None) -> Page[Change]:
    """A mistyped cursor means the beginning."""
    try:
        return change_page(limit=PAGE, after=after, **wanted)
    except Problem:
        return change_page(limit=PAGE, **wanted)


@require_GET
@read
def export(request: HttpRequest) -> HttpResponse:
    """/console/audit/export/?…: the same rows as CSV."""
    return csv_answer(_lines(AuditFilter(request.GET).wanted()), "audit.csv")


def _lines(wanted: dict[str, Any]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    after, left = None, CSV_MAX
    while left > 0:
        page = change_page(limit=min(CSV_PAGE, left), after=after, **wanted)
        yield from (csv_line(_values(row)) for row in page.rows)
        left, after = left - len(page.rows), page.next
        if after is None:
            return


def _values(row: Change) -> list[Any]:
    sides = (orjson.dumps(side).decode() if side else "" for side in (row.before, row.after))
    who = row.actor["name"], row.actor["kind"]
    return [row.id, stamp(row.at), *who, row.action, row.about, row.about_id, *sides, row.request_id]
