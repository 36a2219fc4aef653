"""Every error under /api/ is application/problem+json (RFC 9457), never a page.

A problem's `code` is what programs look at; rooms add their own with ``describe``, and say with
``translates`` which problem an exception of theirs becomes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.conf import settings
from django.core import exceptions as django_exceptions
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views import defaults
from rest_framework import exceptions

from common.logs import request_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input. pointer: JSON pointer into the body, or "?name" for a parameter."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What a code means: HTTP status, a title, and what the caller can do."""

    status: int
    title: str
    advice: str


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, "The request cannot be read", "Send valid JSON in UTF-8."),
    "validation_failed": Kind(400, "Some of the input is not right", "The errors name each place."),
    "not_signed_in": Kind(401, "Sign in first", "Send Authorization: Bearer <key> with a valid key."),
    "forbidden": Kind(403, "This is not allowed", "Use a key with the scope, or ask an admin for the role."),
    "csrf_failed": Kind(403, "The page is out of date", "Reload the page, then try again."),
    "member_only": Kind(403, "Only a person can do this", "This belongs to a member; a key has none."),
    "not_found": Kind(404, "There is no such thing", "Check the id; it may belong to another workspace."),
    "method_not_allowed": Kind(405, "This address does not do that", "The header Allow lists what it does."),
    "conflict": Kind(409, "The state does not allow this (any more)", "Read it again, then decide."),
    "still_running": Kind(409, "The first request is still running", "Wait a second, then repeat it."),
    "body_too_large": Kind(413, "The body is too large", "Send less at once; the detail names the limit."),
    "media_type": Kind(415, "This kind of body is not read here", "Send Content-Type: application/json."),
    "key_reused": Kind(
        422, "This Idempotency-Key was used for another request", "Take a new key for each new request."
    ),
    "rate_limited": Kind(429, "Too many requests", "Wait as long as Retry-After says."),
    "server_error": Kind(500, "Something went wrong here", "Try again; name the request_id if it stays."),
    "unavailable": Kind(503, "Not available right now", "Try again after Retry-After seconds."),
}


def describe(kinds: Mapping[str, Kind]) -> None:
    """Add a room's codes (at start-up only)."""
    KINDS.update(kinds)


class Problem(Exception):
    """An error to answer with. extra: members of its own, beside the standard ones."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.errors = code, tuple(errors)
        self.detail = detail or (self.errors[0].detail if self.errors else KINDS[code].advice)
        self.headers, self.extra = headers or {}, extra or {}

    @property
    def status(self) -> int:
        return KINDS[self.code].status


def problem_type(code: str) -> str:
    """The address of the page that explains a code."""
    return f"{settings.PUBLIC_URL}/api/docs/problems/#{code}"


def answer(problem: Problem) -> HttpResponse:
    """The HTTP answer for a problem."""
    body: dict[str, Any] = {
        "type": problem_type(problem.code),
        "title": KINDS[problem.code].title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "request_id": request_id.get(),
    }
    if problem.errors:
        body["errors"] = [asdict(fault) for fault in problem.errors]
    content = orjson.dumps(body | dict(problem.extra))
    headers = {"Cache-Control": "no-store, private", **problem.headers}
    return HttpResponse(
        content, status=problem.status, content_type="application/problem+json", headers=headers
    )


# ---------------------------------------------------------------- exception → problem

Translate = Callable[[Any], Problem]
_translations: dict[type[BaseException], Translate] = {Problem: lambda problem: problem}


def translates(*kinds: type[BaseException]) -> Callable[[Translate], Translate]:
    """Say which problem these exceptions (and their subclasses) become."""

    def note(translate: Translate) -> Translate:
        _translations.update(dict.fromkeys(kinds, translate))
        return translate

    return note


def problem_of(error: BaseException) -> Problem:
    """The problem an exception becomes; one that nobody knows is logged and becomes a server_error."""
    for kind in type(error).__mro__:
        if kind in _translations:
            return _translations[kind](error)
    log.error("a request failed", exc_info=error)
    return Problem("server_error")


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Django REST Framework's exception handler: undo what the view wrote, answer with the problem."""
    _roll_back(context["request"])
    return answer(problem_of(error))


def _roll_back(request: Any) -> None:
    """Undo what the view wrote. One that opens its own scope has undone it by raising. Not REST framework's
    own function: importing its views here would make workers, which read rows through the same queries, load
    all of the API."""
    match = request._request.resolver_match
    if connection.in_atomic_block and not getattr(match.func, "own_scope", False):
        connection.set_rollback(True)


@translates(Http404, exceptions.NotFound, django_exceptions.ObjectDoesNotExist)
def _not_found(_: Exception) -> Problem:
    return Problem("not_found")


@translates(exceptions.NotAuthenticated, exceptions.AuthenticationFailed)
def _not_signed_in(error: exceptions.APIException) -> Problem:
    detail = "" if isinstance(error, exceptions.NotAuthenticated) else str(error.detail)
    return Problem("not_signed_in", detail, headers={"WWW-Authenticate": 'Bearer realm="api"'})


@translates(exceptions.PermissionDenied, django_exceptions.PermissionDenied)
def _forbidden(_: Exception) -> Problem:
    return Problem("forbidden")


@translates(exceptions.MethodNotAllowed)
def _method(error: exceptions.MethodNotAllowed) -> Problem:
    return Problem("method_not_allowed", str(error.detail))


@translates(exceptions.UnsupportedMediaType)
def _media_type(error: exceptions.UnsupportedMediaType) -> Problem:
    return Problem("media_type", str(error.detail))


@translates(exceptions.Throttled)
def _throttled(error: exceptions.Throttled) -> Problem:
    return Problem("rate_limited", headers={"Retry-After": str(int(getattr(error, "wait", None) or 1))})


@translates(exceptions.ParseError, django_exceptions.BadRequest, MultiPartParserError, UnreadablePostError)
@translates(django_exceptions.SuspiciousOperation)
def _malformed(error: Exception) -> Problem:
    return Problem("malformed", str(error))


@translates(django_exceptions.RequestDataTooBig)
def _too_large(_: Exception) -> Problem:
    return Problem("body_too_large", f"A body may have at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.")


@translates(OperationalError, InterfaceError)
def _unavailable(error: Exception) -> Problem:
    log.warning("the database did not answer", exc_info=error)
    return Problem("unavailable", headers={"Retry-After": "1"})


# ---------------------------------------------------------------- errors outside of our views


def _for_api(code: str, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A Django error handler that answers problems under /api/ and Django's page elsewhere."""

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return answer(Problem(code)) if request.path.startswith("/api/") else page(request, *args, **kwargs)

    return handler


handler400 = _for_api("malformed", defaults.bad_request)
handler403 = _for_api("forbidden", defaults.permission_denied)
handler404 = _for_api("not_found", defaults.page_not_found)
handler500 = _for_api("server_error", defaults.server_error)
