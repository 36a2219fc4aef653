"""Links that let one person join one tenant. All run in the tenant's scope."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from common.tenancy import require_tenant
from events import audit
from tenants.models import Invitation, Member, User
from tenants.models.people import Role
from tenants.operations.errors import Refused
from tenants.operations.members import NotAllowed, add_member
from tenants.operations.tokens import digest_of, new_token
from tenants.shapes import actor_of

VALID_FOR = timedelta(days=7)


class InvitationGone(Refused):
    """Unknown here, revoked, expired, or accepted before."""

    code = "invitation_gone"


class InvitationForAnother(Refused):
    """The person signed in has another email address than the one invited."""

    code = "invitation_for_another"


class AlreadyMember(Refused):
    """The address belongs to somebody who is in already."""

    code = "already_member"


def invite_member(
    *, email: str, role: str, by: Member, now: datetime | None = None
) -> tuple[Invitation, str]:
    """Write an Invitation, replacing an open one to the same address; returns it and the link, shown once.

    Raises NotAllowed, AlreadyMember.
    """
    if not by.is_admin or (role == Role.OWNER and by.role != Role.OWNER):
        raise NotAllowed("Only owners and admins invite people, and only owners invite owners.")
    if Member.objects.filter(email__iexact=email, is_active=True).exists():
        raise AlreadyMember(f"{email} is a member already.")
    now = now or timezone.now()
    Invitation.objects.filter(email__iexact=email, accepted_at=None, revoked_at=None).update(revoked_at=now)
    token = new_token()
    invitation = Invitation.objects.create(
        email=email, role=role, digest=digest_of(token), invited_by=by, expires_at=now + VALID_FOR
    )
    audit.note("invitation.made", invitation.id, email, after={"role": role}, actor=actor_of(by))
    return invitation, invitation_url(token)


def invitation_url(token: str) -> str:
    """The link for the open scope's tenant."""
    return settings.PUBLIC_URL + reverse("invitation", args=[require_tenant(), token])


def find_invitation(*, token: str, now: datetime | None = None) -> Invitation:
    """The invitation a link stands for, while it can be accepted. Raises InvitationGone."""
    invitation = _acceptable(token, now or timezone.now()).first()
    if invitation is None:
        raise _gone()
    return invitation


def accept_invitation(*, token: str, user: User, now: datetime | None = None) -> Member:
    """Let the invited person in; works once. Writes Invitation, Member, Membership, `member.updated`.

    Raises InvitationGone, InvitationForAnother.
    """
    now = now or timezone.now()
    invitation = find_invitation(token=token, now=now)
    if user.email.casefold() != invitation.email.casefold():
        raise InvitationForAnother(f"This invitation is for {invitation.email}, and you are {user.email}.")
    if not _acceptable(token, now).update(accepted_at=now):
        raise _gone()
    return add_member(user=user, role=invitation.role)


def revoke_invitation(*, invitation: Invitation, now: datetime | None = None) -> None:
    """The link stops working; nothing happens when it was accepted before."""
    open_one = Invitation.objects.filter(id=invitation.id, accepted_at=None, revoked_at=None)
    if open_one.update(revoked_at=now or timezone.now()):
        audit.note("invitation.revoked", invitation.id, invitation.email)


def _acceptable(token: str, now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        digest=digest_of(token), accepted_at=None, revoked_at=None, expires_at__gt=now
    )


def _gone() -> InvitationGone:
    return InvitationGone("This invitation was used, withdrawn or is older than 7 days. Ask for a new one.")
