"""Several steps under one name, and what each run of them did."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models.messages import Message
from inbox.models.threads import Thread
from tenants.models import Member


class Macro(TenantModel):
    """Steps done together. owner: the one member who sees it; NULL: everybody does.

    steps: {reply?, note?, add_labels?, assign?: {to: me | nobody | member | team, id?}, priority?,
    snooze?: {hours: n | null}, close?}, done in this order.
    """

    name = models.CharField(max_length=80)
    owner = TenantForeignKey(Member, null=True, related_name="+")
    steps = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "owner", "name"], name="macro_name_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


class MacroRun(TenantModel):
    """One run on one thread. before, after: the thread's fields that it changed, as they were and as it made
    them, so that one undo puts back what nobody has changed since."""

    thread = TenantForeignKey(Thread, related_name="+")
    name = models.CharField(max_length=80)
    client_ref = models.CharField(max_length=80)
    message = TenantForeignKey(Message, null=True, related_name="+")
    note_id = models.UUIDField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "thread", "client_ref"], name="macrorun_once")
        ]
