"""The channel as a Django app, so that its templates and tests come and go with its folder."""

from __future__ import annotations

from django.apps import AppConfig


class WhatsAppConfig(AppConfig):
    """Its tables hold copies of what the provider has, and what was asked of it; no signals."""

    name = "channels_whatsapp"
    verbose_name = "WhatsApp"
