"""Decides, once per request, whose tenant it is; never from the body or the query.

An API key names its tenant; a person's session names one that `Membership` still allows. The rest of the
request runs in that tenant's scope, which is also its transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from common.requests import HouseRequest
from common.tenancy import tenant_context
from common.wire import Json
from events import audit
from tenants.access import scopes_of
from tenants.models import ApiKey, Member, User
from tenants.operations.keys import tenant_of_key, use_key
from tenants.queries import active_member, membership_for
from tenants.shapes import actor_of

#: Nobody's pages: no session is looked at.
PUBLIC = ("/static/", "/icons.svg", "/favicon.ico", "/words/", "/-/", "/hooks/")
#: Pages on the way in and out: they know who is there, and open a scope only where they need one.
DOORS = ("/accounts/", "/demo/")
SEEN_EVERY = timedelta(minutes=1)


class TenantMiddleware:
    """Sets request.tenant, tenant_id, member, api_key and actor (None where there is none), and scopes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HouseRequest) -> HttpResponse:
        request.tenant = request.tenant_id = request.member = request.api_key = request.actor = None
        request.scopes = frozenset()
        if request.path.startswith(PUBLIC):
            return self.get_response(request)
        presented = _bearer(request)
        response = self._session(request) if presented is None else self._key(request, presented)
        if request.api_key or (presented is None and request.user.is_authenticated):
            response.setdefault("Cache-Control", "no-store, private")
        return response

    def _key(self, request: HouseRequest, presented: str) -> HttpResponse:
        tenant_id = tenant_of_key(presented)
        if tenant_id:
            with tenant_context(tenant_id):
                request.api_key = use_key(presented)
                if request.api_key:
                    request.tenant_id = tenant_id
                    request.actor = _key_actor(request.api_key)
                    request.scopes = frozenset(request.api_key.scopes)
                    if not _opens_own_scope(request):
                        return self._answer(request)
        return self._answer(request)

    def _session(self, request: HouseRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        # Else as the browser asks, which LocaleMiddleware has read.
        if user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        membership = membership_for(user, request.session.get("tenant_id"))
        if membership is None:
            return self.get_response(request)
        with tenant_context(membership.tenant_id):
            member = active_member(user)
            if member:
                request.tenant, request.tenant_id = membership.tenant, membership.tenant_id
                request.member, request.actor = member, actor_of(member)
                request.scopes = scopes_of(member)
                _touch(member)
                if not _opens_own_scope(request):
                    return self._answer(request)
        return self._answer(request)

    def _answer(self, request: HouseRequest) -> HttpResponse:
        with audit.acting(request.actor):
            return self.get_response(request)


def _bearer(request: HttpRequest) -> str | None:
    """The key of an API request, or None; other schemes are none of our business."""
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    is_key = request.path.startswith("/api/") and scheme.lower() == "bearer"
    return presented.strip() if is_key else None


def _opens_own_scope(request: HttpRequest) -> bool:
    if request.path.startswith(DOORS):
        return True
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return getattr(view, "own_scope", False)


def _touch(member: Member) -> None:
    """Note when a member was last here, at most once a minute and never waiting for another request."""
    now = timezone.now()
    if member.last_seen_at and now - member.last_seen_at < SEEN_EVERY:
        return
    if Member.objects.select_for_update(skip_locked=True).filter(id=member.id).exists():
        Member.objects.filter(id=member.id).update(last_seen_at=now)


def _key_actor(key: ApiKey) -> Json:
    return {"kind": "api_key", "id": str(key.id), "name": key.name}
