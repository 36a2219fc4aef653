"""Addresses of the workspace's API, under /api/v1/."""

from __future__ import annotations

from django.urls import path

from tenants import api

urlpatterns = [
    path("me", api.Me.as_view()),
    path("members", api.Members.as_view()),
    path("teams", api.Teams.as_view()),
    path("keys", api.Keys.as_view()),
    path("keys/<uuid:key_id>", api.KeyOne.as_view()),
]
