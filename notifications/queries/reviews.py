"""Whether a second person has to look, and what waits for one."""

from __future__ import annotations

from notifications.models import NotificationType, Proposal, ProposalState, PublishingRule

HISTORY = 20


def needs_second_person() -> bool:
    """Whether the tenant publishes only what a second person approved."""
    return PublishingRule.objects.filter(needs_second_person=True).exists()


def open_proposal(named: NotificationType) -> Proposal | None:
    """What waits for a second person, of one type."""
    return Proposal.objects.filter(type=named, state=ProposalState.OPEN).first()


def last_proposal(named: NotificationType) -> Proposal | None:
    """The newest one of a type, whatever became of it."""
    return Proposal.objects.filter(type=named).order_by("-created_at", "-id").first()


def waiting_proposals() -> list[Proposal]:
    """Everything that waits for a second person, the oldest first."""
    rows = Proposal.objects.filter(state=ProposalState.OPEN).select_related("type")
    return list(rows.order_by("created_at", "id"))


def decided_proposals() -> list[Proposal]:
    """What was decided lately, the newest first."""
    rows = Proposal.objects.exclude(state=ProposalState.OPEN).select_related("type")
    return list(rows.order_by("-created_at", "-id")[:HISTORY])
