"""What sending costs: a tenant's list of prices, and what each message of ours came to."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models.channels import Channel
from inbox.models.messages import Message
from notifications.models.runs import Notification
from notifications.models.types import NotificationType

#: Digits of a price and of an amount: providers charge fractions of a cent.
DIGITS, PLACES = 16, 6


class PriceLine(TenantModel):
    """One price. channel: a kind, or the id of one channel; category: of the channel's tariff, "" for
    every one; country: a region ("GB"), a calling code ("+44"), or "" for every country; valid_from: the
    first day (UTC)."""

    channel = models.CharField(max_length=64)
    category = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=5, blank=True)
    currency = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    valid_from = models.DateField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "channel", "category", "country", "valid_from"], name="priceline_once"
            ),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="priceline_not_negative"),
        ]


class CostSource(models.TextChoices):
    """told: the provider named the amount; listed: units × our price; free: the provider said it costs
    nothing; unknown: it costs something, and nobody has said what."""

    TOLD = "told"
    LISTED = "listed"
    FREE = "free"
    UNKNOWN = "unknown"


class Cost(TenantModel):
    """What one message of ours came to. amount: NULL when nobody knows; day: of `at`, in UTC.

    notification, type: none for what an agent wrote. is_test: in no report.
    """

    message = TenantForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    notification = TenantForeignKey(Notification, on_delete=models.PROTECT, null=True, related_name="costs")
    type = TenantForeignKey(NotificationType, on_delete=models.PROTECT, null=True, related_name="+")
    is_test = models.BooleanField(default=False)
    category = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=5, blank=True)
    unit = models.CharField(max_length=8)
    units = models.PositiveIntegerField()
    source = models.CharField(max_length=8, choices=CostSource.choices)
    amount = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    currency = models.CharField(max_length=3, blank=True)
    at = models.DateTimeField()
    day = models.DateField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "message"], name="cost_once"),
            models.CheckConstraint(
                condition=models.Q(source__in=CostSource.values), name="cost_source_known"
            ),
            models.CheckConstraint(
                condition=models.Q(source="unknown", amount__isnull=True)
                | models.Q(source="free", amount=0)
                | models.Q(source__in=["told", "listed"], amount__isnull=False),
                name="cost_unknown_is_not_zero",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "day", "channel"], name="cost_by_day"),
            models.Index(
                fields=["tenant", "notification"],
                name="cost_of_notification",
                condition=models.Q(notification__isnull=False),
            ),
        ]


class CostDay(TenantModel):
    """What a channel came to on one day in one currency, kept while costs are written, tests included.

    currency "": messages that were free, or whose price nobody knows."""

    day = models.DateField()
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=PLACES, default=0)
    messages = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "day", "channel", "currency"], name="costday_once")
        ]
