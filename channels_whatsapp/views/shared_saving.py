"""Saving what stands at Meta and others may change too; a clash or a refusal shows all that was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from channels_whatsapp.models import Errand
from channels_whatsapp.operations.errands import Conflict
from channels_whatsapp.views.number_pages import Deed
from common.forms import merge
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Json
from tenants.requests import MemberRequest


def over(request: HttpRequest, now: Json, flat_now: Json, typed: Json) -> Json:
    """What is typed, with what only others changed since the page was loaded.

    now, flat_now: as Meta has it this moment, and as fields of the form. Raises Conflict where both changed.
    """
    theirs, clashes = merge(request.POST.get("seen", ""), flat_now, typed)
    if clashes:
        raise Conflict(now)
    return {**typed, **theirs}


def save(
    request: MemberRequest,
    channel: Channel,
    form: Form,
    deed: Deed,
    done: str,
    *,
    back: str,
    page: Callable[[HttpRequest, Channel, Any], HttpResponse],
    again: Callable[[Json], Form],
    **given: Any,
) -> HttpResponse:
    """Do it and go back to the page of that name, or show the page with the form once more.

    again: the form as it was sent, over what Meta has now. Raises Channel.DoesNotExist.
    """
    by = Author.of(request.member)
    try:
        errand = deed(tenant_id=request.tenant_id, channel_id=channel.id, by=by, **given)
    except Conflict as conflict:
        form = again(conflict.theirs)
        form.is_valid()
    else:
        if errand.outcome == Errand.Outcome.DONE:
            messages.success(request, done)
            return redirect(back, channel.id)
        form.add_error(None, f"{errand.sentence} {errand.fix}".strip())
    with tenant_context(request.tenant_id):
        return page(request, channel, form)
