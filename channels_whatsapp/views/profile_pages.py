"""Console: what customers see of a number's business."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.models import Errand
from channels_whatsapp.number_forms import ProfileForm, change_of, flat
from channels_whatsapp.operations import profiles as operations
from channels_whatsapp.operations.errands import Conflict
from channels_whatsapp.views.number_pages import errands_of, manage, number_of, tell
from common.forms import merge
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Json
from tenants.access import own_scope
from tenants.requests import MemberRequest


@own_scope
@manage
def profile(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/profile/: as it was last read; saving asks Meta what it is now."""
    with tenant_context(request.tenant_id):
        channel = number_of(channel_id)
        if request.method != "POST":
            return _page(request, channel)
        kept = operations.profile_of(channel)
        form = _form(request, kept.fields if kept else {})
        if not form.is_valid():
            return _page(request, channel, form)
    return _save(request, channel, form)


def _form(request: HttpRequest, stored: Json) -> ProfileForm:
    return ProfileForm(request.POST, files=request.FILES, stored=flat(stored))


def _page(request: HttpRequest, channel: Channel, form: ProfileForm | None = None) -> HttpResponse:
    kept = operations.profile_of(channel)
    page: dict[str, Any] = {
        "channel": channel,
        "kept": kept,
        "form": form or (ProfileForm(stored=flat(kept.fields)) if kept else None),
        "errands": errands_of(channel),
        "section": "channels",
    }
    return render(request, "channels_whatsapp/profile.html", page, status=422 if form else 200)


def _save(request: MemberRequest, channel: Channel, form: ProfileForm) -> HttpResponse:
    typed = form.flattened()

    def wanted(now: Json) -> Json:
        """What to change, given how the profile is at Meta this moment. Raises Conflict."""
        theirs, clashes = merge(request.POST.get("seen", ""), flat(now), typed)
        if clashes:
            raise Conflict(now)
        return change_of(now, {**typed, **theirs})

    try:
        errand = operations.change_profile(
            tenant_id=request.tenant_id,
            channel_id=channel.id,
            by=Author.of(request.member),
            wanted=wanted,
            picture=form.cleaned_data["picture"],
        )
    except Conflict as conflict:
        again = _form(request, conflict.theirs)
        again.is_valid()
        with tenant_context(request.tenant_id):
            return _page(request, channel, again)
    return _saved(request, channel, form, errand)


def _saved(request: MemberRequest, channel: Channel, form: ProfileForm, errand: Errand) -> HttpResponse:
    """Back to the page; after a refusal with everything still typed."""
    if errand.outcome == Errand.Outcome.DONE:
        messages.success(request, _("Saved. Customers see it at once."))
        return redirect("whatsapp_profile", channel.id)
    form.add_error(None, f"{errand.sentence} {errand.fix}".strip())
    with tenant_context(request.tenant_id):
        return _page(request, channel, form)


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/profile/reading/"""
    by = Author.of(request.member)
    try:
        errand = operations.read_profile(tenant_id=request.tenant_id, channel_id=channel_id, by=by)
    except Channel.DoesNotExist:
        raise Http404 from None
    tell(request, errand, _("This is the profile as Meta has it now."))
    return redirect("whatsapp_profile", channel_id)
