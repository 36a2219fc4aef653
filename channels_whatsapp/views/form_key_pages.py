"""Console: forms whose pages a server makes — the key phones encrypt with, and the business's own system."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.form_forms import FormAddressForm
from channels_whatsapp.form_keys import FormKeyForm
from channels_whatsapp.form_words import form_address, rows_of_forms
from channels_whatsapp.operations import form_endpoints
from channels_whatsapp.operations import form_keys as operations
from channels_whatsapp.operations.number_copies import copy_of
from channels_whatsapp.views.number_pages import carry_out, errands_of, manage, number_of
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from tenants.access import own_scope
from tenants.requests import MemberRequest
from tenants.views.once import keep_once, take_once

BACK = "whatsapp_form_key"
ONCE = "form_key_calls"


@own_scope
@manage
def form_key(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/form-key/: how it stands, and a key of one's own."""
    form = FormKeyForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        said = _("Meta has signed the key. Keep the private one where your server of forms is.")
        key = form.cleaned_data["key"]
        return carry_out(request, channel_id, operations.set_key, said, back=BACK, key=key)
    with tenant_context(request.tenant_id):
        return _page(request, number_of(channel_id), key=form)


def _page(request: HttpRequest, channel: Channel, **typed: Form | None) -> HttpResponse:
    """typed: `key` or `address`, as it was sent and is not right."""
    wrong = {name: form for name, form in typed.items() if form}
    page = {
        "channel": channel,
        **_state(channel),
        "forms": _forms(channel) | wrong,
        "secret": take_once(request, ONCE),
        "errands": errands_of(channel),
        "section": "channels",
    }
    return render(request, "channels_whatsapp/form_key.html", page, status=422 if wrong else 200)


def _state(channel: Channel) -> dict[str, Any]:
    kept, endpoint = copy_of(channel, operations.FORM_KEY), form_endpoints.endpoint_of(channel)
    return {
        "kept": kept,
        "status": kept.found["status"] if kept else "",
        "made_here": form_endpoints.has_key(endpoint, kept.found.get("key", "")) if kept else False,
        "endpoint": endpoint,
        "address": form_address(channel),
        "rows": rows_of_forms(endpoint),
    }


def _forms(channel: Channel) -> dict[str, Form]:
    endpoint = form_endpoints.endpoint_of(channel)
    url = endpoint.url if endpoint else ""
    return {"key": FormKeyForm(), "address": FormAddressForm(initial={"url": url})}


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/form-key/reading/"""
    said = _("This is how Meta has the key now.")
    return carry_out(request, channel_id, operations.read_key, said, back=BACK)


@require_POST
@own_scope
@manage
def making(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/form-key/making/: a pair made here."""
    said = _("Meta has signed the key that was made here. Forms can be answered through this address now.")
    return carry_out(request, channel_id, operations.make_key, said, back=BACK)


@require_POST
@manage
def address(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/form-key/address/: whom forms are asked of."""
    channel, form = number_of(channel_id), FormAddressForm(request.POST)
    if not form.is_valid():
        return _page(request, channel, address=form)
    by, url = Author.of(request.member), form.cleaned_data["url"]
    made = form_endpoints.set_address(channel=channel, url=url, by=by)
    if made:
        keep_once(request, ONCE, made)
    messages.success(request, _("Saved. Your system is asked from now on.") if url else _("Nobody is asked."))
    return redirect(BACK, channel_id)


@require_POST
@manage
def secret(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/form-key/secret/: another one, shown once."""
    made = form_endpoints.renew_secret(channel=number_of(channel_id), by=Author.of(request.member))
    keep_once(request, ONCE, made)
    return redirect(BACK, channel_id)
