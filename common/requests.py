"""What every request carries: an id (the caller's own when it is well formed, else a new one), and more."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from common.ids import uuid7
from common.logs import request_id
from common.wire import Json

HEADER = "Request-Id"
_WELL_FORMED = re.compile(r"[\w.\-]{1,80}\Z")


class HouseRequest(HttpRequest):
    """A request behind our middleware; None stands for what there is not.

    tenant, member, api_key: rows of a higher room, which fills them in. scopes: what the caller may do.
    """

    id: str
    tenant_id: UUID | None
    tenant: Any
    member: Any
    api_key: Any
    actor: Json | None
    scopes: frozenset[str]
    htmx: HtmxDetails


class RequestIdMiddleware:
    """Sets ``request.id``, shows it in every log line and gives it back in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HouseRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request.id = given if _WELL_FORMED.match(given) else str(uuid7())
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers[HEADER] = request.id
        return response


#: What no page of ours uses; whoever needs something of it says so in its own answer.
POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
#: For pages on which one speaks.
WITH_MICROPHONE = POLICY.replace("microphone=()", "microphone=(self)")


class PermissionsMiddleware:
    """Tells browsers what our pages may ask of a person's machine: nothing, unless a page says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response
