"""Rows of the plumbing: whose turn it is on each queue, and answers already given to repeated requests."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantModel


class WorkQueue(models.Model):
    """One row per tenant and queue (a global table): when its earliest work is due; NULL = nothing.

    leased_until: a worker has the tenant's turn, at most until then; holder: which one, by its connection.
    version: how often work was added.
    """

    pk = models.CompositePrimaryKey("tenant_id", "queue")
    tenant_id = models.UUIDField()
    queue = models.CharField(max_length=32)
    due_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(default=1)
    leased_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=48, null=True)

    class Meta:
        indexes = [models.Index(fields=["queue", "due_at"], name="workqueue_due")]


class IdempotencyKey(TenantModel):
    """The answer once given to a POST with an ``Idempotency-Key`` (reliability rule 15)."""

    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "principal", "key"], name="idempotencykey_once"),
        ]
        indexes = [models.Index(fields=["tenant", "created_at"], name="idempotencykey_age")]
