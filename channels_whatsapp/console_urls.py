"""Addresses of the console's pages about templates."""

from __future__ import annotations

from django.urls import path

from channels_whatsapp.views import template_editor as editor
from channels_whatsapp.views import template_pages as pages

ONE = "templates/<uuid:template_id>/"

urlpatterns = [
    path("templates/", pages.templates, name="templates"),
    path("templates/starters/", pages.starters, name="template_starters"),
    path("templates/sync/", pages.sync, name="template_sync"),
    path("templates/new/", editor.new, name="template_new"),
    path("templates/check/", editor.check, name="template_check"),
    path(ONE, pages.template, name="template"),
    path(f"{ONE}change/", editor.change, name="template_change"),
    path(f"{ONE}copy/", editor.copy, name="template_copy"),
    path(f"{ONE}submission/", pages.submission, name="template_submission"),
    path(f"{ONE}deletion/", pages.deletion, name="template_deletion"),
]
