"""Is this process alive, is it ready to serve, and what does it count?"""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from common import redis


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """`/-/health/live`: the process answers."""
    return JsonResponse({"ok": True})


@transaction.non_atomic_requests
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """`/-/health/ready`: 200 while PostgreSQL answers. Redis is told but not needed: without it things are
    slower, not lost."""
    checks = {"database": _database(), "redis": _redis()}
    is_ready = checks["database"] == "ok"
    return JsonResponse({"ok": is_ready, "checks": checks}, status=200 if is_ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """`/-/metrics` for Prometheus: counts, never ids of people or texts."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return type(error).__name__
    return "ok"


def _redis() -> str:
    try:
        redis.client().ping()
    except redis.Unavailable as error:
        return type(error).__name__
    return "ok"
