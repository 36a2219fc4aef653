"""Wiring only: settings, addresses, processes. Knows everyone; nobody imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
