"""Console: one number at Meta — how it stands, its registration, PIN and codes, and what was asked lately."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from channels_whatsapp.models import Errand
from channels_whatsapp.number_forms import CodeForm, NameForm, PinForm, RegisterForm, VerifyForm
from channels_whatsapp.number_words import ERRANDS, OUTCOMES, rows_of_number
from channels_whatsapp.operations import numbers as operations
from channels_whatsapp.operations.errands import KIND
from channels_whatsapp.username_forms import UsernameForm
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.queries.standing import standing_words
from tenants.access import own_scope, scope_required
from tenants.requests import MemberRequest

manage = scope_required("channels:write")
ERRANDS_SHOWN = 10
#: The forms of the page by the name of their place in it.
FORMS: dict[str, type[Form]] = {
    "register": RegisterForm, "pin": PinForm, "name": NameForm, "code": CodeForm, "verify": VerifyForm,
    "username": UsernameForm,
}  # fmt: skip


def number_of(channel_id: UUID) -> Channel:
    """The channel. Raises Http404."""
    return get_object_or_404(Channel.objects.filter(kind=KIND), id=channel_id)


@require_GET
@manage
def number(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/number/"""
    return _page(request, number_of(channel_id))


def _page(request: HttpRequest, channel: Channel, wrong: dict[str, Form] | None = None) -> HttpResponse:
    facts = channel.standing.get("facts", {})
    rows = rows_of_number(facts)
    page = {
        "channel": channel,
        "rows": rows,
        "standing": standing_words(channel),
        "told_at": datetime.fromisoformat(told) if (told := channel.standing.get("at")) else None,
        "is_registered": facts.get("status") not in {"PENDING", "DISCONNECTED", "UNVERIFIED"},
        "is_known": bool(facts.get("status")),
        "on_app": facts.get("on_app") is True,
        "username": str(facts.get("username") or ""),
        "forms": {name: kind(auto_id=f"{name}_%s") for name, kind in FORMS.items()} | (wrong or {}),
        "errands": errands_of(channel),
        "section": "channels",
    }
    return render(request, "channels_whatsapp/number.html", page, status=422 if wrong else 200)


def errands_of(channel: Channel | None) -> list[dict[str, Any]]:
    """The latest, newest first, in words."""
    rows = Errand.objects.filter(channel=channel).order_by("-id")[:ERRANDS_SHOWN]
    found = []
    for row in rows:
        words, tone, icon = OUTCOMES[row.outcome]
        name = ERRANDS[row.what]
        found.append({"row": row, "name": name, "words": words, "tone": tone, "icon": icon})
    return found


def tell(request: HttpRequest, errand: Errand, done: str) -> None:
    """Say at the top of the next page what came of it."""
    if errand.outcome == Errand.Outcome.DONE:
        messages.success(request, done)
    else:
        level = messages.warning if errand.outcome == Errand.Outcome.UNCLEAR else messages.error
        level(request, f"{errand.sentence} {errand.fix}".strip())


Deed = Callable[..., Errand]


def carry_out(
    request: MemberRequest,
    channel_id: UUID,
    deed: Deed,
    done: str,
    *,
    back: str = "whatsapp_number",
    **given: Any,
) -> HttpResponse:
    """Do it and go back to the page of that name. Raises Http404."""
    by = Author.of(request.member)
    try:
        errand = deed(tenant_id=request.tenant_id, channel_id=channel_id, by=by, **given)
    except Channel.DoesNotExist:
        raise Http404 from None
    tell(request, errand, done)
    return redirect(back, channel_id)


def take_form(request: MemberRequest, channel_id: UUID, place: str, deed: Deed, done: str) -> HttpResponse:
    """The same with a form; what is wrong is said beside its field, and nobody is asked."""
    form = FORMS[place](request.POST, auto_id=f"{place}_%s")
    if form.is_valid():
        return carry_out(request, channel_id, deed, done, **form.cleaned_data)
    with tenant_context(request.tenant_id):
        return _page(request, number_of(channel_id), {place: form})


@require_POST
@own_scope
@manage
def refresh(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/refresh/"""
    return carry_out(
        request, channel_id, operations.refresh_number, _("This is how Meta sees the number now.")
    )


@require_POST
@own_scope
@manage
def subscription(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/subscription/"""
    said = _("Our app hears of this account, and its webhooks come here.")
    return carry_out(request, channel_id, operations.subscribe_number, said)


@require_POST
@own_scope
@manage
def registration(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/registration/"""
    said = _("The number is registered: it can send and receive.")
    return take_form(request, channel_id, "register", operations.register_number, said)


@require_POST
@own_scope
@manage
def name(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/name/"""
    said = _("Meta looks at the new name, usually within a day. People see the old one until then.")
    return take_form(request, channel_id, "name", operations.request_name, said)


@own_scope
@manage
def deregistration(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/number/deregistration/: what it means, then the deed."""
    if request.method == "POST":
        said = _("The number is deregistered: nothing leaves or comes in until it is registered again.")
        return carry_out(request, channel_id, operations.deregister_number, said)
    with tenant_context(request.tenant_id):
        page = {"channel": number_of(channel_id), "section": "channels"}
        return render(request, "channels_whatsapp/deregistration.html", page)


@require_POST
@own_scope
@manage
def pin(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/pin/"""
    said = _("The new PIN is set. Note it down: it is not kept here.")
    return take_form(request, channel_id, "pin", operations.set_pin, said)


@require_POST
@own_scope
@manage
def code(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/code/"""
    said = _("A code is on its way to the number. Enter it below within ten minutes.")
    return take_form(request, channel_id, "code", operations.request_code, said)


@require_POST
@own_scope
@manage
def verification(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/verification/"""
    said = _("The number is proved to be yours. Register it now, if it is not registered.")
    return take_form(request, channel_id, "verify", operations.verify_number, said)
