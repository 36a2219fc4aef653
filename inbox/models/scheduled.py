"""Messages written now that leave later."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models.channels import Channel
from inbox.models.messages import Message
from inbox.models.threads import Thread
from tenants.models import Member

#: Where tenants with messages to send later stand in ``common.queues``.
SCHEDULED_QUEUE = "scheduled"


class ScheduledState(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: States in which it still stands in its thread: to leave, or to be looked at by somebody.
SHOWN = (ScheduledState.WAITING, ScheduledState.FAILED)


class ScheduledMessage(TenantModel):
    """An answer that becomes a Message at `send_at`; until then it can be changed or cancelled.

    actor: who wrote it, as events say it; member: the same, when it was a member. channel: NULL for where the
    thread answers then; address: likewise, the id of the one it goes to. error: why it could not leave.
    message: what it became.
    """

    thread = TenantForeignKey(Thread, related_name="scheduled")
    member = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.JSONField()
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.UUIDField(null=True)
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=16, blank=True)
    content = models.JSONField(default=dict)
    template = models.JSONField(null=True)
    reply_to = models.UUIDField(null=True)
    attachment_ids = ArrayField(models.UUIDField(), default=list)
    client_ref = models.CharField(max_length=80)
    send_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ScheduledState.choices, default=ScheduledState.WAITING)
    error = models.JSONField(null=True)
    message = TenantForeignKey(Message, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "thread", "client_ref"], name="scheduled_ref_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=ScheduledState.values), name="scheduled_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "send_at", "id"],
                name="scheduled_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["tenant", "thread", "send_at", "id"], name="scheduled_of_thread"),
        ]

    def __str__(self) -> str:
        return f"scheduled for {self.send_at:%Y-%m-%d %H:%M}"
