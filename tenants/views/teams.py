"""Console: teams."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenants import queries
from tenants.access import scope_required
from tenants.forms import TeamForm
from tenants.models import Team
from tenants.operations.errors import Refused
from tenants.operations.teams import change_team, create_team, set_team_members

manage = scope_required("members:write")


@require_GET
@manage
def teams(request: HttpRequest) -> HttpResponse:
    """/console/teams/"""
    page = {"teams": queries.teams(), "names": queries.members_by_team(), "section": "teams"}
    return render(request, "console/teams.html", page)


@manage
def team(request: HttpRequest, team_id: UUID | None = None) -> HttpResponse:
    """/console/teams/new/ and /console/teams/<id>/"""
    found = get_object_or_404(Team.objects, id=team_id) if team_id else None
    form = TeamForm(request.POST or None, stored=_stored(found))
    if form.is_valid() and _save(form, found):
        messages.success(request, _("Saved."))
        return redirect("teams")
    page = {"team": found, "form": form, "section": "teams"}
    return render(request, "console/team.html", page, status=422 if form.is_bound else 200)


def _stored(found: Team | None) -> dict[str, object]:
    if found is None:
        return {"name": "", "colour": 0, "members": []}
    ids = found.team_members.values_list("member_id", flat=True)
    return {"name": found.name, "colour": found.colour, "members": sorted(map(str, ids))}


def _save(form: TeamForm, found: Team | None) -> bool:
    wanted = form.cleaned_data
    try:
        if found is None:
            create_team(**wanted)
        else:
            change_team(team=found, name=wanted["name"], colour=wanted["colour"])
            set_team_members(team=found, members=wanted["members"])
    except Refused as refused:
        form.add_error("name", refused.sentence)
    return not form.errors
