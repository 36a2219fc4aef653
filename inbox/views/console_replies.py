"""Console: saved replies, the workspace's and one's own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common.forms import plain_breaks
from inbox.forms import SavedReplyForm
from inbox.models import SavedReply
from inbox.operations.errors import Refused
from inbox.operations.saved_replies import change_saved_reply, create_saved_reply, delete_saved_reply
from inbox.queries.saved_replies import changeable_replies, saved_replies
from tenants.access import scope_required, scopes_of
from tenants.requests import MemberRequest

write = scope_required("messages:write")


def _may_share(request: MemberRequest) -> bool:
    return "saved_replies:write" in scopes_of(request.member)


@require_GET
@write
def replies(request: MemberRequest) -> HttpResponse:
    """/console/replies/"""
    page = {
        "replies": saved_replies(request.member.id),
        "may_share": _may_share(request),
        "section": "replies",
    }
    return render(request, "console/replies.html", page)


@write
def reply(request: MemberRequest, saved_reply_id: UUID | None = None) -> HttpResponse:
    """/console/replies/new/ and /console/replies/<id>/"""
    found = _changeable(request, saved_reply_id) if saved_reply_id else None
    stored = {"name": found.name, "text": plain_breaks(found.text)} if found else {}
    form = SavedReplyForm(request.POST or None, stored=stored, may_share=_may_share(request) and not found)
    if form.is_valid() and _save(form, found, request):
        messages.success(request, _("Saved."))
        return redirect("replies")
    page = {"reply": found, "form": form, "section": "replies"}
    return render(request, "console/reply.html", page, status=422 if form.is_bound else 200)


def _save(form: SavedReplyForm, found: SavedReply | None, request: MemberRequest) -> bool:
    said = {name: form.cleaned_data[name] for name in ("name", "text")}
    try:
        if found:
            change_saved_reply(reply=found, **said)
        else:
            owner = None if form.cleaned_data.get("is_shared") else request.member
            create_saved_reply(owner=owner, **said)
    except Refused as refused:
        form.add_error(refused.pointer.lstrip("/"), refused.sentence)
    return not form.errors


@write
def delete(request: MemberRequest, saved_reply_id: UUID) -> HttpResponse:
    """/console/replies/<id>/deletion/: what it means, then the deed."""
    found = _changeable(request, saved_reply_id)
    if request.method == "POST":
        delete_saved_reply(reply=found)
        messages.success(request, _("It is deleted. Messages already sent with it stay as they are."))
        return redirect("replies")
    return render(request, "console/delete_reply.html", {"reply": found, "section": "replies"})


def _changeable(request: MemberRequest, key: UUID) -> SavedReply:
    rows = changeable_replies(request.member.id, also_shared=_may_share(request))
    if request.method == "POST":  # of two who save at once the second one sees what the first one did
        rows = rows.select_for_update(of=("self",))
    found: SavedReply = get_object_or_404(rows, id=key)
    return found
