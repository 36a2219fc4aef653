"""Every request has an id: the caller's own when it is well formed, else a new one."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.ids import uuid7
from common.logs import request_id

HEADER = "Request-Id"
_WELL_FORMED = re.compile(r"[\w.\-]{1,80}\Z")


class RequestIdMiddleware:
    """Sets ``request.id``, shows it in every log line and gives it back in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request.id = given if _WELL_FORMED.match(given) else str(uuid7())  # type: ignore[attr-defined]
        token = request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers[HEADER] = request.id  # type: ignore[attr-defined]
        return response
