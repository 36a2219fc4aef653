"""Console: members and invitations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants import queries
from tenants.access import scope_required
from tenants.forms import InviteForm, RoleForm
from tenants.models import Invitation, Member
from tenants.models.people import Role
from tenants.operations.errors import Refused
from tenants.operations.invitations import invite_member, revoke_invitation
from tenants.operations.members import change_role, reactivate_member
from tenants.requests import MemberRequest
from tenants.views.once import keep_once, take_once

manage = scope_required("members:write")


@require_GET
@manage
def members(request: HttpRequest) -> HttpResponse:
    """/console/members/: everybody, and who was invited."""
    people = list(queries.members())
    page = {
        "members": people,
        "teams": queries.teams_by_member(),
        "two_step": queries.people_with_two_steps(people),
        "invitations": queries.open_invitations(),
        "link": take_once(request, "invitation"),
        "section": "members",
    }
    return render(request, "console/members.html", page)


@manage
def invite(request: MemberRequest) -> HttpResponse:
    """/console/members/invite/"""
    form = InviteForm(
        request.POST or None, by=request.member, initial={"email": request.GET.get("email", "")}
    )
    if form.is_valid():
        try:
            link = invite_member(**form.cleaned_data, by=request.member)[1]
        except Refused as refused:
            form.add_error("email", refused.sentence)
        else:
            keep_once(request, "invitation", link)
            return redirect("members")
    status = 422 if form.is_bound else 200
    return render(request, "console/invite.html", {"form": form, "section": "members"}, status=status)


@require_POST
@manage
def revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """POST /console/invitations/<id>/revocation/"""
    invitation = get_object_or_404(Invitation.objects, id=invitation_id)
    revoke_invitation(invitation=invitation)
    messages.success(request, _("The invitation of %s no longer works.") % invitation.email)
    return redirect("members")


@manage
def member(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """/console/members/<id>/: one person, their role, teams and last sign of life."""
    found = get_object_or_404(Member.objects, id=member_id)
    by = request.member
    form = RoleForm(request.POST or None, by=by, stored={"role": found.role})
    if form.is_valid() and _save_role(form, found, by):
        messages.success(request, _("Saved. %s has the new role from the next click on.") % found.name)
        return redirect("member", member_id)
    page: dict[str, Any] = {
        "person": found,
        "form": form,
        "teams": queries.teams_by_member().get(found.id, []),
        "has_two_steps": found.user_id in queries.people_with_two_steps([found]),
        "is_me": found.id == by.id,
        "out_of_reach": found.role == Role.OWNER and by.role != Role.OWNER,
        "section": "members",
    }
    return render(request, "console/member.html", page, status=422 if form.is_bound else 200)


def _save_role(form: RoleForm, found: Member, by: Member) -> bool:
    try:
        change_role(member=found, role=form.cleaned_data["role"], by=by)
    except Refused as refused:
        form.add_error("role", refused.sentence)
    return not form.errors


@require_POST
@manage
def reactivate(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """POST /console/members/<id>/return/"""
    found = get_object_or_404(Member.objects.select_related("user"), id=member_id)
    try:
        reactivate_member(member=found, by=request.member)
        messages.success(request, _("%s may sign in again.") % found.name)
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("member", member_id)
