"""One change to many threads at once, and what it found and left in each."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models.threads import Thread
from tenants.models import Member


class BulkState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class BulkChange(TenantModel):
    """A change asked for once and made thread by thread, in batches. Its counts are kept, not counted.

    change: {"assign" | "label" | "snooze" | "close": what}. actor: who asked, as events carry it; member: the
    same when it was a member. total = changed + skipped once it is done; restored and kept: what an undo did,
    kept being threads that somebody has changed since.
    """

    change = models.JSONField()
    actor = models.JSONField()
    member = TenantForeignKey(Member, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=BulkState.choices, default=BulkState.RUNNING)
    total = models.PositiveIntegerField()
    changed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "id"],
                name="bulkchange_unfinished",
                condition=models.Q(state__in=("running", "undoing")),
            )
        ]

    def __str__(self) -> str:
        return f"bulk change {self.id}"


class ItemState(models.TextChoices):
    WAITING = "waiting"
    CHANGED = "changed"
    SKIPPED = "skipped"
    RESTORED = "restored"
    KEPT = "kept"


class BulkItem(TenantModel):
    """One thread of a bulk change. before, after: the fields that it changed, for the way back."""

    bulk = TenantForeignKey(BulkChange, related_name="items")
    thread = TenantForeignKey(Thread, related_name="+")
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.WAITING)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "bulk", "thread"], name="bulkitem_once")]
        indexes = [models.Index(fields=["tenant", "bulk", "state", "thread"], name="bulkitem_by_state")]
