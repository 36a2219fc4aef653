"""The page behind an invitation link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.tenancy import tenant_context
from tenants.forms import AcceptForm
from tenants.models import Tenant, User
from tenants.operations.invitations import InvitationGone, accept_invitation, find_invitation
from tenants.operations.people import create_person
from tenants.views.account import enter


@never_cache
def invitation(request: HttpRequest, tenant_id: UUID, token: str) -> HttpResponse:
    """/accounts/invitations/<tenant>/<token>/: join with the account one has, or make one."""
    tenant = Tenant.objects.filter(id=tenant_id).first()
    try:
        with tenant_context(tenant_id):
            found = find_invitation(token=token)
            page = {"invitation": found, "workspace": tenant, "inviter": found.invited_by}
            return _answer(request, page, token)
    except InvitationGone as refused:
        return render(request, "account/invitation_gone.html", {"sentence": refused.sentence}, status=410)


def _answer(request: HttpRequest, page: dict[str, Any], token: str) -> HttpResponse:
    found = page["invitation"]
    known = User.objects.filter(email__iexact=found.email).first()
    page["is_signed_in"] = request.user.is_authenticated
    page["is_other"] = page["is_signed_in"] and request.user != known
    page["has_account"] = known is not None
    if known or page["is_other"]:
        return _with_account(request, page, token)
    return _without_account(request, page, token)


def _with_account(request: HttpRequest, page: dict[str, Any], token: str) -> HttpResponse:
    """Somebody with an account signs in first, with their second factor; then one button."""
    if request.method != "POST" or not page["is_signed_in"] or page["is_other"]:
        return render(request, "account/invitation.html", page)
    return _join(request, token, request.user)


def _without_account(request: HttpRequest, page: dict[str, Any], token: str) -> HttpResponse:
    form = page["form"] = AcceptForm(request.POST or None, email=page["invitation"].email)
    if not form.is_valid():
        return render(request, "account/invitation.html", page, status=422 if form.is_bound else 200)
    email, found = page["invitation"].email, form.cleaned_data
    user = create_person(email=email, name=found["name"], password=found["password"])
    return _join(request, token, user)


def _join(request: HttpRequest, token: str, user: Any) -> HttpResponse:
    member = accept_invitation(token=token, user=user)
    if request.user.is_authenticated:
        request.session["tenant_id"] = str(member.tenant_id)
    else:
        enter(request, user, member.tenant_id)
    messages.success(request, _("Welcome, %s.") % member.name)
    return redirect("start")
