"""A webhook as one would first write it: check the signature, insert one row through the ORM, answer."""

import hashlib
import hmac
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from bench.cast import APP_SECRET
from common.ids import uuid7
from inbox.models import Receipt

NOBODY = UUID(int=0)


def plain(request: HttpRequest, rest: str) -> HttpResponse:
    """Store one webhook in the same table as the front door does."""
    expected = "sha256=" + hmac.new(APP_SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("X-Hub-Signature-256", "")):
        return HttpResponse(status=401)
    Receipt.objects.create(
        id=uuid7(), kind="plain", app_id=NOBODY, body=request.body, received_at=timezone.now()
    )
    return HttpResponse(headers={"Content-Length": "0"})


def health(_request: HttpRequest) -> HttpResponse:
    """It serves."""
    return HttpResponse(headers={"Content-Length": "0"})


urlpatterns = [path("-/health/ready", health), path("hooks/<path:rest>", plain)]
