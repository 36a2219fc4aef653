"""Whether a member takes work now, and how much."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from tenants.models.people import Member

#: Who has done nothing in the inbox for so long is away.
IDLE_AFTER = timedelta(minutes=10)
CAPACITY = 20


class Way(models.TextChoices):
    """What a member says of themselves."""

    ONLINE = "online"
    BUSY = "busy"
    AWAY = "away"


class Availability(TenantModel):
    """One row per member, from when they first opened the inbox. chosen: their own word; is_idle: nothing was
    heard of them for long, which makes "online" away; capacity: how many open conversations they take."""

    member = TenantForeignKey(Member, related_name="+")
    chosen = models.CharField(max_length=6, choices=Way.choices, default=Way.ONLINE)
    capacity = models.PositiveSmallIntegerField(default=CAPACITY)
    is_idle = models.BooleanField(default=True)
    active_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member"], name="availability_once"),
            models.CheckConstraint(condition=models.Q(chosen__in=Way.values), name="availability_known"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "active_at"], name="availability_lively", condition=models.Q(is_idle=False)
            )
        ]

    @property
    def way(self) -> str:
        """Online, busy or away, as colleagues see it."""
        return Way.AWAY if self.is_idle else self.chosen
