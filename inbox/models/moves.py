"""Conversations of one customer that were parted or joined, and the way back."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models.threads import Thread


class MoveKind(models.TextChoices):
    SPLIT = "split"
    JOIN = "join"


class ThreadMove(TenantModel):
    """One thread made two, or two made one, and all it takes to undo it.

    thread: the earlier part, or the one that stays; other: the later part, or the one that was taken in.
    message_id: with which the later part begins; messages: those that were taken in. journal: the rows as
    they were. by, undone_by: who did it, as events say it.
    """

    kind = models.CharField(max_length=5, choices=MoveKind.choices)
    thread = TenantForeignKey(Thread, related_name="+")
    other = TenantForeignKey(Thread, related_name="+")
    message_id = models.UUIDField(null=True)
    messages = ArrayField(models.UUIDField(), default=list)
    at = models.DateTimeField()
    by = models.JSONField()
    journal = models.JSONField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=MoveKind.values), name="threadmove_kind_known")
        ]
        indexes = [
            models.Index(fields=["tenant", "thread", "-id"], name="threadmove_of_thread"),
            models.Index(fields=["tenant", "other", "-id"], name="threadmove_of_other"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
