"""Console: the log of notifications, its CSV, and the page of one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from common.spreadsheets import csv_answer
from inbox.models import Channel
from notifications import words
from notifications.forms import Filter
from notifications.models import Notification, NotificationState, NotificationType
from notifications.operations.acknowledging import NotAcknowledgeable, acknowledge_notification
from notifications.operations.cancelling import NotCancellable, cancel_notification
from notifications.operations.looking import note_look
from notifications.queries.log import CSV_MAX, csv_lines, log_page, log_rows, names_of
from notifications.queries.runs import find_notification
from notifications.queries.story import story_of
from notifications.queries.zones import house_zone
from notifications.report_words import many
from notifications.views.pages import author_of, more_link, page_of, personal, read, write
from tenants.requests import MemberRequest

SECTION = "notification_log"
_STATES = [(one, words.STATES[one].words) for one in NotificationState.values if one != "simulated"]


def type_choices() -> list[tuple[str, Any]]:
    """All types by name, for a field that may leave it open."""
    return [("", _("All")), *NotificationType.objects.order_by("name", "id").values_list("key", "name")]


class LogFilter(Filter):
    """Which notifications to list."""

    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    person = forms.CharField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("Name or number")}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("All")), *_STATES], required=False
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    dedupe_key = forms.CharField(label=gettext_lazy("Key"), required=False, max_length=200)
    request_id = forms.CharField(label=gettext_lazy("Request id"), required=False, max_length=100)
    since = forms.DateField(
        label=gettext_lazy("Since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    test = forms.ChoiceField(
        label=gettext_lazy("Tests"),
        choices=[
            ("", gettext_lazy("With tests")),
            ("no", gettext_lazy("Without tests")),
            ("yes", gettext_lazy("Only tests")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = type_choices()  # type: ignore[attr-defined]
        channels = Channel.objects.order_by("name", "id").values_list("id", "name")
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((str(key), name) for key, name in channels),
        ]

    def wanted(self) -> dict[str, Any]:
        """The same as arguments of ``log_page``."""
        found = self.chosen()
        if "test" in found:
            found["test"] = found["test"] == "yes"
        if "channel" in found:
            found["channel"] = UUID(found["channel"])
        return found | self._days(found)

    def _days(self, found: dict[str, Any]) -> dict[str, datetime]:
        """Whole days by the clock of the house, the last one too."""
        more = {"since": 0, "until": 1}
        days = {name: found[name] + timedelta(days=n) for name, n in more.items() if found.get(name)}
        zone = house_zone() if days else None
        return {name: datetime.combine(day, time(), tzinfo=zone) for name, day in days.items()}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            if found.get(name) and not 2000 < found[name].year < 3000:
                del found[name]  # no day that a log could have
        return found


@require_GET
@read
def log(request: MemberRequest) -> HttpResponse:
    """/console/notifications/log/?type=&person=&state=&channel=&dedupe_key=&request_id=&since=&until=&test=&after="""
    wanted = LogFilter(request.GET)
    after = request.GET.get("after")
    found = page_of(log_page, after, **wanted.wanted())
    chosen = wanted.chosen()
    page = {
        "filter": wanted,
        "chosen": chosen,
        "query": urlencode(chosen),
        "rows": log_rows(found.rows),
        "more": more_link(chosen, found.next),
        "is_first": not after,
        "csv_max": many(CSV_MAX),
        "section": SECTION,
    }
    template = "notifications/log.html#rows" if request.htmx else "notifications/log.html"
    return render(request, template, page)


@require_GET
@read
def export(request: HttpRequest) -> HttpResponse:
    """/console/notifications/log/export/?…: the same rows as CSV."""
    return csv_answer(csv_lines(LogFilter(request.GET).wanted()), "notifications.csv")


def run_or_404(notification_id: UUID) -> Notification:
    """One notification of this tenant."""
    try:
        return find_notification(notification_id)
    except Notification.DoesNotExist:
        raise Http404 from None


@require_GET
@read
def one(request: MemberRequest, notification_id: UUID) -> HttpResponse:
    """/console/notifications/log/<id>/: its story, renewed while something still happens."""
    run = run_or_404(notification_id)
    page = {"run": run, "story": story_of(run), "section": SECTION}
    template = "notifications/story.html" if request.htmx else "notifications/one.html"
    return render(request, template, page)


@require_POST
@personal
def reveal(request: MemberRequest, notification_id: UUID) -> HttpResponse:
    """POST /console/notifications/log/<id>/reveal/: its story with the personal values, once; it is noted
    who looked."""
    run = run_or_404(notification_id)
    note_look(notification=run, by=author_of(request))
    page = {"run": run, "story": story_of(run, personal=True), "section": SECTION}
    return render(request, "notifications/one.html", page)


@write
def cancel(request: MemberRequest, notification_id: UUID) -> HttpResponse:
    """/console/notifications/log/<id>/cancellation/: what it means, then the deed."""
    run = run_or_404(notification_id)
    if request.method == "POST":
        try:
            cancel_notification(notification=run, by=author_of(request))
        except NotCancellable as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("It is cancelled; nothing more is sent."))
        return redirect("notification_run", run.id)
    person = names_of([run.customer])[run.customer_id]
    return render(request, "notifications/cancel.html", {"run": run, "person": person, "section": SECTION})


@require_POST
@write
def acknowledge(request: MemberRequest, notification_id: UUID) -> HttpResponse:
    """POST /console/notifications/log/<id>/acknowledgement/: its person knows; the ladder stops."""
    run = run_or_404(notification_id)
    try:
        acknowledge_notification(notification=run, by=author_of(request))
    except NotAcknowledgeable as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is acknowledged; nothing more is sent."))
    return redirect("notification_run", run.id)
