"""Console: inboxes, and how the conversations of each are handed out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inbox.forms import InboxForm
from inbox.models import Inbox
from inbox.operations.authors import Author
from inbox.operations.inboxes import change_inbox
from tenants.access import scope_required
from tenants.requests import MemberRequest

write = scope_required("channels:write")


@require_GET
@write
def inboxes(request: HttpRequest) -> HttpResponse:
    """/console/inboxes/"""
    rows = Inbox.objects.order_by("name", "id")
    return render(request, "console/inboxes.html", {"inboxes": rows, "section": "inboxes"})


@write
def inbox(request: MemberRequest, inbox_id: UUID) -> HttpResponse:
    """/console/inboxes/<id>/"""
    found = get_object_or_404(Inbox.objects, id=inbox_id)
    form = InboxForm(
        request.POST or None, initial={name: getattr(found, name) for name in InboxForm.base_fields}
    )
    if form.is_valid():
        change_inbox(inbox=found, by=Author.of(request.member), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("inboxes")
    page = {"inbox": found, "form": form, "section": "inboxes"}
    return render(request, "console/inbox.html", page, status=422 if form.is_bound else 200)
