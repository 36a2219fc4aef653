"""Console: what a new chat offers, with a preview that looks like the phone."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.opener_forms import OpenersForm, blank, flat, openers_of
from channels_whatsapp.operations import openers as operations
from channels_whatsapp.operations.number_copies import copy_of
from channels_whatsapp.views.number_pages import carry_out, errands_of, manage, number_of
from channels_whatsapp.views.shared_saving import over, save
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.ports import Json
from tenants.access import own_scope
from tenants.requests import MemberRequest

NOTHING: Json = {"prompts": [], "commands": []}


@own_scope
@manage
def openers(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/openers/: as they were last read; saving asks Meta what they are now."""
    with tenant_context(request.tenant_id):
        channel = number_of(channel_id)
        if request.method != "POST":
            return _page(request, channel)
        kept = copy_of(channel, operations.OPENERS)
        form = _form(request, kept.found if kept else NOTHING)
        if not form.is_valid():
            return _page(request, channel, form)
    return _save(request, channel, form)


def _form(request: HttpRequest, found: Json) -> OpenersForm:
    return OpenersForm(request.POST, stored=flat(found))


def _page(request: HttpRequest, channel: Channel, form: OpenersForm | None = None) -> HttpResponse:
    kept = copy_of(channel, operations.OPENERS)
    shown = form or (OpenersForm(stored=flat(kept.found)) if kept else None)
    page = {
        "channel": channel,
        "kept": kept,
        "form": shown,
        "preview": openers_of(request.POST) if form else kept.found if kept else NOTHING,
        "errands": errands_of(channel),
        "section": "channels",
    }
    return render(request, "channels_whatsapp/openers.html", page, status=422 if form else 200)


def _save(request: MemberRequest, channel: Channel, form: OpenersForm) -> HttpResponse:
    typed = form.flattened()

    def wanted(now: Json) -> Json:
        """What they are to be, given what Meta has this moment. Raises Conflict."""
        return openers_of(over(request, now, {**blank(form.rows), **flat(now)}, typed))

    return save(
        request, channel, form, operations.change_openers, _("Saved. New chats with this number show it."),
        back="whatsapp_openers", page=_page, again=lambda now: _form(request, now), wanted=wanted,
    )  # fmt: skip


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/openers/reading/"""
    said = _("These are the chat openers as Meta has them now.")
    return carry_out(request, channel_id, operations.read_openers, said, back="whatsapp_openers")


@require_POST
@manage
def preview(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/openers/preview/: how what is typed so far looks on a phone."""
    page = {"channel": number_of(channel_id), "preview": openers_of(request.POST)}
    return render(request, "channels_whatsapp/openers_preview.html", page)
