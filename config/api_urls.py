"""Everything under /api/: version 1 from the rooms, its reference, and a problem for the rest."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path, re_path

from common.api import reference
from common.api.endpoints import Unknown
from config.parts import has_module

V1 = [
    path("", include("tenants.api_urls")),
    path("", include("events.api_urls")),
    path("", include("inbox.api_urls")),
    *(path("", include(f"{app}.api_urls")) for app in settings.CHANNEL_APPS if has_module(f"{app}.api_urls")),
    path("", include("notifications.api_urls")),
    path("", include("webhooks.api_urls")),
]

urlpatterns = [
    path("v1/openapi.json", reference.document, name="api_document"),
    path("v1/", include(V1)),
    path("docs/", reference.docs, name="api_docs"),
    path("docs/problems/", reference.problems, name="api_problems"),
    re_path("", Unknown.as_view()),
]
