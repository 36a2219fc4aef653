"""The opening hours a workspace keeps."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.db import models

from common.tenancy import TenantModel
from tenants.hours import ALWAYS, Hours


class BusinessHours(TenantModel):
    """At most one row per tenant; none means always open.

    week: seven lists (Monday first) of [from, to] in minutes of the day; holidays: [{date, name}], sorted.
    is_always: the week and the holidays are kept, and do not count.
    """

    zone = models.CharField(max_length=64, default="UTC")
    is_always = models.BooleanField(default=True)
    week = models.JSONField(default=list)
    holidays = models.JSONField(default=list)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="businesshours_one")]

    def __str__(self) -> str:
        return f"hours in {self.zone}"

    @property
    def hours(self) -> Hours:
        """The row as what ``tenants.hours`` calculates with."""
        if self.is_always:
            return ALWAYS
        week = tuple(tuple((start, end) for start, end in day) for day in self.week)
        closed = frozenset(date.fromisoformat(one["date"]) for one in self.holidays)
        return Hours(ZoneInfo(self.zone), week, closed)
