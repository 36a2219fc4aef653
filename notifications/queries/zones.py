"""By whose clock the people of a tenant name times."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from notifications.models import QuietHours
from notifications.quiet import zone
from tenants.models import BusinessHours


def house_zone() -> ZoneInfo:
    """The zone of the tenant's opening hours, else of its quiet hours, else UTC."""
    hours, quiet = BusinessHours.objects.first(), QuietHours.objects.first()
    return zone(hours.zone if hours else "", quiet.timezone if quiet else "UTC")
