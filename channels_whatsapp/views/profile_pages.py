"""Console: what customers see of a number's business."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.number_forms import ProfileForm, change_of, flat
from channels_whatsapp.operations import profiles as operations
from channels_whatsapp.views.number_pages import carry_out, errands_of, manage, number_of
from channels_whatsapp.views.shared_saving import over, save
from common.tenancy import tenant_context
from inbox.models import Channel
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
        return change_of(now, over(request, now, flat(now), typed))

    return save(
        request, channel, form, operations.change_profile, _("Saved. Customers see it at once."),
        back="whatsapp_profile", page=_page, again=lambda now: _form(request, now),
        wanted=wanted, picture=form.cleaned_data["picture"],
    )  # fmt: skip


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/profile/reading/"""
    said = _("This is the profile as Meta has it now.")
    return carry_out(request, channel_id, operations.read_profile, said, back="whatsapp_profile")
