"""Messages and what happens to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from customers.models import Address, Customer
from inbox.models.channels import Channel
from inbox.models.threads import Thread
from tenants.models import Member

if TYPE_CHECKING:
    pass


class Status(models.TextChoices):
    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    HELD = "held"
    CANCELLED = "cancelled"


class Message(TenantModel):
    """One message on one channel to or from one address.

    at: where it stands in the thread. sent_at: the provider's own time. number: the customer's n-th message
    of the thread. history: [{status, at, detail?}], every status that ever came; status only rises.
    """

    thread = TenantForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    address = TenantForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=8)
    kind = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    content = models.JSONField(default=dict)
    external_id = models.CharField(max_length=300, null=True)
    reply_to = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices)
    history = models.JSONField(default=list)
    error = models.JSONField(null=True)
    pricing = models.JSONField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    number = models.PositiveIntegerField(null=True)
    client_ref = models.CharField(max_length=80, null=True)
    author = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=120, blank=True)
    author_kind = models.CharField(max_length=8, blank=True)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "channel", "direction", "external_id"], name="message_external_id_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "thread", "client_ref"],
                condition=models.Q(client_ref__isnull=False),
                name="message_client_ref_once",
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=["inbound", "outbound"]), name="message_direction_known"
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="message_status_known"),
        ]
        indexes = [
            models.Index(fields=["tenant", "thread", "at", "id"], name="message_of_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.kind} {self.id}"


class MessageStatus(TenantModel):
    """One status report, kept for ever: late, doubled and unordered ones are told apart here (rules 4 and 6).

    A report that came before its message was known has matched=False until the message is stored.
    """

    channel = TenantForeignKey(Channel, related_name="+")
    external_id = models.CharField(max_length=300)
    status = models.CharField(max_length=12)
    word = models.CharField(max_length=24)
    occurred_at = models.DateTimeField()
    participant = models.CharField(max_length=160, blank=True)
    client_ref = models.CharField(max_length=80, blank=True)
    error = models.JSONField(null=True)
    pricing = models.JSONField(null=True)
    learned = models.JSONField(null=True)
    matched = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "channel", "external_id", "word", "occurred_at", "participant"],
                name="messagestatus_once",
            )
        ]


class Reaction(TenantModel):
    """The emoji one person put on a message; may come before the message. by: "us" or the address's id."""

    channel = TenantForeignKey(Channel, related_name="+")
    target = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    emoji = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "channel", "target", "by"], name="reaction_one_per_person"
            )
        ]


class MessageChange(TenantModel):
    """An edit or a take-back by the customer; may come before the message it changes."""

    channel = TenantForeignKey(Channel, related_name="+")
    external_id = models.CharField(max_length=300)
    target = models.CharField(max_length=300)
    change = models.CharField(max_length=8)
    text = models.TextField(blank=True)
    content = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "external_id"], name="messagechange_once")
        ]
        indexes = [models.Index(fields=["tenant", "channel", "target"], name="messagechange_of_target")]


class FileState(models.TextChoices):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Attachment(TenantModel):
    """A file of a message, or one uploaded for a message still to be written (message NULL).

    storage_key: where the bytes are, under the tenant's folder. A customer's file is "pending" until it was
    fetched from the provider: due_at, lease_until and attempts make the row its own work order. link: where
    the message only points at the file; it is kept to be shown here, and is never what is sent.
    """

    message = TenantForeignKey(Message, null=True, related_name="attachments")
    channel = TenantForeignKey(Channel, null=True, related_name="+")
    uploaded_by = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12)
    filename = models.CharField(max_length=240, blank=True)
    mime = models.CharField(max_length=120)
    size_bytes = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)
    preview_key = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration_s = models.FloatField(null=True)
    waveform = ArrayField(models.PositiveSmallIntegerField(), null=True)
    state = models.CharField(max_length=8, choices=FileState.choices, default=FileState.PENDING)
    detail = models.CharField(max_length=300, blank=True)
    provider_media_id = models.CharField(max_length=200, blank=True)
    provider_url = models.TextField(blank=True)
    link = models.TextField(blank=True, default="", db_default="")
    due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "message"], name="attachment_of_message"),
            models.Index(
                fields=["tenant", "due_at"], name="attachment_due", condition=models.Q(state="pending")
            ),
        ]
