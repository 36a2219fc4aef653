"""Start-up of realtime."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"
