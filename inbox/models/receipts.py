"""Raw webhook bodies, durable before they are answered, and what became of each item in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.tenancy import TenantModel


class Receipt(models.Model):
    """One signature-checked body (a global table: it may carry items of several tenants).

    tenant_id: the only tenant its items belong to, NULL while unread or when it is shared. state: new → done.
    only_reports: it tells only of what we sent, and is read after what people wrote. lease_until, holder: a
    worker reads it, at most until then; which one, by its connection.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=32)
    app_id = models.UUIDField()
    channel_id = models.UUIDField(null=True)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    only_reports = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=12, default="new")
    tenant_id = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=48, null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["only_reports", "id"], name="receipt_to_read", condition=models.Q(state="new")
            ),
            models.Index(fields=["tenant_id", "-id"], name="receipt_of_tenant"),
        ]


class Outcome(models.TextChoices):
    STORED = "stored", _("Stored")
    DUPLICATE = "duplicate", _("Duplicate")
    IGNORED = "ignored", _("Ignored")
    QUARANTINED = "quarantined", _("Quarantined")


class ReceiptOutcome(TenantModel):
    """What one tenant's items of one receipt became, in words an admin can read.

    items: [{position, path, kind, channel_id, external_id, outcome, reason, raw?}], raw only for items that
    were not stored; the four numbers count them. whole: every item of the receipt is this tenant's, so its
    raw body may be shown to its admins.
    """

    receipt_id = models.UUIDField()
    kind = models.CharField(max_length=32)
    items = models.JSONField(default=list)
    stored = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    whole = models.BooleanField(default=True)
    received_at = models.DateTimeField()
    size_bytes = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "receipt_id"], name="receiptoutcome_once")]
