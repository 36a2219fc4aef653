"""Addresses of the templates' API, under /api/v1/."""

from __future__ import annotations

from django.urls import path

from channels_whatsapp import api

ONE = "templates/<uuid:template_id>"

urlpatterns = [
    path("templates", api.Templates.as_view()),
    path("templates/checks", api.Checks.as_view()),
    path("templates/syncs", api.Syncs.as_view()),
    path(ONE, api.TemplateOne.as_view()),
    path(f"{ONE}/submission", api.Submission.as_view()),
    path(f"{ONE}/release", api.Release.as_view()),
    path(f"{ONE}/copies", api.Copies.as_view()),
]
