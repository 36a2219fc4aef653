"""The OpenAPI document and the pages that explain it; served from here, so they work without internet."""

from __future__ import annotations

from functools import cache

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from common.api.problems import KINDS


@cache
def openapi() -> bytes:
    """The document, made once per process; the same bytes whoever asks."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """`/api/v1/openapi.json`"""
    return HttpResponse(openapi(), content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """`/api/docs/`: the reference, to read and to try."""
    return render(request, "api/reference.html")


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """`/api/docs/problems/`: where the `type` of every problem leads."""
    return render(request, "api/problems.html", {"kinds": sorted(KINDS.items(), key=_by_status)})


def _by_status(item: tuple[str, object]) -> tuple[int, str]:
    return KINDS[item[0]].status, item[0]
