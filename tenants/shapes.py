"""Members and teams as JSON; docs/wire.md is the contract."""

from __future__ import annotations

from typing import Any

from tenants.models import Member, Team

#: How many colours avatars without a picture may have.
AVATAR_COLOURS = 12


def avatar_of(member: Member) -> int:
    """Index of the colour behind a member's initials; never changes."""
    return member.id.int % AVATAR_COLOURS


def member_shape(member: Member) -> dict[str, Any]:
    """{id, name, email, role, avatar, is_active}"""
    return {
        "id": str(member.id),
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "avatar": avatar_of(member),
        "is_active": member.is_active,
    }


def team_shape(team: Team) -> dict[str, Any]:
    """{id, name, colour}"""
    return {"id": str(team.id), "name": team.name, "colour": team.colour}


def actor_of(member: Member) -> dict[str, Any]:
    """A member as the actor of an event."""
    return {"kind": "member", "id": str(member.id), "name": member.name}
