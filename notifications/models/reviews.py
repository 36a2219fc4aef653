"""A second person looks before a type is published, where a workspace wants that."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from notifications.models.types import NotificationType


class PublishingRule(TenantModel):
    """Whether publishing needs a second person. No row: it does not."""

    needs_second_person = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="publishingrule_one")]


class ProposalState(models.TextChoices):
    """withdrawn: by who proposed it, or because the draft says something else now."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Proposal(TenantModel):
    """A draft that somebody wants published, as it was at one revision. number: of the draft.

    author: who proposed it, who can never be the one who approves it; decided: who decided.
    """

    type = TenantForeignKey(NotificationType, on_delete=models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    author_kind = models.CharField(max_length=8)
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    decided_id = models.UUIDField(null=True)
    decided_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "type"], condition=models.Q(state="open"), name="proposal_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ProposalState.values), name="proposal_state_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="proposal_by_time")]
