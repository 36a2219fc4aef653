"""Whom a tenant wants to hear of its events, and a row for each event that is or was to reach one of them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from common.tenancy import TenantForeignKey, TenantModel
from tenants.models import MemberMail

#: What an endpoint was made for. Within a version there are only additions.
API_VERSION = "v1"
URL_CHARS = 2_000
TYPE_CHARS = 64


class Why(models.TextChoices):
    """Why nothing is sent to an endpoint."""

    PAUSED = "paused"  # somebody said so
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # five days of nothing but failures


class Format(models.TextChoices):
    """How much an endpoint is told of each event."""

    FULL = "full"
    THIN = "thin"  # ids and addresses only


class Endpoint(TenantModel):
    """One address of the tenant's own servers.

    types: patterns of event types, none: all; event_format: how much it is told of each. seq: up to this
    event the deliveries are written. sealed holds its secrets, see ``operations.secrets``. failures: those
    since the last success, which began at failing_since; rests_until: nothing is sent before; is_slow: the
    last answers took long. A courier holds it until `leased_until`, or until its connection (`holder`) is
    gone; `token` names the claim.
    """

    url = models.CharField(max_length=URL_CHARS)
    description = models.CharField(max_length=200, blank=True)
    types = models.JSONField(default=list)
    event_format = models.CharField(
        max_length=8, choices=Format.choices, default=Format.FULL, db_default=Format.FULL
    )
    is_enabled = models.BooleanField(default=True)
    why_disabled = models.CharField(max_length=8, choices=Why.choices, blank=True)
    disabled_at = models.DateTimeField(null=True)
    sealed = models.BinaryField(default=b"")
    old_secret_ends_at = models.DateTimeField(null=True)
    api_version = models.CharField(max_length=16, default=API_VERSION)
    seq = models.BigIntegerField()
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    is_slow = models.BooleanField(default=False)
    rests_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=48, null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_enabled=True, why_disabled="")
                | (models.Q(is_enabled=False) & ~models.Q(why_disabled="")),
                name="webhook_endpoint_says_why",
            )
        ]

    def __str__(self) -> str:
        return self.description or self.url


class State(models.TextChoices):
    """How far a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(TenantModel):
    """One event for one endpoint. There is never a second row: to deliver again is to let it wait again.

    attempts: since it last began to wait. tries: what each came to, the newest last (see ``sending.Try``).
    """

    endpoint = TenantForeignKey(Endpoint, related_name="+")
    event_id = models.UUIDField()
    seq = models.BigIntegerField()
    type = models.CharField(max_length=TYPE_CHARS)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    tries = models.JSONField(default=list)
    replays = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "endpoint", "event_id"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", next_at__isnull=False)
                | models.Q(state__in=["delivered", "failed"], next_at__isnull=True),
                name="webhook_delivery_waits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "endpoint", "next_at", "seq"],
                name="webhook_delivery_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["tenant", "endpoint", "state", "id"], name="webhook_delivery_state"),
            models.Index(fields=["tenant", "endpoint", "id"], name="webhook_delivery_list"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type} {self.state}"


class OffMail(MemberMail):
    """One e-mail that tells a member that we switched an endpoint off.

    endpoint_id: no key, so that code which does not know these rows yet may still forget an endpoint.
    """

    endpoint_id = models.UUIDField()

    class Meta(MemberMail.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "due_at"], name="offmail_due", condition=models.Q(due_at__isnull=False)
            )
        ]
