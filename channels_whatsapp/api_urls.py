"""Addresses of the templates' API, under /api/v1/."""

from __future__ import annotations

from django.urls import path

from channels_whatsapp import (
    api,
    form_api,
    group_api,
    language_api,
    number_api,
    option_api,
    setting_api,
)
from tenants.access import own_scope

NUMBER = "whatsapp/numbers/<uuid:channel_id>"
GROUP = f"{NUMBER}/groups/<uuid:group_id>"
ONE = "templates/<uuid:template_id>"

urlpatterns = [
    path("templates", api.Templates.as_view()),
    path("templates/checks", api.Checks.as_view()),
    path("templates/syncs", api.Syncs.as_view()),
    path(ONE, api.TemplateOne.as_view()),
    path(f"{ONE}/submission", api.Submission.as_view()),
    path(f"{ONE}/release", api.Release.as_view()),
    path(f"{ONE}/copies", api.Copies.as_view()),
    path(f"{ONE}/languages", own_scope(language_api.TemplateLanguages.as_view())),
    path(f"{NUMBER}/settings", own_scope(setting_api.Settings.as_view())),
    path(f"{NUMBER}/options", option_api.Options.as_view()),
    path(f"{NUMBER}/contact_book", own_scope(setting_api.ContactBook.as_view())),
    path(f"{NUMBER}/form_key", own_scope(form_api.FormKey.as_view())),
    path(f"{NUMBER}/form_endpoint", form_api.FormEndpoint.as_view()),
    path(f"{NUMBER}/form_endpoint/secret", form_api.FormSecret.as_view()),
    path(f"{NUMBER}/openers", own_scope(number_api.Openers.as_view())),
    path(f"{NUMBER}/links", own_scope(number_api.Links.as_view())),
    path(f"{NUMBER}/links/<slug:code>", own_scope(number_api.LinkOne.as_view())),
    path(f"{NUMBER}/blocked", own_scope(number_api.Blocked.as_view())),
    path(f"{NUMBER}/groups", own_scope(group_api.Groups.as_view())),
    path(GROUP, own_scope(group_api.GroupOne.as_view())),
    path(f"{GROUP}/invite_link", own_scope(group_api.GroupLink.as_view())),
    path(f"{GROUP}/people/<str:person>", own_scope(group_api.GroupPeople.as_view())),
    path(f"{GROUP}/requests", own_scope(group_api.GroupRequests.as_view())),
    path(f"{NUMBER}/app_sync", own_scope(number_api.AppSync.as_view())),
    path(f"{NUMBER}/username", own_scope(number_api.NumberUsername.as_view())),
]
