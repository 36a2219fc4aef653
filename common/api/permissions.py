"""What a caller may do: each endpoint names the scope each method needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common.api.authentication import principal_of
from common.api.problems import Problem

if TYPE_CHECKING:  # Django REST Framework's settings name this module before its views exist
    from rest_framework.views import APIView

#: Instead of a scope: whoever is signed in.
SIGNED_IN = ""


class HasScope(BasePermission):
    """The scopes of a key or of a member's role, against ``view.scopes[method]``.

    A method that an endpoint has but names no scope for is refused to everybody.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        who = principal_of(request)
        if who is None:
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method.lower() not in view.http_method_names or not hasattr(view, method.lower()):
            return True  # answered with method_not_allowed a moment later
        scope = getattr(view, "scopes", {}).get(method)
        if scope == SIGNED_IN or scope in who.scopes:
            return True
        raise Problem("forbidden", f"This needs the scope {scope}.")
