"""Campaigns: one type to many people, at a pace, one row per recipient."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from customers.models import Customer
from notifications.models.runs import Notification
from notifications.models.types import NotificationType, TypeVersion


class CampaignState(models.TextChoices):
    """mapping: a file is read, nobody has said yet what its columns are; checking: rows are made and checked;
    ready: counted, may be started; done: nobody is left to begin with."""

    MAPPING = "mapping"
    CHECKING = "checking"
    READY = "ready"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class CampaignSource(models.TextChoices):
    FILE = "file"
    ROWS = "rows"
    SEGMENT = "segment"


class Campaign(TenantModel):
    """One type for many people.

    version: the one that rows are checked against and sent with. header: the file's columns; columns: {field:
    place in header}; a field is phone, external_id, name, language, or data.<variable>. segment: see
    ``queries.segments``; texts: {variable: text with {{slots}}} of a segment. reached: how far rows are
    checked: a line, or a customer's id. due_at: when a worker has to look next, NULL for never. waits_for:
    why a running campaign sends nothing now, for people. expires_at: nobody is begun with after it.
    """

    name = models.CharField(max_length=120)
    type = TenantForeignKey(NotificationType, on_delete=models.PROTECT, related_name="+")
    version = TenantForeignKey(TypeVersion, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=8, choices=CampaignSource.choices)
    state = models.CharField(max_length=10, choices=CampaignState.choices)
    filename = models.CharField(max_length=200, blank=True)
    header = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    segment = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    per_minute = models.PositiveIntegerField(default=600)
    once_each = models.BooleanField(default=True)
    reached = models.CharField(max_length=40, blank=True)
    is_launched = models.BooleanField(default=False)
    waits_for = models.CharField(max_length=300, blank=True)
    send_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    author_kind = models.CharField(max_length=8)
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=120)
    request_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=CampaignState.values), name="campaign_state_known"
            ),
            models.CheckConstraint(condition=models.Q(per_minute__gt=0), name="campaign_has_a_pace"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_at", "id"],
                name="campaign_due",
                condition=models.Q(due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RowState(models.TextChoices):
    """new: not checked yet; waiting: good, its turn has not come; accepted: it is a notification now, whose
    own state says the rest; the others never become one."""

    NEW = "new"
    WAITING = "waiting"
    BAD = "bad"
    DUPLICATE = "duplicate"
    ACCEPTED = "accepted"
    STOPPED = "stopped"
    EXPIRED = "expired"


class Outlook(models.TextChoices):
    """What a good row would come to if it were sent when it was checked."""

    GOES = "goes"
    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    SKIPPED = "skipped"


class CampaignRow(TenantModel):
    """One recipient of a campaign.

    line: where it stands in the file or list, from 1. cells: as they came: a list of texts, or an object. to,
    data, language: what was read from them. recipient: who it is, as one text, for finding the same twice.
    errors: [{column, reason}]. due_at: not before, NULL for at once; note: why it waits.
    """

    campaign = TenantForeignKey(Campaign, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.NEW)
    outlook = models.CharField(max_length=10, choices=Outlook.choices, blank=True)
    recipient = models.CharField(max_length=220, blank=True)
    to = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    language = models.CharField(max_length=16, blank=True)
    errors = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    notification = TenantForeignKey(Notification, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "campaign", "line"], name="campaignrow_line_once"),
            models.UniqueConstraint(
                fields=["tenant", "notification"],
                condition=models.Q(notification__isnull=False),
                name="campaignrow_notification_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RowState.values), name="campaignrow_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "campaign", "state", "line"], name="campaignrow_of_state"),
            models.Index(fields=["tenant", "campaign", "recipient", "line"], name="campaignrow_same"),
            models.Index(fields=["tenant", "customer"], name="campaignrow_of_customer"),
        ]
