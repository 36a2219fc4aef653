"""Console: whom a number blocks at Meta, held against whom we block."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from channels_whatsapp.operations import blocklist as operations
from channels_whatsapp.operations.number_copies import copy_of
from channels_whatsapp.views.number_pages import carry_out, errands_of, manage, number_of
from tenants.access import own_scope
from tenants.requests import MemberRequest


@require_GET
@manage
def blocked(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/blocked/"""
    channel = number_of(channel_id)
    kept = copy_of(channel, operations.BLOCKED)
    page = {
        "channel": channel,
        "kept": kept,
        "found": kept.found if kept else {},
        "errands": errands_of(channel),
        "section": "channels",
    }
    return render(request, "channels_whatsapp/blocked.html", page)


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/blocked/reading/"""
    said = _("This is the block list as Meta has it now.")
    return carry_out(request, channel_id, operations.compare_blocked, said, back="whatsapp_blocked")


@require_POST
@own_scope
@manage
def alignment(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/blocked/alignment/"""
    said = _("Whom Meta blocks is blocked here too, and Meta is told again of the others.")
    return carry_out(request, channel_id, operations.align_blocked, said, back="whatsapp_blocked")
