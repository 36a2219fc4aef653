"""Console: the key with which phones encrypt what people fill into forms."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.form_keys import FormKeyForm
from channels_whatsapp.operations import form_keys as operations
from channels_whatsapp.operations.number_copies import copy_of
from channels_whatsapp.views.number_pages import carry_out, errands_of, manage, number_of
from common.tenancy import tenant_context
from inbox.models import Channel
from tenants.access import own_scope
from tenants.requests import MemberRequest

BACK = "whatsapp_form_key"


@own_scope
@manage
def form_key(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/form-key/: how it stands, and another one."""
    form = FormKeyForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        said = _("Meta has signed the key. Keep the private one where your server of forms is.")
        key = form.cleaned_data["key"]
        return carry_out(request, channel_id, operations.set_key, said, back=BACK, key=key)
    with tenant_context(request.tenant_id):
        return _page(request, number_of(channel_id), form)


def _page(request: HttpRequest, channel: Channel, form: FormKeyForm | None) -> HttpResponse:
    kept = copy_of(channel, operations.FORM_KEY)
    page = {
        "channel": channel,
        "kept": kept,
        "status": kept.found["status"] if kept else "",
        "form": form or FormKeyForm(),
        "errands": errands_of(channel),
        "section": "channels",
    }
    return render(request, "channels_whatsapp/form_key.html", page, status=422 if form else 200)


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/form-key/reading/"""
    said = _("This is how Meta has the key now.")
    return carry_out(request, channel_id, operations.read_key, said, back=BACK)
