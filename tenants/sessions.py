"""Who is behind a socket: the same rights as a page, asked from the session cookie alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie

from common.tenancy import tenant_context
from tenants.models import User
from tenants.queries import active_member, membership_for


@dataclass(frozen=True, slots=True)
class Seat:
    """A member at a browser."""

    tenant_id: UUID
    member_id: UUID
    role: str


def seat_of(scope: Mapping[str, Any]) -> Seat | None:
    """The seat of an ASGI scope's session as it is now, or None for nobody. Asks the database."""
    cookies = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    key = parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    request = HttpRequest()
    request.session = session
    user = get_user(request)
    if not isinstance(user, User):
        return None
    membership = membership_for(user, session.get("tenant_id"))
    if membership is None:
        return None
    with tenant_context(membership.tenant_id):
        member = active_member(user)
    return Seat(membership.tenant_id, member.id, member.role) if member else None
