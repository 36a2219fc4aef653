"""Console: whether publishing needs a second person, what waits for one, and what was decided."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from notifications.operations.reviews import set_publishing
from notifications.queries.reviews import decided_proposals, needs_second_person, waiting_proposals
from notifications.views.pages import author_of, manage
from tenants.requests import MemberRequest


@manage
def review(request: MemberRequest) -> HttpResponse:
    """/console/notifications/review/"""
    if request.method == "POST":
        needed = "needs_second" in request.POST
        set_publishing(needs_second=needed, by=author_of(request))
        said = _("From now on a second person looks before a type is published.")
        messages.success(request, said if needed else _("From now on whoever edits may publish."))
        return redirect("notification_review")
    page = {
        "needs_second": needs_second_person(),
        "waiting": waiting_proposals(),
        "decided": decided_proposals(),
        "section": "notification_types",
    }
    return render(request, "notifications/reviews.html", page)
