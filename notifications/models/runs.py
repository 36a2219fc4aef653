"""Notifications, the steps of their ladders, and how far events have been read."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from customers.models import Customer
from inbox.models.channels import Channel
from inbox.models.deliveries import Lane
from inbox.models.messages import Message
from notifications.models.types import NotificationType, TypeVersion


class NotificationState(models.TextChoices):
    """One vocabulary, in the API, in events and on pages alike."""

    QUEUED = "queued"
    SCHEDULED = "scheduled"
    HELD = "held"
    THROTTLED = "throttled"
    BATCHED = "batched"
    SKIPPED = "skipped"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    ANSWERED = "answered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SIMULATED = "simulated"


class Notification(TenantModel):
    """One run of a type for one customer.

    due_at: when the engine has to look at it next, NULL when there is nothing left to do; armed_at: the
    database's time when that was set, so that a clock that goes back is seen. decision: [{step, ok, detail}],
    for people. acknowledged_by: who took note of it for the person, as events name an actor. batch: the
    notification that carries this one's words in a digest. doubled: how many more than one message of it
    reached the person. history: [{state, at, detail}].
    """

    type = TenantForeignKey(NotificationType, on_delete=models.PROTECT, related_name="notifications")
    version = TenantForeignKey(TypeVersion, on_delete=models.PROTECT, related_name="+")
    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    language = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=NotificationState.choices)
    reason = models.CharField(max_length=300, blank=True)
    decision = models.JSONField(default=list)
    history = models.JSONField(default=list)
    dedupe_key = models.CharField(max_length=200, blank=True)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices)
    is_test = models.BooleanField(default=False)
    request_id = models.CharField(max_length=100, blank=True)
    author_kind = models.CharField(max_length=8)
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=120)
    send_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    armed_at = models.DateTimeField(null=True)
    batch = TenantForeignKey("self", on_delete=models.PROTECT, null=True, related_name="batched")
    action = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)
    acknowledged_by = models.JSONField(null=True)
    doubled = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=NotificationState.values), name="notification_state_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "lane", "due_at", "id"],
                name="notification_due",
                condition=models.Q(due_at__isnull=False),
            ),
            # Armed by a clock that was ahead: every turn looks for them, and there is none.
            models.Index(
                fields=["tenant", "armed_at"],
                name="notification_armed",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["tenant", "type", "dedupe_key", "created_at"],
                name="notification_dedupe",
                condition=~models.Q(dedupe_key=""),
            ),
            models.Index(
                fields=["tenant", "dedupe_key", "-id"],
                name="notification_by_key",
                condition=~models.Q(dedupe_key=""),
            ),
            models.Index(
                fields=["tenant", "request_id", "-id"],
                name="notification_by_request",
                condition=~models.Q(request_id=""),
            ),
            models.Index(fields=["tenant", "customer", "-id"], name="notification_of_customer"),
            models.Index(fields=["tenant", "type", "-id"], name="notification_of_type"),
            models.Index(fields=["tenant", "state", "-id"], name="notification_by_state"),
            # Reports, and the first page of the console, look at the last day among years. Not of use to any
            # other statement: one that names rows by their ids must never be tempted to walk a whole tenant.
            models.Index(
                fields=["tenant", "created_at"],
                name="notification_by_time",
                condition=models.Q(is_test=False),
            ),
            models.Index(
                fields=["tenant", "-id"], name="notification_tests", condition=models.Q(is_test=True)
            ),
            models.Index(fields=["tenant", "type", "customer", "created_at"], name="notification_throttle"),
            models.Index(
                fields=["tenant", "batch"], name="notification_batch", condition=models.Q(batch__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"notification {self.id}"


class StepState(models.TextChoices):
    """waiting: not tried yet; trying: a message is on its way, its patience runs; unneeded: an earlier step
    got through, or the ladder was stopped before this one."""

    WAITING = "waiting"
    TRYING = "trying"
    REACHED = "reached"
    TIMED_OUT = "timed_out"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNNEEDED = "unneeded"


class Step(TenantModel):
    """One rung of one notification's ladder.

    rung: the channel kind or id that the version names; must_reach, patience_s: as the version had them.
    status: the highest status its message reached, also after the step was given up (is_late).
    """

    notification = TenantForeignKey(Notification, related_name="steps")
    place = models.PositiveSmallIntegerField()
    rung = models.CharField(max_length=64)
    must_reach = models.CharField(max_length=10)
    patience_s = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.WAITING)
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    message = TenantForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=12, blank=True)
    is_late = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "notification", "place"], name="step_place_once"),
            models.CheckConstraint(condition=models.Q(state__in=StepState.values), name="step_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "message"],
                name="step_of_message",
                condition=models.Q(message__isnull=False),
            ),
            models.Index(
                fields=["tenant", "channel", "notification"],
                name="step_of_channel",
                condition=models.Q(channel__isnull=False),
            ),
        ]


class Answer(TenantModel):
    """What a person answered: the action they chose, once per message of theirs. action "": other words."""

    notification = TenantForeignKey(Notification, related_name="answers")
    step = TenantForeignKey(Step, null=True, related_name="+")
    message = TenantForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "notification", "message"], name="answer_once")
        ]


class EventCursor(TenantModel):
    """The last event number the engine has heard in one tenant. Its row lock makes turns take turns."""

    seq = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="notification_cursor_one")]
