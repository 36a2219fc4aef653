"""Console: a number's settings at Meta, calls and the check of people."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.operations import settings as operations
from channels_whatsapp.operations.number_copies import copy_of
from channels_whatsapp.setting_calls import OURS, TooManySpans, calling_of, hours_of
from channels_whatsapp.setting_forms import SettingsForm, flat, settings_of
from channels_whatsapp.views.number_pages import carry_out, errands_of, manage, number_of
from channels_whatsapp.views.shared_saving import over, save
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.ports import Json
from tenants.access import own_scope
from tenants.hours import Hours
from tenants.queries import business_hours
from tenants.requests import MemberRequest

#: Before Meta was asked.
NOTHING: Json = {"identity_check": False, **calling_of({})}


@own_scope
@manage
def settings(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/settings/: as they were last read; saving asks Meta what they are now."""
    with tenant_context(request.tenant_id):
        channel = number_of(channel_id)
        kept, hours = copy_of(channel, operations.SETTINGS), business_hours()
        if request.method != "POST":
            return _page(request, channel)
        form = _form(request, kept.found if kept else NOTHING, hours)
        if not form.is_valid() or not _fits(form, hours):
            return _page(request, channel, form)
    return _save(request, channel, form, hours)


def _form(request: HttpRequest, found: Json, hours: Hours) -> SettingsForm:
    return SettingsForm(request.POST, stored=_flat(found, hours))


def _flat(found: Json, hours: Hours) -> Json:
    return flat(found, hours, timezone.localdate(timezone=hours.zone))


def _fits(form: SettingsForm, hours: Hours) -> bool:
    """Does Meta take our opening hours, if they are wanted?"""
    try:
        if form.cleaned_data["call_hours"] == OURS:
            hours_of(hours, timezone.localdate(timezone=hours.zone))
    except TooManySpans:
        form.add_error("call_hours", _("Meta takes two times a day at most; your opening hours have more."))
    return not form.errors


def _page(request: HttpRequest, channel: Channel, form: SettingsForm | None = None) -> HttpResponse:
    kept = copy_of(channel, operations.SETTINGS)
    page = {
        "channel": channel,
        "kept": kept,
        "found": kept.found if kept else {},
        "form": form or (SettingsForm(stored=_flat(kept.found, business_hours())) if kept else None),
        "errands": errands_of(channel),
        "section": "channels",
    }
    return render(request, "channels_whatsapp/settings.html", page, status=422 if form else 200)


def _save(request: MemberRequest, channel: Channel, form: SettingsForm, hours: Hours) -> HttpResponse:
    typed, today = form.flattened(), timezone.localdate(timezone=hours.zone)

    def wanted(now: Json) -> Json:
        """What they are to be, given what Meta has this moment. Raises Conflict."""
        return settings_of(over(request, now, flat(now, hours, today), typed), now, hours, today)

    return save(
        request, channel, form, operations.change_settings, _("Saved. Meta uses it from now on."),
        back="whatsapp_settings", page=_page, again=lambda now: _form(request, now, hours), wanted=wanted,
    )  # fmt: skip


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/settings/reading/"""
    said = _("These are the settings as Meta has them now.")
    return carry_out(request, channel_id, operations.read_settings, said, back="whatsapp_settings")


@own_scope
@manage
def contact_book(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/settings/contact-book/: what it means, then the deed."""
    if request.method == "POST":
        said = _("Meta has deleted its contact book.")
        deed = operations.delete_contact_book
        return carry_out(request, channel_id, deed, said, back="whatsapp_settings")
    with tenant_context(request.tenant_id):
        page = {"channel": number_of(channel_id), "section": "channels"}
        return render(request, "channels_whatsapp/contact_book.html", page)
