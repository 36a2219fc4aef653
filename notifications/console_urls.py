"""Addresses of the console's pages about notifications."""

from __future__ import annotations

from django.urls import path

from notifications.views import (
    campaign_steps,
    campaigns,
    configuration,
    costs,
    editing,
    ladders,
    log,
    people,
    prices,
    reports,
    settings,
    testing,
    types,
    versions,
)

TYPE = "types/<slug:key>/"
CAMPAIGN = "campaigns/<uuid:campaign_id>/"

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
    path("campaigns/", campaigns.listed, name="campaigns"),
    path("campaigns/new/", campaign_steps.new, name="campaign_new"),
    path("campaigns/new/people/", campaign_steps.people, name="campaign_people"),
    path("campaigns/people/", campaign_steps.count, name="campaign_count"),
    path(CAMPAIGN, campaigns.one, name="campaign"),
    path(f"{CAMPAIGN}columns/", campaign_steps.columns, name="campaign_columns"),
    path(f"{CAMPAIGN}segment/", campaign_steps.segment, name="campaign_segment"),
    path(f"{CAMPAIGN}start/", campaigns.start, name="campaign_start"),
    path(f"{CAMPAIGN}pause/", campaigns.pause, name="campaign_pause"),
    path(f"{CAMPAIGN}resumption/", campaigns.resume, name="campaign_resume"),
    path(f"{CAMPAIGN}stop/", campaigns.stop, name="campaign_stop"),
    path(f"{CAMPAIGN}discard/", campaigns.discard, name="campaign_discard"),
    path(f"{CAMPAIGN}rows/", campaigns.rows, name="campaign_rows"),
    path("log/", log.log, name="notification_log"),
    path("log/export/", log.export, name="notification_export"),
    path("log/<uuid:notification_id>/", log.one, name="notification_run"),
    path("log/<uuid:notification_id>/reveal/", log.reveal, name="notification_reveal"),
    path("log/<uuid:notification_id>/cancellation/", log.cancel, name="notification_cancel"),
    path("consents/", people.register, name="notification_consents"),
    path("consents/<uuid:customer_id>/", people.person, name="notification_person"),
    path("reports/", reports.reports, name="notification_reports"),
    path("costs/", costs.costs, name="notification_costs"),
    path("prices/", prices.prices, name="notification_prices"),
    path("prices/new/", prices.new, name="notification_price_new"),
    path("prices/export/", prices.download, name="notification_prices_file"),
    path("prices/<uuid:price_id>/removal/", prices.remove, name="notification_price_removal"),
    path("configuration/", configuration.configuration, name="notification_configuration"),
    path("configuration/export/", configuration.download, name="notification_export_file"),
    path("quiet-hours/", people.quiet, name="notification_quiet"),
]
