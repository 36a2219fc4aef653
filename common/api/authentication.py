"""Who calls: a business's program with a bearer key, or one of our own pages with its session.

The tenants' middleware has already looked at the request, opened the tenant's scope and noted
``request.api_key`` or ``request.member``, and ``request.scopes``; here they become a principal, and cookies
get their CSRF check.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from common.api.problems import Problem
from common.requests import HouseRequest


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls. kind: member or api_key; row: that member or key; scopes: what it may do."""

    kind: str
    row: Any
    scopes: frozenset[str]

    @property
    def name(self) -> str:
        """By which repeated requests of one caller are known."""
        return f"{self.kind}:{self.row.id}"

    @property
    def member(self) -> Any:
        """The member, or None for a key."""
        return self.row if self.kind == "member" else None


def house(request: Request) -> HouseRequest:
    """The request as the middleware left it."""
    return cast(HouseRequest, request._request)


def principal_of(request: Request) -> Principal | None:
    """Who calls; None for nobody we know."""
    return request.auth if isinstance(request.auth, Principal) else None


def caller(request: Request) -> Principal:
    """Who calls. Raises Problem not_signed_in."""
    who = principal_of(request)
    if who is None:
        raise Problem("not_signed_in")
    return who


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer <key>``. A request that names a key is never judged by its cookies."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Principal] | None:
        key = getattr(request._request, "api_key", None)
        if key is not None:
            return AnonymousUser(), Principal("api_key", key, house(request).scopes)
        if request.headers.get("Authorization"):
            raise AuthenticationFailed("This key is unknown, expired or revoked.")
        return None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class PageAuthentication(BaseAuthentication):
    """The session cookie of our own pages; every write also needs ``X-CSRFToken``."""

    def authenticate(self, request: Request) -> tuple[Any, Principal] | None:
        member = getattr(request._request, "member", None)
        if member is None:
            return None
        check_csrf(request._request)
        return request._request.user, Principal("member", member, house(request).scopes)


def check_csrf(request: HttpRequest) -> None:
    """Raises Problem csrf_failed. Django's own check is off for API views, because keys need none."""
    check = CSRFCheck(_nothing)
    check.process_request(request)
    reason = check.process_view(request, _nothing, (), {})
    if reason:
        raise Problem("csrf_failed", f"{reason}.")


def _nothing(_: HttpRequest) -> HttpResponse:
    """What the check would go on to; only its word is asked for here."""
    return HttpResponse()
