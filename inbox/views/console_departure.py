"""Console: a member leaves, and what they had in hand goes back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inbox.operations.handover import release_member, threads_in_hand
from tenants.access import scope_required
from tenants.models import Member
from tenants.operations.errors import Refused
from tenants.requests import MemberRequest


@scope_required("members:write")
def departure(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """/console/members/<id>/departure/: what follows from it, then the deed."""
    found = get_object_or_404(Member.objects, id=member_id, is_active=True)
    if request.method == "POST":
        try:
            release_member(member=found, by=request.member)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, _("%s can no longer sign in.") % found.name)
        return redirect("member", member_id)
    page = {"person": found, "in_hand": threads_in_hand(found).count(), "section": "members"}
    return render(request, "console/departure.html", page)
