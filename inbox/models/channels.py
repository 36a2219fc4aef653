"""Connected accounts of providers, and how a webhook finds the tenant they belong to."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from common.ids import uuid7
from common.tenancy import TenantForeignKey, TenantModel


class Inbox(TenantModel):
    """A brand or department: a group of channels. A new tenant has one.

    reopen_within_h: a message to a thread closed no longer ago reopens it; later it starts a new one.
    auto_assign: who is online and has room gets the conversations that nobody has. first_answer_min,
    next_answer_min: within how many open minutes a customer is to be answered; none: nothing is promised.
    """

    name = models.CharField(max_length=80)
    reopen_within_h = models.PositiveIntegerField(default=72)
    auto_assign = models.BooleanField(default=False)
    first_answer_min = models.PositiveIntegerField(null=True)
    next_answer_min = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Channel(TenantModel):
    """One connected account. sealed_secrets: encrypted JSON {name: value}, see inbox.operations.channels;
    standing: how the provider sees it, {"facts": …, "holds": {reason: …}}; see inbox.operations.standing.
    """

    inbox = TenantForeignKey(Inbox, on_delete=models.PROTECT, related_name="channels")
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    external_id = models.CharField(max_length=200)
    address = models.CharField(max_length=320, blank=True)
    config = models.JSONField(default=dict)
    standing = models.JSONField(default=dict)
    sealed_secrets = models.BinaryField(default=b"")
    base_url = models.CharField(max_length=400, blank=True)
    is_active = models.BooleanField(default=True)
    last_inbound_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=400, blank=True)
    last_error_at = models.DateTimeField(null=True)
    catch_up_at = models.DateTimeField(null=True)
    caught_up_to = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "external_id"], name="channel_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class ProviderApp(models.Model):
    """What a provider signs its webhooks with; channels with the same secret share one (a global table).

    fingerprint: keyed digest of the identifying secret; sealed_credentials: encrypted JSON
    {secret name: [accepted values]}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=64)
    sealed_credentials = models.BinaryField(default=b"")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "fingerprint"], name="providerapp_once")]


class ChannelRoute(models.Model):
    """(kind, the provider's id of an account) → tenant, channel and app (a global table).

    group_id: the provider's id of what several accounts belong to, for news that names no single one of them.
    app_before, app_before_until: whose signature is accepted too, and until when, after the secret changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=32)
    external_id = models.CharField(max_length=200)
    tenant = models.ForeignKey(settings.TENANT_MODEL, on_delete=models.CASCADE, related_name="+")
    channel_id = models.UUIDField(unique=True)
    group_id = models.CharField(max_length=200, blank=True, default="")
    app = models.ForeignKey(ProviderApp, on_delete=models.PROTECT, related_name="routes")
    app_before = models.ForeignKey(ProviderApp, on_delete=models.PROTECT, null=True, related_name="+")
    app_before_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "external_id"], name="channelroute_once")]
        indexes = [models.Index(fields=["app", "group_id"], name="channelroute_of_group")]
