"""Members who share work. All run in the tenant's scope."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from tenants.models import Member, Team, TeamMember
from tenants.operations.errors import Refused


class TeamNameTaken(Refused):
    """Two teams of a tenant never share a name."""

    code = "team_name_taken"


def create_team(*, name: str, colour: int = 0, members: Iterable[Member] = ()) -> Team:
    """Write a Team and who is in it. Raises TeamNameTaken."""
    team = _save(Team(name=name, colour=colour))
    set_team_members(team=team, members=members)
    return team


def change_team(*, team: Team, name: str, colour: int) -> Team:
    """Rename or recolour a team. Raises TeamNameTaken."""
    team.name, team.colour = name, colour
    return _save(team)


def set_team_members(*, team: Team, members: Iterable[Member]) -> None:
    """Make exactly these people the team."""
    wanted = {member.id for member in members}
    TeamMember.objects.filter(team=team).exclude(member_id__in=wanted).delete()
    present = set(TeamMember.objects.filter(team=team).values_list("member_id", flat=True))
    for member_id in wanted - present:
        TeamMember.objects.create(team=team, member_id=member_id)


def _save(team: Team) -> Team:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise TeamNameTaken(f"There is a team called “{team.name}” already.") from None
    return team
