"""What the views of this room share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.http import urlencode

from common.api.problems import Problem
from inbox.operations.authors import Author
from notifications.masking import PERSONAL
from notifications.models import NotificationType
from notifications.queries.types import find_type
from tenants.access import scope_required
from tenants.requests import MemberRequest

manage = scope_required("notifications:manage")
personal = scope_required(PERSONAL)
read = scope_required("notifications:read")
write = scope_required("notifications:write")

PAGE = 50


def author_of(request: MemberRequest) -> Author:
    """Who does something on a page."""
    return Author.of(request.member)


def named_or_404(key: str) -> NotificationType:
    """The type of this tenant with this key."""
    try:
        return find_type(key)
    except NotificationType.DoesNotExist:
        raise Http404 from None


def page_of(query: Any, after: str | None, **wanted: Any) -> Any:
    """A page of a list; a mistyped cursor means its beginning."""
    try:
        return query(limit=PAGE, after=after or None, **wanted)
    except Problem:
        return query(limit=PAGE, after=None, **wanted)


def more_link(chosen: dict[str, Any], cursor: str | None) -> str:
    """The query of the next page, "" at the end."""
    return urlencode({**chosen, "after": cursor}) if cursor else ""


def uuid_or_none(text: str | None) -> UUID | None:
    """A mistyped id means none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def first_error(request: HttpRequest) -> int:
    """The status of an answer to a form that is not good yet."""
    return 422 if request.method == "POST" else 200
