"""Console: connecting numbers by Meta's signup — agreeing there, coming back, choosing numbers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from channels_whatsapp.models import Errand, Signup
from channels_whatsapp.number_forms import SignupForm
from channels_whatsapp.number_words import REVIEWS, STATUSES
from channels_whatsapp.operations import signups as operations
from channels_whatsapp.signup_calls import App, dialog_url
from channels_whatsapp.views.number_pages import errands_of, manage
from common.forms import ask_again
from common.tenancy import tenant_context
from inbox.operations.authors import Author
from tenants.access import own_scope
from tenants.requests import MemberRequest

SALT = "channels_whatsapp.signup"
STATE_S = 3_600


@own_scope
@manage
def signup(request: MemberRequest) -> HttpResponse:
    """/console/channels/whatsapp/signup/: the way to Meta, or a code that was made elsewhere."""
    form = SignupForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        app = App(given["app_id"], given["app_secret"], given["base_url"].strip().rstrip("/"))
        return _begin(request, app, given["code"], given["redirect_uri"], form)
    return _start_page(request, form)


def _start_page(request: MemberRequest, form: SignupForm) -> HttpResponse:
    if form.is_bound:
        ask_again(form)
    with tenant_context(request.tenant_id):
        page = {
            "form": form,
            "dialog": _dialog(request),
            "errands": [one for one in errands_of(None) if one["row"].what == Errand.What.SIGNUP],
            "section": "channels",
        }
        status = 422 if form.is_bound else 200
        return render(request, "channels_whatsapp/signup.html", page, status=status)


def _dialog(request: MemberRequest) -> str:
    """Where to agree with this installation's own app, "" when it has none."""
    if not (settings.WHATSAPP_APP_ID and settings.WHATSAPP_APP_SECRET and settings.WHATSAPP_LOGIN_CONFIG):
        return ""
    return dialog_url(
        settings.WHATSAPP_LOGIN_URL,
        app_id=settings.WHATSAPP_APP_ID,
        config_id=settings.WHATSAPP_LOGIN_CONFIG,
        back=_back_url(),
        state=signing.dumps(_who(request), salt=SALT),
    )


def _back_url() -> str:
    return settings.PUBLIC_URL + reverse("whatsapp_signup_return")


def _who(request: MemberRequest) -> list[str]:
    """Only the one who left may come back, and into the same workspace."""
    return [str(request.tenant_id), str(request.member.id)]


@require_GET
@own_scope
@manage
def back(request: MemberRequest) -> HttpResponse:
    """/console/channels/whatsapp/signup/return/?code=&state=: from Meta, with a code or without."""
    try:
        is_ours = signing.loads(request.GET.get("state", ""), salt=SALT, max_age=STATE_S) == _who(request)
    except signing.BadSignature:
        is_ours = False
    code = request.GET.get("code", "")
    if not is_ours:
        messages.error(request, _("This way back was not begun here, or an hour ago. Begin again."))
    elif not code:
        messages.warning(request, _("You did not agree at Meta, so nothing is connected."))
    else:
        app = App(settings.WHATSAPP_APP_ID, settings.WHATSAPP_APP_SECRET, settings.WHATSAPP_API_URL)
        return _begin(request, app, code[:2_000], _back_url(), None)
    return redirect("whatsapp_signup")


def _begin(
    request: MemberRequest, app: App, code: str, redirect_uri: str, form: SignupForm | None
) -> HttpResponse:
    """Exchange the code; then the numbers, or why not."""
    errand, found = operations.begin_signup(
        tenant_id=request.tenant_id, by=Author.of(request.member), app=app, code=code,
        redirect_uri=redirect_uri,
    )  # fmt: skip
    if found:
        return redirect("whatsapp_signup_numbers", found.id)
    said = f"{errand.sentence} {errand.fix}".strip()
    if form is None:
        messages.error(request, said)
        return redirect("whatsapp_signup")
    form.add_error(None, said)
    return _start_page(request, form)


@own_scope
@manage
def numbers(request: MemberRequest, signup_id: UUID) -> HttpResponse:
    """/console/channels/whatsapp/signup/<id>/: which of the numbers become channels."""
    with tenant_context(request.tenant_id):
        found = _found(signup_id)
        taken = operations.connected_ids(found)
    if request.method != "POST":
        return _numbers_page(request, found)
    names = {
        key: request.POST.get(f"name_{key}", "").replace("\0", "").strip()
        for key in request.POST.getlist("number")
        if key not in taken
    }
    if not names:
        return _numbers_page(request, found, {"": _("Choose at least one number.")})
    try:
        done = operations.connect_numbers(
            tenant_id=request.tenant_id, signup_id=found.id, by=Author.of(request.member), names=names
        )
    except Signup.DoesNotExist:
        raise Http404 from None
    return _connected(request, found, done)


def _found(signup_id: UUID) -> Signup:
    try:
        return operations.open_signup(signup_id)
    except Signup.DoesNotExist:
        raise Http404 from None


def _connected(request: MemberRequest, found: Signup, done: operations.Connected) -> HttpResponse:
    if done.channels:
        names = ", ".join(channel.name for channel in done.channels)
        said = ngettext("%s is connected.", "%s are connected.", len(done.channels)) % names
        messages.success(request, said)
    if done.unheard:
        names = ", ".join(channel.name for channel in done.unheard)
        said = _("Meta did not take our webhook address for %s: see why on the page of the number.") % names
        messages.warning(request, said)
    if done.refused or not done.channels:
        return _numbers_page(request, found, done.refused)
    if len(done.channels) == 1:
        return redirect("whatsapp_number", done.channels[0].id)
    return redirect("channels")


def _numbers_page(
    request: MemberRequest, found: Signup, refused: dict[str, str] | None = None
) -> HttpResponse:
    with tenant_context(request.tenant_id):
        taken = operations.connected_ids(found)
        page = {
            "signup": found,
            "accounts": [_account(one, taken, refused or {}) for one in found.accounts],
            "refused": (refused or {}).get("", ""),
            "is_left": any(number["id"] not in taken for one in found.accounts for number in one["numbers"]),
            "section": "channels",
        }
        status = 422 if refused else 200
        return render(request, "channels_whatsapp/signup_numbers.html", page, status=status)


def _account(account: dict[str, Any], taken: set[str], refused: dict[str, str]) -> dict[str, Any]:
    review = REVIEWS.get(account["review"])
    rows = [
        {
            **number,
            "is_taken": number["id"] in taken,
            "state": STATUSES.get(number["status"]),
            "error": refused.get(number["id"], ""),
        }
        for number in account["numbers"]
    ]
    return {**account, "words": review, "numbers": rows, "error": refused.get(account["waba_id"], "")}
