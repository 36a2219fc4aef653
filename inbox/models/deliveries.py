"""Attempts to get outbound messages to their provider (reliability rules 8–13)."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from customers.models import Customer
from inbox.models.channels import Channel
from inbox.models.messages import Message


class DeliveryState(models.TextChoices):
    READY = "ready"
    CLAIMED = "claimed"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    HELD = "held"


#: Where tenants with due deliveries stand in ``common.queues``; those with urgent ones also in a queue of
#: their own, which a worker of its own serves.
QUEUE = "deliveries"
URGENT_QUEUE = "urgent_deliveries"

#: States in which something may still leave. A held one waits for its time and keeps nobody else waiting.
OPEN = ("ready", "claimed", "sending", "uncertain", "held")

#: States that still keep later messages of the same thread waiting.
UNSETTLED = (DeliveryState.READY, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


class Lane(models.IntegerChoices):
    """Who goes first when there is a queue (rule 10)."""

    URGENT = 0
    REPLY = 1
    UTILITY = 2
    MARKETING = 3


class Delivery(TenantModel):
    """One attempt at one outbound message; a retry by a person is a new row.

    order_key, seq: the thread and the message's place in it. token, lease_until: whose claim it is.
    on_doubt: what to do when nobody can tell whether it was sent: "hold" (a person decides) or "resend".
    """

    message = TenantForeignKey(Message, related_name="deliveries")
    channel = TenantForeignKey(Channel, related_name="+")
    order_key = models.UUIDField()
    seq = models.PositiveIntegerField()
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.REPLY)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.READY)
    on_doubt = models.CharField(max_length=8, default="hold")
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    uncertain_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    external_id = models.CharField(max_length=300, blank=True)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "lane", "due_at", "id"],
                name="delivery_ready",
                condition=models.Q(state="ready"),
            ),
            models.Index(
                fields=["tenant", "order_key", "seq"],
                name="delivery_in_order",
                condition=models.Q(state__in=["ready", "claimed", "sending", "uncertain"]),
            ),
            # A few among thousands that wait: claimed, leaving, in doubt.
            models.Index(
                fields=["tenant", "state"],
                name="delivery_under_way",
                condition=models.Q(state__in=["claimed", "sending", "uncertain"]),
            ),
            models.Index(fields=["tenant", "message"], name="delivery_of_message"),
            models.Index(fields=["tenant", "due_at"], name="delivery_held", condition=models.Q(state="held")),
        ]


class StartedWith(TenantModel):
    """With whom we began a conversation of our own, and when last. Providers limit how many people that may
    be in 24 hours; pool: the accounts that share the limit."""

    pool = models.CharField(max_length=120)
    customer = TenantForeignKey(Customer, related_name="+")
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "pool", "customer"], name="startedwith_once")
        ]
        indexes = [models.Index(fields=["tenant", "pool", "at"], name="startedwith_lately")]


class Halt(TenantModel):
    """A message of ours that its provider is to stop if it still goes on then: a call that rings or speaks.

    due_at: when the provider is asked (next), NULL when there is nothing left to do. error: its last no.
    """

    message = TenantForeignKey(Message, related_name="+")
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "message"], name="halt_once")]
        indexes = [
            models.Index(
                fields=["tenant", "due_at"], name="halt_due", condition=models.Q(due_at__isnull=False)
            )
        ]
