"""The channel as a Django app, so that its templates and tests come and go with its folder."""

from __future__ import annotations

from django.apps import AppConfig


class SmsConfig(AppConfig):
    """No models, no signals."""

    name = "channels_sms"
    verbose_name = "SMS"
