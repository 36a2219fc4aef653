"""Console: when the workspace is open."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.access import scope_required
from tenants.hours import is_open, opens_at
from tenants.hours_form import HoursForm, name_of, stored
from tenants.models import BusinessHours
from tenants.operations.hours import BadHours, set_hours
from tenants.requests import MemberRequest


@scope_required("channels:write")
def hours(request: MemberRequest) -> HttpResponse:
    """/console/hours/: the week, the holidays, and whether the workspace is open now."""
    row = BusinessHours.objects.first() or BusinessHours(week=[[[540, 1020]]] * 5 + [[], []])
    form = HoursForm(request.POST or None, stored=stored(row))
    if form.is_valid() and _save(form, request):
        messages.success(request, _("Saved."))
        return redirect("hours")
    kept, now = row.hours, timezone.now()
    page = {
        "form": form,
        "is_open": is_open(kept, now),
        "is_always": row.is_always,
        "opens_at": opens_at(kept, now),
        "section": "hours",
    }
    return render(request, "console/hours.html", page, status=422 if form.is_bound else 200)


def _save(form: HoursForm, request: MemberRequest) -> bool:
    found = form.cleaned_data
    try:
        set_hours(
            zone=found["zone"],
            week=form.week(),
            holidays=form.closed_on(),
            is_always=found["is_always"],
            by=request.member,
        )
    except BadHours as refused:
        place = refused.field if refused.day is None else name_of(refused.day, 0, "from")
        form.add_error(place, refused.sentence)
    return not form.errors
