"""Console: what a number sends along with messages and calls."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from channels_whatsapp.direct import SETTING as DIRECT_SEND
from channels_whatsapp.operations.errands import whatsapp_channel
from channels_whatsapp.operations.options import change_options
from channels_whatsapp.option_forms import OptionsForm, options_of
from channels_whatsapp.views.number_pages import manage, number_of
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.queries.standing import why_not_directly
from tenants.requests import MemberRequest


@manage
def options(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/options/"""
    if request.method != "POST":
        channel = number_of(channel_id)
        return _page(request, channel, OptionsForm(stored=options_of(channel.config)))
    try:
        channel = whatsapp_channel(channel_id)
    except Channel.DoesNotExist:
        raise Http404 from None
    form = OptionsForm(request.POST, stored=options_of(channel.config))
    if not form.is_valid():
        return _page(request, channel, form, status=422)
    change_options(channel=channel, wanted=form.flattened(), by=Author.of(request.member))
    messages.success(request, _("Saved."))
    return redirect("whatsapp_options", channel.id)


def _page(request: MemberRequest, channel: Channel, form: OptionsForm, status: int = 200) -> HttpResponse:
    is_on = channel.config.get(DIRECT_SEND) is True
    page = {
        "channel": channel,
        "form": form,
        "barred": why_not_directly(channel) if is_on else "",
        "section": "channels",
    }
    return render(request, "channels_whatsapp/options.html", page, status=status)
