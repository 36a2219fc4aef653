"""Start-up of the house bell."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
