"""Addresses of webhooks under /api/v1/."""

from __future__ import annotations

from django.urls import path

from tenants.access import own_scope
from webhooks import api

ONE = "webhook_endpoints/<uuid:endpoint_id>"

urlpatterns = [
    path("webhook_endpoints", api.WebhookEndpoints.as_view()),
    path(ONE, api.WebhookEndpointOne.as_view()),
    path(f"{ONE}/secret", api.WebhookSecretOf.as_view()),
    path(f"{ONE}/test", own_scope(api.WebhookTest.as_view())),
    path(f"{ONE}/deliveries", api.WebhookDeliveries.as_view()),
    path(f"{ONE}/replay", api.WebhookReplay.as_view()),
]
