"""Console: each thing that can be wrong with each channel, and what to do about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from inbox.queries.health import unread_webhooks
from inbox.queries.health_lines import health_lines
from tenants.access import scope_required


@require_GET
@scope_required("channels:write")
def health(request: HttpRequest) -> HttpResponse:
    """/console/health/; htmx asks for the list again now and then."""
    channels = health_lines()
    page = {
        "channels": channels,
        "wrong": sum(one.wrong for one in channels),
        "unread": unread_webhooks(),
        "now": timezone.now(),
        "section": "health",
    }
    template = "console/health.html#list" if getattr(request, "htmx", False) else "console/health.html"
    return render(request, template, page)
