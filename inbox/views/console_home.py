"""Console: home, which says how the channels are doing and what to do first."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from inbox.queries.health import channel_health, unread_webhooks
from inbox.queries.start import first_steps, recent_changes
from tenants.access import scope_required
from tenants.requests import MemberRequest

manage = scope_required("channels:write")

GUIDE_COOKIE = "parley_guide"
YEAR_S = 31_536_000


@require_GET
@manage
def home(request: MemberRequest) -> HttpResponse:
    """/console/; htmx asks for the health part again now and then."""
    health = channel_health()
    page = {
        "health": health,
        "troubled": [one for one in health if one.needs_somebody],
        "working": any(one.tone == "ok" for one in health),
        "unread": unread_webhooks(),
        "now": timezone.now(),
        "section": "home",
    }
    if request.htmx:
        return render(request, "console/home.html#health", page)
    if GUIDE_COOKIE not in request.COOKIES:
        page["steps"] = steps = first_steps(request.member)
        page["done"] = sum(1 for step in steps if step.at)
    page |= {"changes": recent_changes(), "url": settings.PUBLIC_URL}
    return render(request, "console/home.html", page)


@require_POST
@manage
def hide_guide(request: HttpRequest) -> HttpResponse:
    """POST /console/guide/: the getting-started list is no longer wanted in this browser."""
    response = redirect("console_home")
    response.set_cookie(
        GUIDE_COOKIE, "hidden", max_age=YEAR_S, secure=settings.SECURE_COOKIES, httponly=True, samesite="Lax"
    )
    return response
