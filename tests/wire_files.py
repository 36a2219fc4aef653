"""Static files as the production server gives them (the tests' own server looks them up as they are)."""

from __future__ import annotations

from functools import cache

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory, override_settings

from common.static_files import StaticFilesMiddleware


@cache
def _server() -> StaticFilesMiddleware:
    with override_settings(WHITENOISE_AUTOREFRESH=False):
        return StaticFilesMiddleware(lambda request: HttpResponse(status=404))


def answer(path: str, method: str = "GET", **headers: str) -> HttpResponseBase:
    """What is answered for a file. headers: as in `request.META`."""
    found: HttpResponseBase = _server()(RequestFactory().generic(method, path, **headers))  # type: ignore[arg-type]
    return found


@cache
def body(path: str, *, takes: str = "gzip, deflate, br") -> bytes:
    """The bytes that travel for a file."""
    found = answer(path, HTTP_ACCEPT_ENCODING=takes)
    assert found.status_code == 200, path
    packed: bytes = found.getvalue()
    return packed
