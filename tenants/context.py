"""What every page's frame shows: the workspace, the person, the other workspaces."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tenants.access import scopes_of
from tenants.models import Tenant, User
from tenants.queries import memberships_of


def workspace(request: HttpRequest) -> dict[str, Any]:
    """`tenant`, `member`, `may` (their scopes), `workspaces` (read only when shown), `demo`, `build`."""
    member = getattr(request, "member", None)
    return {
        "tenant": getattr(request, "tenant", None),
        "member": member,
        "may": scopes_of(member),
        "workspaces": SimpleLazyObject(partial(_workspaces, request)),
        "demo": settings.DEMO,
        "build": settings.BUILD,
    }


def _workspaces(request: HttpRequest) -> list[Tenant]:
    user = request.user
    return [one.tenant for one in memberships_of(user)] if isinstance(user, User) else []
