"""Console: channels of any kind; what differs between them comes from their adapters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.consequences import consequences
from common.forms import ask_again
from common.tenancy import tenant_context
from inbox.channels import adapter_for, adapters
from inbox.forms import (
    FIXED,
    ChannelForm,
    OverlapForm,
    connect_form,
    identity_label,
    own_secrets,
)
from inbox.models import Channel, Thread, ThreadState
from inbox.operations.app_secrets import end_old_secret, old_secret_ends, siblings
from inbox.operations.authors import Author
from inbox.operations.channels import change_channel, connect_channel, webhook_url
from inbox.operations.connection_check import check_channel
from inbox.operations.errors import ChannelTaken
from inbox.ports import CanCheck, OffersPages
from inbox.queries.health import channel_health, kind_label, one_health
from inbox.queries.standing import standing_words
from tenants.access import own_scope, scope_required
from tenants.requests import MemberRequest

manage = scope_required("channels:write")


@require_GET
@manage
def channels(request: HttpRequest) -> HttpResponse:
    """/console/channels/"""
    page = {"health": channel_health(), "kinds": _kinds(), "section": "channels"}
    return render(request, "console/channels.html", page)


def _kinds() -> list[Any]:
    return sorted(adapters().values(), key=lambda adapter: adapter.label)


@manage
def connect(request: MemberRequest, kind: str) -> HttpResponse:
    """/console/channels/new/<kind>/: the adapter's own form."""
    if kind not in adapters():
        raise Http404
    form = connect_form(kind, request.POST or None)
    if form.is_valid():
        try:
            channel = connect_channel(kind=kind, by=_author(request), **form.cleaned_data)
        except ChannelTaken as refused:
            form.add_error(FIXED, refused.sentence)
        else:
            messages.success(request, _("%s is saved. Two things are left: see below.") % channel.name)
            return redirect("channel", channel.id)
    if form.is_bound:
        ask_again(form)
    page = {
        "form": form,
        "kind": kind,
        "label": adapter_for(kind).label,
        "others": adapter.connect_pages if isinstance(adapter := adapter_for(kind), OffersPages) else (),
        "kinds": _kinds(),
        "section": "channels",
    }
    return render(request, "console/connect.html", page, status=422 if form.is_bound else 200)


def _author(request: MemberRequest) -> Author:
    return Author.of(request.member)


@require_GET
@manage
def channel(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/: how it is doing, what the provider must know, and its check."""
    found = get_object_or_404(Channel.objects, id=channel_id)
    return render(request, "console/channel.html", _page(found))


def _page(found: Channel) -> dict[str, Any]:
    adapter = adapter_for(found.kind)
    return {
        "channel": found,
        "one": one_health(found),
        "webhook_url": webhook_url(found),
        "standing": standing_words(found),
        "own_secrets": own_secrets(found),
        "identity": identity_label(found.kind),
        "old_secret_until": old_secret_ends([found]).get(found.id),
        "can_check": isinstance(adapter, CanCheck),
        "pages": adapter.channel_pages if isinstance(adapter, OffersPages) else (),
        "section": "channels",
    }


@require_POST
@own_scope
@manage
def check(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/check/: ask the provider, outside any transaction; show each step."""
    try:
        steps = check_channel(tenant_id=request.tenant_id, channel_id=channel_id)
    except Channel.DoesNotExist:
        raise Http404 from None
    with tenant_context(request.tenant_id):
        found = Channel.objects.get(id=channel_id)
        page = {**_page(found), "steps": steps}
        return render(request, "console/channel.html", page)


@manage
def change(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/change/: names, addresses and secrets."""
    found = get_object_or_404(Channel.objects, id=channel_id)
    editor = ChannelForm(found, request.POST or None)
    overlap = OverlapForm(request.POST or None, initial={"old_secret_h": "168"})
    if editor.is_valid():
        until = overlap.until(timezone.now())
        change_channel(channel=found, by=_author(request), old_secret_until=until, **editor.wanted)
        messages.success(request, _("Saved."))
        return redirect("channel", found.id)
    page = {
        "channel": found,
        "form": editor.form,
        "seen": editor.seen,
        "plain": [one for one in editor.form.visible_fields() if one.name not in editor.secrets],
        "secrets": [one for one in editor.form.visible_fields() if one.name in editor.secrets],
        "overlap": overlap["old_secret_h"],
        "identity": identity_label(found.kind),
        "siblings": siblings(found),
        "section": "channels",
    }
    return render(request, "console/change_channel.html", page, status=422 if editor.form.is_bound else 200)


@require_POST
@manage
def end_secret(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/old-secret/: the secret before is accepted no longer."""
    found = get_object_or_404(Channel.objects, id=channel_id)
    end_old_secret(channel=found, by=_author(request))
    messages.success(request, _("Only the new secret is accepted now."))
    return redirect("channel", found.id)


@manage
def switch_off(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/pause/: what it means, then the deed."""
    found = get_object_or_404(Channel.objects, id=channel_id)
    if request.method == "POST":
        change_channel(channel=found, by=_author(request), is_active=False)
        messages.success(request, _("%s is switched off.") % found.name)
        return redirect("channel", found.id)
    unclosed = Thread.objects.filter(channel=found).exclude(status=ThreadState.CLOSED).count()
    page = {"channel": found, "unclosed": unclosed, "label": kind_label(found.kind), "section": "channels"}
    page["follows"] = consequences("channel", found)
    return render(request, "console/pause_channel.html", page)


@require_POST
@manage
def switch_on(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/return/"""
    found = get_object_or_404(Channel.objects, id=channel_id)
    change_channel(channel=found, by=_author(request), is_active=True)
    messages.success(request, _("%s is switched on.") % found.name)
    return redirect("channel", found.id)
