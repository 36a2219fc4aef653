"""The agents' page: one document with its first data inside; everything after that is API and socket."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from common.icons import sprite
from common.requests import WITH_MICROPHONE
from common.words.page import words_address
from inbox.queries.bootstrap import bootstrap
from tenants.access import member_required, own_scope
from tenants.requests import MemberRequest


@own_scope
@gzip_page
@ensure_csrf_cookie
@require_safe
@member_required
def inbox_page(request: MemberRequest) -> HttpResponse:
    """`/inbox/`: the page itself reads which view or thread its address names; its first data is a
    snapshot."""
    found = bootstrap(
        tenant=request.tenant,
        member=request.member,
        view=request.GET.get("view") or "mine",
        thread_id=_uuid(request.GET.get("thread", "")),
    )
    languages = {"chosen": request.user.language, "all": settings.LANGUAGES}
    context = {
        "bootstrap": found,
        "languages": languages,
        "icons": sprite().decode(),
        "words": words_address(get_language() or "en"),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    response = render(request, "inbox/inbox.html", context)
    response.headers["Permissions-Policy"] = WITH_MICROPHONE  # calls and voice notes
    return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
def phone_page(request: HttpRequest) -> HttpResponse:
    """`/phone/`: in the demo, the simulator's page on which a person plays the customer."""
    if not settings.SIMULATOR_URL:
        return HttpResponse("There is no simulator here.", status=404, content_type="text/plain")
    return redirect(f"{settings.SIMULATOR_PUBLIC_URL}/phone/")
