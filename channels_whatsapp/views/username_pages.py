"""Console: the username of a number, taken and given up on the number's page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.operations import usernames as operations
from channels_whatsapp.views.number_pages import carry_out, manage, number_of, take_form
from common.tenancy import tenant_context
from tenants.access import own_scope
from tenants.requests import MemberRequest


@require_POST
@own_scope
@manage
def username(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/number/username/"""
    said = _("Meta has taken the name. Whether it is yours already shows above.")
    return take_form(request, channel_id, "username", operations.take_username, said)


@own_scope
@manage
def end(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/number/username/end/: what it means, then the deed."""
    if request.method == "POST":
        said = _("The username is given up.")
        return carry_out(request, channel_id, operations.drop_username, said)
    with tenant_context(request.tenant_id):
        channel = number_of(channel_id)
        name = channel.standing.get("facts", {}).get("username", "")
        page = {"channel": channel, "username": name, "section": "channels"}
        return render(request, "channels_whatsapp/username_end.html", page)
