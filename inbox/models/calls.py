"""A voice call while it rings and runs, and what became of it. Its line in the conversation is a Message."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from customers.models import Address, Customer
from inbox.models.channels import Channel
from inbox.models.threads import Thread
from tenants.models import Member


class CallState(models.TextChoices):
    """dialing: the provider is asked to call; answering: a member took it and the provider is being told."""

    DIALING = "dialing"
    RINGING = "ringing"
    ANSWERING = "answering"
    TALKING = "talking"
    ENDED = "ended"


class CallOutcome(models.TextChoices):
    """How it ended: answered by the other side, not answered, declined by the other side, or impossible."""

    NONE = ""
    ANSWERED = "answered"
    MISSED = "missed"
    DECLINED = "declined"
    FAILED = "failed"


class Call(TenantModel):
    """One call. Only its state says whose it is: whoever moves it on does so by a conditional update.

    direction: who called. external_id: the provider's id, None until it gave one. member, member_name: who
    took it, or who calls; ref: their page's own name for it, so that the same page may repeat itself and no
    other tab takes the sound. passed_to: whom a ringing call was given to. offer, answer: the sessions, blank
    once it is over: they hold addresses of machines. due_at: when somebody must look whether it still lives.
    version rises with every change.
    """

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    thread = TenantForeignKey(Thread, on_delete=models.PROTECT, related_name="calls")
    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    address = TenantForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=8)
    external_id = models.CharField(max_length=300, null=True)
    state = models.CharField(max_length=9, choices=CallState.choices)
    outcome = models.CharField(max_length=8, choices=CallOutcome.choices, blank=True)
    member = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    member_name = models.CharField(max_length=120, blank=True)
    passed_to = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    ref = models.CharField(max_length=80, blank=True)
    offer = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    error = models.JSONField(null=True)
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    duration_s = models.PositiveIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "channel", "external_id"], name="call_external_id_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "thread", "ref"],
                condition=models.Q(direction="outbound"),
                name="call_ref_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=CallState.values), name="call_state_known"),
        ]
        indexes = [
            models.Index(fields=["tenant", "id"], name="call_live", condition=~models.Q(state="ended")),
            models.Index(
                fields=["tenant", "due_at"], name="call_due", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} call {self.id}"

    @property
    def is_live(self) -> bool:
        return self.state != CallState.ENDED


class CallRecord(TenantModel):
    """The sound or the words of one call, as its provider told of them; they may come before anything else of
    it does. external_id: of the call; is_attached: its line in the conversation has it.
    """

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=300)
    what = models.CharField(max_length=12)
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=12, blank=True)
    media_id = models.CharField(max_length=200, blank=True)
    mime = models.CharField(max_length=120, blank=True)
    filename = models.CharField(max_length=240, blank=True)
    url = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    is_attached = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "channel", "external_id", "what", "media_id"], name="callrecord_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.external_id}"
