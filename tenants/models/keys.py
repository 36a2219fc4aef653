"""API keys: shown once, kept as a digest, found through a global route that holds nothing else."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from tenants.models.people import Member


class ApiKey(TenantModel):
    """What a business's program signs in with. prefix: the first letters, to tell keys apart."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=24)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=32), default=list)
    created_by = TenantForeignKey(Member, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "digest"], name="apikey_digest_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class KeyRoute(models.Model):
    """Digest of a key → its tenant: all that may be known before a scope is open (a global table)."""

    digest = models.CharField(max_length=64, primary_key=True)
    tenant_id = models.UUIDField()
