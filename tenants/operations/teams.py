"""Members who share work. All run in the tenant's scope."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from events import audit
from tenants.models import Member, Team, TeamMember
from tenants.operations.errors import Refused


class TeamNameTaken(Refused):
    """Two teams of a tenant never share a name."""

    code = "team_name_taken"


def create_team(*, name: str, colour: int = 0, members: Iterable[Member] = ()) -> Team:
    """Write a Team and who is in it. Raises TeamNameTaken."""
    team = _save(Team(name=name, colour=colour))
    audit.note("team.made", team.id, name, after={"name": name, "colour": colour})
    set_team_members(team=team, members=members)
    return team


def change_team(*, team: Team, name: str, colour: int) -> Team:
    """Rename or recolour a team. Raises TeamNameTaken."""
    before = {"name": team.name, "colour": team.colour}
    team.name, team.colour = name, colour
    _save(team)
    audit.note("team.changed", team.id, name, before=before, after={"name": name, "colour": colour})
    return team


def set_team_members(*, team: Team, members: Iterable[Member]) -> None:
    """Make exactly these people the team."""
    wanted = {member.id: member.name for member in members}
    rows = TeamMember.objects.filter(team=team)
    present = dict(rows.values_list("member_id", "member__name"))
    rows.exclude(member_id__in=wanted).delete()
    for member_id in wanted.keys() - present.keys():
        TeamMember.objects.create(team=team, member_id=member_id)
    values = {"before": {"members": sorted(present.values())}, "after": {"members": sorted(wanted.values())}}
    audit.note("team.changed", team.id, team.name, **values)


def _save(team: Team) -> Team:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise TeamNameTaken(f"There is a team called “{team.name}” already.") from None
    return team
