"""An editor proposes, another person approves: the step between a draft and what customers get."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from common.ids import uuid7
from events import audit, bus
from inbox.operations.authors import Author
from notifications.models import (
    NotificationType,
    Proposal,
    ProposalState,
    PublishingRule,
    TypeVersion,
    VersionState,
)
from notifications.operations.types import (
    InvalidVersion,
    NothingToPublish,
    StaleDraft,
    faults_of,
    publish_draft,
    withdraw_proposals,
)
from notifications.queries.reviews import needs_second_person, open_proposal


class ReviewRefused(Exception):
    """This person cannot decide this now; the sentence says why."""


def set_publishing(*, needs_second: bool, by: Author) -> PublishingRule:
    """Say whether publishing needs a second person. Writes PublishingRule, Event `publishing.changed`.

    What waits when it is switched off goes on waiting, and may be published by anybody who publishes.
    """
    row = PublishingRule.objects.select_for_update().first() or PublishingRule()
    before = {"needs_second_person": row.needs_second_person}
    row.needs_second_person = needs_second
    row.save()
    after = {"needs_second_person": needs_second}
    if before != after:
        bus.record("publishing.changed", after, actor=by.actor)
        audit.note("publishing.changed", row.id, _("Publishing"), before=before, after=after, actor=by.actor)
    return row


def propose(*, named: NotificationType, by: Author, revision: int | None = None, note: str = "") -> Proposal:
    """Ask another person to publish the draft as it is now; an earlier proposal of it is taken back.

    Writes Proposal, Event `notification_type.proposed`. Raises NothingToPublish, StaleDraft, InvalidVersion.
    """
    draft = _locked_draft(named)
    if revision is not None and draft.revision != revision:
        raise StaleDraft(draft)
    if faults := faults_of(draft):
        raise InvalidVersion(faults)
    withdraw_proposals(named, _("It was proposed again."))
    row = Proposal(
        id=uuid7(),
        type=named,
        number=draft.number,
        revision=draft.revision,
        note=note[:500],
        author_kind=by.kind,
        author_id=by.id,
        author_name=by.name[:120],
        created_at=timezone.now(),
    )
    row.save(force_insert=True)
    _tell("notification_type.proposed", row, by, {"version": draft.number, "note": row.note})
    return row


def approve(*, named: NotificationType, by: Author, revision: int | None = None) -> TypeVersion:
    """Publish what somebody else proposed, exactly as it was proposed.

    Writes what ``publish_draft`` writes, Proposal, Event `notification_type.approved`. Raises ReviewRefused,
    StaleDraft when the draft says something else than was looked at.
    """
    draft = _locked_draft(named)
    row = _waiting(named)
    if by.kind != "member":
        raise ReviewRefused(_("A person approves, not a program."))
    if row.author_id == by.id:
        raise ReviewRefused(_("You proposed it yourself: somebody else has to look at it."))
    if draft.revision != row.revision or revision not in {None, row.revision}:
        raise StaleDraft(draft)
    _decide(row, ProposalState.APPROVED, by, "")
    _tell("notification_type.approved", row, by, {"version": row.number, "proposed_by": row.author_name})
    return publish_draft(named=named, by=by, is_approved=True)


def reject(*, named: NotificationType, by: Author, reason: str) -> Proposal:
    """Send a proposal back with a reason; its draft stays. Writes Proposal, Event
    `notification_type.rejected`.

    Raises ReviewRefused.
    """
    _locked_draft(named)
    row = _waiting(named)
    if by.kind != "member":
        raise ReviewRefused(_("A person decides, not a program."))
    if row.author_id == by.id:
        raise ReviewRefused(_("You proposed it yourself: take it back instead."))
    if not reason.strip():
        raise ReviewRefused(_("Say why, so that it can be mended."))
    _decide(row, ProposalState.REJECTED, by, reason.strip())
    _tell("notification_type.rejected", row, by, {"version": row.number, "reason": row.reason})
    return row


def take_back(*, named: NotificationType, by: Author) -> Proposal:
    """Whoever proposed it thinks better of it. Writes Proposal, Event `notification_type.proposal_withdrawn`.

    Raises ReviewRefused.
    """
    _locked_draft(named)
    row = _waiting(named)
    if row.author_id != by.id:
        raise ReviewRefused(_("Somebody else proposed it: reject it with a reason instead."))
    _decide(row, ProposalState.WITHDRAWN, by, "")
    _tell("notification_type.proposal_withdrawn", row, by, {"version": row.number})
    return row


def publish_or_propose(*, named: NotificationType, by: Author) -> bool:
    """Publish a draft, or propose it where a second person has to look; whether it is published."""
    if needs_second_person():
        propose(named=named, by=by)
        return False
    publish_draft(named=named, by=by)
    return True


def _locked_draft(named: NotificationType) -> TypeVersion:
    NotificationType.objects.select_for_update().get(id=named.id)
    draft = TypeVersion.objects.filter(type=named, state=VersionState.DRAFT).first()
    if draft is None:
        raise NothingToPublish(_("There is no draft of this type; edit it first."))
    return draft


def _waiting(named: NotificationType) -> Proposal:
    row = open_proposal(named)
    if row is None:
        raise ReviewRefused(_("Nothing of this type waits for a decision any more."))
    return row


def _decide(row: Proposal, state: ProposalState, by: Author, reason: str) -> None:
    row.state, row.reason = state, reason[:500]
    row.decided_id, row.decided_name, row.decided_at = by.id, by.name[:120], timezone.now()
    row.save(update_fields=["state", "reason", "decided_id", "decided_name", "decided_at"])


def _tell(event: str, row: Proposal, by: Author, after: dict[str, Any]) -> None:
    named = row.type
    kind = {"id": named.id, "key": named.key, "name": named.name}
    data = {"type": kind, "number": row.number, "by": row.author_name, "note": row.note, "reason": row.reason}
    bus.record(event, data, actor=by.actor)
    audit.note(event, named.id, named.key, before={}, after=after, actor=by.actor)
