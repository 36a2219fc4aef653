"""Addresses of the console's pages about notifications."""

from __future__ import annotations

from django.urls import path

from notifications.views import (
    configuration,
    editing,
    ladders,
    log,
    people,
    reports,
    settings,
    testing,
    types,
    versions,
)

TYPE = "types/<slug:key>/"

urlpatterns = [
    path("types/", types.types, name="notification_types"),
    path("types/new/", types.new_type, name="notification_type_new"),
    path("starters/<slug:key>/", types.install, name="notification_starter"),
    path(TYPE, editing.content, name="notification_type"),
    path(f"{TYPE}preview/", editing.preview, name="notification_preview"),
    path(f"{TYPE}ladder/", ladders.ladder, name="notification_ladder"),
    path(f"{TYPE}simulation/", ladders.climb, name="notification_simulation"),
    path(f"{TYPE}actions/", settings.actions, name="notification_actions"),
    path(f"{TYPE}preferences/", settings.preferences, name="notification_preferences"),
    path(f"{TYPE}versions/", versions.versions, name="notification_versions"),
    path(f"{TYPE}publication/", versions.publication, name="notification_publication"),
    path(f"{TYPE}discard/", versions.discard, name="notification_discard"),
    path(f"{TYPE}copy/", types.copy, name="notification_copy"),
    path(f"{TYPE}archive/", types.archive, name="notification_archive"),
    path(f"{TYPE}test/", testing.trial, name="notification_test"),
    path("log/", log.log, name="notification_log"),
    path("log/export/", log.export, name="notification_export"),
    path("log/<uuid:notification_id>/", log.one, name="notification_run"),
    path("log/<uuid:notification_id>/cancellation/", log.cancel, name="notification_cancel"),
    path("consents/", people.register, name="notification_consents"),
    path("consents/<uuid:customer_id>/", people.person, name="notification_person"),
    path("reports/", reports.reports, name="notification_reports"),
    path("configuration/", configuration.configuration, name="notification_configuration"),
    path("configuration/export/", configuration.download, name="notification_export_file"),
    path("quiet-hours/", people.quiet, name="notification_quiet"),
]
