"""Start-up of the inbox."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"
