"""The channel as a Django app, so that its templates and tests come and go with its folder."""

from __future__ import annotations

from django.apps import AppConfig


class VoiceConfig(AppConfig):
    """No models, no signals."""

    name = "channels_voice"
    verbose_name = "Phone calls"
