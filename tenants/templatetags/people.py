"""What templates ask about people and workspaces."""

from __future__ import annotations

from uuid import UUID

from django import template

from tenants.models import Member, Team, Tenant
from tenants.permissions import SCOPES
from tenants.shapes import AVATAR_COLOURS

register = template.Library()


@register.filter
def colour(row: Member | Tenant) -> int:
    """Index of the colour behind the initials."""
    return row.id.int % AVATAR_COLOURS


@register.filter
def scope_words(scope: str) -> str:
    """What a scope allows, in words."""
    return SCOPES.get(scope, scope)


@register.filter
def of(lists: dict[UUID, list[str]], row: Member | Team) -> list[str]:
    """The list that belongs to a row."""
    return lists.get(row.id, [])
