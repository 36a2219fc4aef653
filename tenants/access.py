"""Who may open a page: decorators for views, and the mark of those that open the scope themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from common.requests import HouseRequest
from tenants.models import Member
from tenants.permissions import permissions_of
from tenants.requests import MemberRequest

View = Callable[..., HttpResponse]


def scopes_of(member: Member | None) -> frozenset[str]:
    """What the person may do in the workspace they are in."""
    return permissions_of(member.role) if member and member.is_active else frozenset()


def member_required(view: View) -> View:
    """Only for members of a workspace: others sign in, or read that they are in none."""

    @wraps(view)
    def guarded(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.member is None:
            return redirect("no_workspace")
        return view(request, *args, **kwargs)

    return guarded


def scope_required(scope: str) -> Callable[[View], View]:
    """Only for members whose role holds `scope`; to others the page does not exist."""

    def decorate(view: View) -> View:
        @wraps(view)
        @member_required
        def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if scope not in scopes_of(request.member):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def own_scope(view: View) -> View:
    """For a view that asks a provider: it runs outside any transaction and opens the scope for its rows.

    No provider may be called while a transaction waits (reliability rule 26).
    """

    @wraps(view)
    def apart(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    apart.own_scope = True  # type: ignore[attr-defined]
    return transaction.non_atomic_requests(apart)
