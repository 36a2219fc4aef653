"""The agents' page: one document with its first data inside; everything after that is API and socket."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inbox.queries.bootstrap import bootstrap
from tenants.access import member_required


@require_safe
@member_required
def inbox_page(request: HttpRequest) -> HttpResponse:
    """`/inbox/`: the address of a view or thread is read by the page itself."""
    found = bootstrap(
        member=request.member,  # type: ignore[attr-defined]
        tenant=request.tenant,  # type: ignore[attr-defined]
        view=request.GET.get("view", ""),
        thread_id=request.GET.get("thread", ""),
    )
    return render(request, "inbox/inbox.html", {"bootstrap": found})


@require_safe
def phone_page(request: HttpRequest) -> HttpResponse:
    """`/phone/`: in the demo, the simulator's page on which a person plays the customer."""
    if not settings.SIMULATOR_URL:
        return HttpResponse("There is no simulator here.", status=404, content_type="text/plain")
    return redirect(f"{settings.SIMULATOR_URL}/phone/")
