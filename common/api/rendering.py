"""JSON in and out. What PostgreSQL could not store is refused here, with a pointer to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

import orjson
from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from common.api.problems import Fault, Problem

#: Deeper nesting than any body we know needs.
MAX_DEPTH = 64
#: PostgreSQL keeps a larger number as a whole one, which no answer could ever give back.
TOO_LARGE = 2**63
_LARGE = re.compile(rb"\d{19}|\d[eE]")


def json_answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An answer with `data` as its JSON body; 204 has none."""
    body = b"" if status == 204 else orjson.dumps(data)
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


class JSONRenderer(BaseRenderer):
    """What Django REST Framework renders itself; our endpoints answer with ``json_answer``."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return orjson.dumps(data)


class AlwaysJson(BaseContentNegotiation):
    """Whatever the caller says it accepts, the answer is JSON."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        content_type = (request.content_type or "application/json").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type or ""


class JSONParser(BaseParser):
    """Reads a JSON body of at most ``settings.DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body: bytes = (parser_context or {})["request"]._request.body
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """The value in `body`.

    Raises Problem: bad JSON, lone surrogates, numbers beyond 64 bits, NUL, deep nesting.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem("malformed", f"The body is not valid JSON: {error}") from None
    if b"\\u0000" in body or body.count(b"[") + body.count(b"{") > MAX_DEPTH or _LARGE.search(body):
        faults = list(_faults(value, "", 0))
        if faults:
            raise Problem("validation_failed", errors=faults)
    return value


def _faults(value: Any, pointer: str, depth: int) -> Iterator[Fault]:
    if depth > MAX_DEPTH:
        yield Fault(pointer, f"This is nested more than {MAX_DEPTH} levels deep.")
    elif isinstance(value, float):
        if abs(value) >= TOO_LARGE:
            yield Fault(pointer, "This number is larger than any that can be kept.")
    elif isinstance(value, str):
        if "\0" in value:
            yield Fault(pointer, "The character U+0000 cannot be stored.")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _faults(item, f"{pointer}/{place}", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _faults(name, pointer, depth)
            yield from _faults(item, f"{pointer}/{escape(name)}", depth + 1)


def escape(name: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
