"""Pages of a person: the way in, their own data, the workspace they are in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account import views as allauth_views
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.tenancy import tenant_context
from tenants.forms import AccountForm, FirstRunForm
from tenants.models import User
from tenants.operations.login_links import LinkUsed, use_login_link
from tenants.operations.members import rename_member
from tenants.operations.people import choose_language
from tenants.operations.workspaces import AlreadyFounded, found_installation
from tenants.queries import is_new_installation, memberships_of
from tenants.requests import PersonRequest


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """GET /: to the inbox, or to the way in."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return redirect("first_run" if is_new_installation() else "account_login")


def sign_in(request: HttpRequest) -> HttpResponse:
    """/accounts/login/: as long as nobody has a workspace, there is nobody to sign in."""
    if not request.user.is_authenticated and is_new_installation():
        return redirect("first_run")
    answer: HttpResponse = allauth_views.login(request)
    return answer


@never_cache
def first_run(request: HttpRequest) -> HttpResponse:
    """/accounts/first/: the first workspace and its owner; gone once there is one."""
    if not is_new_installation():
        return redirect("start")
    form = FirstRunForm(request.POST or None)
    if not form.is_valid():
        return render(request, "account/first_run.html", {"form": form}, status=422 if form.is_bound else 200)
    found = form.cleaned_data
    try:
        tenant = found_installation(
            workspace=found["workspace"], name=found["name"], email=found["email"], password=found["password"]
        )
    except AlreadyFounded:
        return redirect("start")
    enter(request, User.objects.get(email__iexact=found["email"]), tenant.id)
    return redirect("console_home")


@require_GET
def demo_login(request: HttpRequest) -> HttpResponse:
    """GET /demo/login/?token=…: sign in by a single-use link; exists only in the demo."""
    if not settings.DEMO:
        raise Http404
    try:
        link = use_login_link(token=request.GET.get("token", ""))
    except LinkUsed as refused:
        return render(request, "account/link_used.html", {"sentence": refused.sentence}, status=410)
    enter(request, link.user, link.tenant_id)
    return redirect(settings.LOGIN_REDIRECT_URL)


def enter(request: HttpRequest, user: User, tenant_id: Any) -> None:
    """Sign a person in, and into a workspace."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session["tenant_id"] = str(tenant_id)


@login_required
def account_home(request: PersonRequest) -> HttpResponse:
    """/accounts/: name, password, two-step sign-in, workspaces."""
    user = request.user
    form = AccountForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if form.is_valid():
        _rename(request, form.cleaned_data["name"])
        _speak(request, form.cleaned_data["language"])
        messages.success(request, _("Saved."))
        return redirect("account_home")
    page = {
        "form": form,
        "memberships": memberships_of(user),
        "has_totp": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        "section": "account",
    }
    return render(request, "account/home.html", page, status=422 if form.is_bound else 200)


def _rename(request: PersonRequest, name: str) -> None:
    """The person, and the member they are in the workspace they are in."""
    request.user.name = name
    request.user.save(update_fields=["name"])
    if request.member and request.tenant_id:
        with tenant_context(request.tenant_id):
            rename_member(member=request.member, name=name)


def _speak(request: PersonRequest, language: str) -> None:
    """From now on, this answer included."""
    choose_language(user=request.user, language=language)
    translation.activate(language or translation.get_language_from_request(request))


@require_POST
@login_required
def language(request: PersonRequest) -> HttpResponse:
    """POST /accounts/language/ language=…, next=…: the inbox page's choice; "" follows the browser."""
    chosen = request.POST.get("language", "")
    if chosen and chosen not in dict(settings.LANGUAGES):
        return HttpResponse(
            _("There is no such language here."), status=422, content_type="text/plain; charset=utf-8"
        )
    choose_language(user=request.user, language=chosen)
    place = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure())
    # Not redirect(): that looks for a page of the name first, and fails where there is none.
    return HttpResponseRedirect(place if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL))


@require_POST
@login_required
def switch_workspace(request: PersonRequest) -> HttpResponse:
    """POST /accounts/workspace/ tenant=…: work in another of one's own workspaces."""
    membership = memberships_of(request.user).filter(tenant_id__in=_uuid(request.POST.get("tenant"))).first()
    if membership is None:
        raise Http404
    request.session["tenant_id"] = str(membership.tenant_id)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _uuid(text: str | None) -> list[str]:
    """As a filter takes it: nothing for what is no id."""
    try:
        return [str(UUID(text or ""))]
    except ValueError:
        return []


@login_required
def no_workspace(request: PersonRequest) -> HttpResponse:
    """/accounts/nowhere/: signed in, but in no workspace (any more)."""
    if request.tenant_id:
        return redirect("start")
    return render(request, "account/no_workspace.html", status=403)
