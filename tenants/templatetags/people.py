"""What templates ask about people and workspaces."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from django import template
from django.utils.translation import gettext as _

from tenants.audit_words import action_in_words
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
    return str(SCOPES.get(scope, scope))


@register.filter
def of(lists: dict[UUID, list[str]], row: Member | Team) -> list[str]:
    """The list that belongs to a row."""
    return lists.get(row.id, [])


@register.filter
def value_in_words(value: Any) -> str:
    """A value of the audit as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value) or "—"
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text or "—"


register.filter("action_in_words", action_in_words)
