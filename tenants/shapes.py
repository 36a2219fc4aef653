"""Tenants and their people as the JSON of docs/wire.md; plain functions over rows already loaded."""

from __future__ import annotations

from common.wire import Json, ident
from tenants import wire
from tenants.models import BusinessHours, Member, Team, Tenant

#: How many colours the pages have for initials.
AVATAR_COLOURS = 12


def avatar_of(member: Member) -> int:
    """Index of the colour behind a member's initials; never changes."""
    return member.id.int % AVATAR_COLOURS


def actor_of(member: Member) -> Json:
    """A member as the actor of an event."""
    return {"kind": "member", "id": ident(member.id), "name": member.name}


def member_shape(member: Member) -> wire.Member:
    """A Member."""
    return {
        "id": ident(member.id),
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "avatar": avatar_of(member),
        "is_active": member.is_active,
    }


def team_shape(team: Team) -> wire.Team:
    """A Team."""
    return {"id": ident(team.id), "name": team.name, "colour": team.colour}


def tenant_shape(tenant: Tenant) -> wire.Tenant:
    """The Tenant one works in."""
    return {"id": ident(tenant.id), "name": tenant.name, "slug": tenant.slug, "demo": tenant.is_demo}


def hours_shape(row: BusinessHours) -> wire.Hours:
    """The Hours of a workspace."""
    return {
        "zone": row.zone,
        "is_always": row.is_always,
        "week": row.week,
        "holidays": row.holidays,
    }
