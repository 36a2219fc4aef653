"""Addresses of notifications under /api/v1/."""

from __future__ import annotations

from django.urls import path

from notifications.api import (
    alerts,
    campaigns,
    configuration,
    people,
    prices,
    reviews,
    samples,
    sending,
    types,
)

TYPE = "notification_types/<slug:key>"

urlpatterns = [
    path("notifications", sending.Notifications.as_view()),
    path("notification_batches", sending.Bulk.as_view()),
    path("notifications/<uuid:notification_id>", sending.NotificationOne.as_view()),
    path("notifications/<uuid:notification_id>/cancellation", sending.Cancellation.as_view()),
    path("notifications/<uuid:notification_id>/acknowledgement", sending.Acknowledgement.as_view()),
    path("notification_types", types.Types.as_view()),
    path(TYPE, types.TypeOne.as_view()),
    path(f"{TYPE}/versions", types.Versions.as_view()),
    path(f"{TYPE}/draft", types.Draft.as_view()),
    path(f"{TYPE}/publication", types.Publication.as_view()),
    path(f"{TYPE}/proposal", reviews.Proposed.as_view()),
    path(f"{TYPE}/proposal/decision", reviews.Decision.as_view()),
    path("publishing", reviews.Publishing.as_view()),
    path(f"{TYPE}/samples", samples.Samples.as_view()),
    path(f"{TYPE}/samples/<uuid:set_id>", samples.SamplesOne.as_view()),
    path(f"{TYPE}/differences", types.Differences.as_view()),
    path("notification_starters", types.Starters.as_view()),
    path("notification_starters/<slug:key>", types.StarterOne.as_view()),
    path("customers/<uuid:customer_id>/consents", people.Consents.as_view()),
    path("campaigns", campaigns.Campaigns.as_view()),
    path("campaigns/<uuid:campaign_id>", campaigns.CampaignOne.as_view()),
    path("campaigns/<uuid:campaign_id>/preview", campaigns.CampaignPreviewed.as_view()),
    path("campaigns/<uuid:campaign_id>/rows", campaigns.CampaignRows.as_view()),
    path("campaigns/<uuid:campaign_id>/start", campaigns.CampaignStart.as_view()),
    path("campaigns/<uuid:campaign_id>/schedule", campaigns.CampaignSchedule.as_view()),
    path("campaigns/<uuid:campaign_id>/pause", campaigns.CampaignPause.as_view()),
    path("campaigns/<uuid:campaign_id>/stop", campaigns.CampaignStop.as_view()),
    path("configuration", configuration.Configuration.as_view()),
    path("alerts", alerts.Alerts.as_view()),
    path("alert_rules", alerts.Rules.as_view()),
    path("alert_rules/<uuid:rule_id>", alerts.RuleOne.as_view()),
    path("prices", prices.Prices.as_view()),
    path("prices/<uuid:price_id>", prices.PriceOne.as_view()),
    path("costs", prices.Costs.as_view()),
    path("messages/<uuid:message_id>/cost", prices.CostOfMessage.as_view()),
    path("quiet_hours", people.Quiet.as_view()),
]
