"""Console: API keys."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenants import queries
from tenants.access import scope_required
from tenants.forms import KeyForm
from tenants.models import ApiKey
from tenants.operations.keys import create_api_key, revoke_api_key
from tenants.requests import MemberRequest
from tenants.views.once import keep_once, take_once

manage = scope_required("keys:write")


@require_GET
@manage
def keys(request: HttpRequest) -> HttpResponse:
    """/console/keys/: every key, and a new one this once."""
    page = {
        "keys": queries.keys(),
        "new_key": take_once(request, "key"),
        "now": timezone.now(),
        "url": settings.PUBLIC_URL,
        "section": "keys",
    }
    return render(request, "console/keys.html", page)


@manage
def new_key(request: MemberRequest) -> HttpResponse:
    """/console/keys/new/"""
    form = KeyForm(request.POST or None)
    if form.is_valid():
        found = form.cleaned_data
        presented = create_api_key(
            name=found["name"],
            scopes=found["scopes"],
            expires_at=found["lifetime"],
            by=request.member,
        )[1]
        keep_once(request, "key", presented)
        return redirect("keys")
    status = 422 if form.is_bound else 200
    return render(request, "console/new_key.html", {"form": form, "section": "keys"}, status=status)


@manage
def revoke_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """/console/keys/<id>/revocation/: what it means, then the deed."""
    key = get_object_or_404(ApiKey.objects, id=key_id)
    if request.method == "POST":
        revoke_api_key(key=key)
        messages.success(request, _("“%s” no longer works.") % key.name)
        return redirect("keys")
    return render(request, "console/revoke_key.html", {"key": key, "section": "keys"})
