"""Addresses of the log's API, under /api/v1/."""

from __future__ import annotations

from django.urls import path

from events import api

urlpatterns = [
    path("events", api.Events.as_view()),
    path("changes", api.Changes.as_view()),
]
