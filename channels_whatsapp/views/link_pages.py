"""Console: short links of a number, each with a code to scan."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from channels_whatsapp.link_calls import LINKS_MOST, TEXT_CHARS
from channels_whatsapp.models import Errand
from channels_whatsapp.operations import links as operations
from channels_whatsapp.operations.number_copies import copy_of
from channels_whatsapp.views.number_pages import carry_out, errands_of, manage, number_of, tell
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Json
from tenants.access import own_scope
from tenants.requests import MemberRequest

PICTURES = {"png": "image/png", "svg": "image/svg+xml"}


class LinkForm(forms.Form):
    """The text that stands in the chat already."""

    text = forms.CharField(
        label=gettext_lazy("Text that stands in the chat already"),
        max_length=TEXT_CHARS,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=gettext_lazy("At most 140 characters. The customer may change it before sending."),
    )


@own_scope
@manage
def links(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/links/: those there are, and a new one."""
    with tenant_context(request.tenant_id):
        channel = number_of(channel_id)
        form = LinkForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return _page(request, channel, form)
    said = _("The link is made. Share its address, or print its code.")
    return _done(request, channel, form, operations.make_link, said)


def _page(
    request: HttpRequest, channel: Channel, form: forms.Form, template: str = "links", **more: Any
) -> HttpResponse:
    kept = copy_of(channel, operations.LINKS)
    page = {
        "channel": channel,
        "kept": kept,
        "links": kept.found["links"] if kept else [],
        "most": LINKS_MOST,
        "form": form,
        "errands": errands_of(channel),
        "section": "channels",
        **more,
    }
    status = 422 if form.is_bound else 200
    return render(request, f"channels_whatsapp/{template}.html", page, status=status)


def _done(
    request: MemberRequest, channel: Channel, form: forms.Form, deed: Any, done: str, **given: Any
) -> HttpResponse:
    """Do it and go back to the list; a refusal stands above what was typed."""
    errand: Errand = deed(
        tenant_id=request.tenant_id, channel_id=channel.id, by=Author.of(request.member),
        **form.cleaned_data, **given,
    )  # fmt: skip
    if errand.outcome == Errand.Outcome.DONE:
        messages.success(request, done)
        return redirect("whatsapp_links", channel.id)
    form.add_error(None, f"{errand.sentence} {errand.fix}".strip())
    with tenant_context(request.tenant_id):
        if code := given.get("code"):
            return _page(request, channel, form, "link", link=_link(channel, code))
        return _page(request, channel, form)


def _link(channel: Channel, code: str) -> Json:
    """One of those kept. Raises Http404."""
    found = next((one for one in operations.kept_links(channel) if one["code"] == code), None)
    if found is None:
        raise Http404
    return found


@own_scope
@manage
def link(request: MemberRequest, channel_id: UUID, code: str) -> HttpResponse:
    """/console/channels/<id>/links/<code>/: its code to scan, and another text."""
    with tenant_context(request.tenant_id):
        channel = number_of(channel_id)
        found = _link(channel, code)
        form = LinkForm(request.POST or None, initial={"text": found["text"]})
        if request.method != "POST" or not form.is_valid():
            return _page(request, channel, form, "link", link=found)
    said = _("The text is changed; address and code stay as they are.")
    return _done(request, channel, form, operations.change_link, said, code=code)


@own_scope
@manage
def deletion(request: MemberRequest, channel_id: UUID, code: str) -> HttpResponse:
    """/console/channels/<id>/links/<code>/deletion/: what it means, then the deed."""
    with tenant_context(request.tenant_id):
        channel = number_of(channel_id)
        page = {"channel": channel, "link": _link(channel, code), "section": "channels"}
        if request.method != "POST":
            return render(request, "channels_whatsapp/link_deletion.html", page)
    by = Author.of(request.member)
    errand = operations.delete_link(tenant_id=request.tenant_id, channel_id=channel_id, by=by, code=code)
    tell(request, errand, _("The link is deleted: who scans it comes nowhere."))
    return redirect("whatsapp_links", channel_id)


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/links/reading/"""
    said = _("These are the links as Meta has them now.")
    return carry_out(request, channel_id, operations.read_links, said, back="whatsapp_links")


@require_GET
@manage
def picture(request: HttpRequest, channel_id: UUID, code: str, ending: str) -> HttpResponse:
    """/console/channels/<id>/links/<code>.png or .svg: the address as a code to scan."""
    found = _link(number_of(channel_id), code)
    if ending not in PICTURES or not found["url"]:
        raise Http404
    drawing = io.BytesIO()
    drawn = segno.make(found["url"], error="m", micro=False)
    drawn.save(drawing, kind=ending, scale=12, border=4, light="#fff")
    answer = HttpResponse(drawing.getvalue(), content_type=PICTURES[ending])
    if "download" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="whatsapp-{code}.{ending}"'
    return answer
