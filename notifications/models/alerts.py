"""Rules of what people are told about, and what they were told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models.channels import Channel
from notifications.models.prices import PLACES
from tenants.models import MemberMail


class Watched(models.TextChoices):
    """failures: percent of the messages of the last minutes that failed; template: one is paused, rejected or
    disabled; silence: hours in which no message came in; delay: seconds the oldest message has waited to
    leave; cost: what one day (UTC) came to in one currency."""

    FAILURES = "failures"
    TEMPLATE = "template"
    SILENCE = "silence"
    DELAY = "delay"
    COST = "cost"


class AlertRule(TenantModel):
    """Of what somebody is told. channel: NULL for every one; threshold: reached when it is so much or more.

    at_least: so few failures are none. window_min: of failures. repeat_h: said again after so many hours
    while it lasts, 0 for never. members: who is told, empty for everybody who sets up channels. by_mail:
    also by e-mail."""

    watched = models.CharField(max_length=10, choices=Watched.choices)
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    threshold = models.DecimalField(max_digits=14, decimal_places=PLACES, default=0)
    currency = models.CharField(max_length=3, blank=True)
    at_least = models.PositiveIntegerField(default=3)
    window_min = models.PositiveIntegerField(default=60)
    repeat_h = models.PositiveIntegerField(default=24)
    members = ArrayField(models.UUIDField(), default=list)
    by_mail = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(watched__in=Watched.values), name="alertrule_watched_known"
            )
        ]


class Alert(TenantModel):
    """Something a rule found, until it was over. channel: NULL when it is about no single one; sentence:
    as it was last seen; told_at: when it was last said; times: how often."""

    rule = TenantForeignKey(AlertRule, on_delete=models.SET_NULL, null=True, related_name="+")
    watched = models.CharField(max_length=10)
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    sentence = models.CharField(max_length=400)
    members = ArrayField(models.UUIDField(), default=list)
    begun_at = models.DateTimeField()
    told_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    ended_at = models.DateTimeField(null=True)
    why_ended = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "rule", "channel"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="alert_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "-begun_at"], name="alert_by_time"),
            models.Index(fields=["tenant"], name="alert_open", condition=models.Q(ended_at=None)),
        ]


class AlertMail(MemberMail):
    """One e-mail about an alert."""

    alert = TenantForeignKey(Alert, related_name="mails")
    is_over = models.BooleanField(default=False)
    sentence = models.CharField(max_length=400)

    class Meta(MemberMail.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "due_at"], name="alertmail_due", condition=models.Q(due_at__isnull=False)
            )
        ]


class Tally(TenantModel):
    """How the sends of one channel ended in five minutes, kept as their reports come. ended: messages
    whose fate became known; failed: those that failed, also after they had left."""

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    slot = models.DateTimeField()
    ended = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "channel", "slot"], name="tally_once")]
