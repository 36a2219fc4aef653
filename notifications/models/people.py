"""What people agreed to, what they like, and when a tenant leaves them in peace."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from customers.models import Customer
from notifications.models.types import Category, NotificationType

#: Instead of a channel kind: all of them.
EVERY_CHANNEL = "*"


class ConsentState(models.TextChoices):
    GRANTED = "granted"
    DENIED = "denied"


class Consent(TenantModel):
    """A person's yes or no to one category on one kind of channel ("*" for all). The law's word: nothing
    overrides a no. source: where it was given ("api", "console", "message")."""

    customer = TenantForeignKey(Customer, related_name="consents")
    category = models.CharField(max_length=16, choices=Category.choices)
    channel = models.CharField(max_length=32, default=EVERY_CHANNEL)
    state = models.CharField(max_length=8, choices=ConsentState.choices)
    source = models.CharField(max_length=60)
    updated_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "customer", "category", "channel"], name="consent_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ConsentState.values), name="consent_state_known"
            ),
        ]


class ConsentChange(TenantModel):
    """One line of a consent's history; only ever added."""

    customer = TenantForeignKey(Customer, related_name="+")
    category = models.CharField(max_length=16)
    channel = models.CharField(max_length=32)
    state = models.CharField(max_length=8)
    source = models.CharField(max_length=60)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "customer", "at", "id"], name="consentchange_of_customer")]


class Preference(TenantModel):
    """A person's wish about one type; mandatory types do not ask for it."""

    customer = TenantForeignKey(Customer, related_name="notification_preferences")
    type = TenantForeignKey(NotificationType, related_name="+")
    wanted = models.BooleanField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "customer", "type"], name="preference_once")]


class QuietHours(TenantModel):
    """When a tenant's notifications wait, by the person's own clock; start after end goes over midnight.

    timezone: for people whose zone is not known. No row, or start equal to end: never.
    """

    start = models.TimeField()
    end = models.TimeField()
    timezone = models.CharField(max_length=64, default="UTC")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="quiethours_one")]
