"""Reads about people and their workspaces, for pages, the socket and the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from common.prepared import Prepared
from common.tenancy import require_tenant
from tenants.hours import ALWAYS, Hours
from tenants.models import (
    ApiKey,
    BusinessHours,
    Invitation,
    Member,
    Membership,
    Team,
    TeamMember,
    Tenant,
    User,
)
from tenants.permissions import ROLE_SCOPES


def memberships_of(user: User) -> QuerySet[Membership]:
    """The workspaces a person may enter now, by name. Needs no scope."""
    return (
        Membership.objects.filter(user=user, user__is_active=True, is_active=True)
        .select_related("tenant")
        .order_by("tenant__name", "id")
    )


def membership_for(user: User, wanted: str | UUID | None) -> Membership | None:
    """The membership in the wanted tenant, else the first one, else None. Needs no scope."""
    memberships = _MEMBERSHIPS.rows(user.pk)
    chosen = (one for one in memberships if str(one.tenant_id) == str(wanted))
    return next(chosen, memberships[0] if memberships else None)


def active_member(user: User) -> Member | None:
    """The person in the open scope's tenant."""
    return next(iter(_MEMBER.rows(require_tenant(), user.pk)), None)


#: What every request of a person asks.
_MEMBERSHIPS = Prepared(lambda user_id: memberships_of(User(id=user_id)), UUID(int=1))
_MEMBER = Prepared(
    lambda tenant_id, user_id: Member.unscoped.filter(tenant_id=tenant_id, user_id=user_id, is_active=True),
    UUID(int=1),
    UUID(int=2),
)


def may_come_in(holder: UUID) -> bool:
    """Whether this member or API key of the open scope's tenant is still let in."""
    live = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    keys = ApiKey.objects.filter(live, id=holder, revoked_at=None)
    return Member.objects.filter(id=holder, is_active=True).exists() or keys.exists()


def is_new_installation() -> bool:
    """Nobody has a workspace yet: the first-run page is open."""
    return not Tenant.objects.exists()


def members() -> QuerySet[Member]:
    """Everybody who is or was in the open scope's tenant, active ones first."""
    return Member.objects.order_by("-is_active", "name", "id")


def members_with(scope: str) -> QuerySet[Member]:
    """Everybody in the open scope's tenant who may do this by their role. Nobody who has left."""
    roles = [role for role, scopes in ROLE_SCOPES.items() if scope in scopes]
    return Member.objects.filter(is_active=True, role__in=roles).order_by("id")


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that nobody accepted, newest first; expired ones stay visible for a week."""
    shown_until = timezone.now() - timedelta(days=7)
    return (
        Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=shown_until)
        .select_related("invited_by")
        .order_by("-created_at", "id")
    )


def teams() -> QuerySet[Team]:
    """Teams by name."""
    return Team.objects.order_by("name", "id")


def teams_by_member() -> dict[UUID, list[str]]:
    """Member id → names of their teams."""
    rows = TeamMember.objects.order_by("team__name").values_list("member_id", "team__name")
    found: dict[UUID, list[str]] = {}
    for member_id, name in rows:
        found.setdefault(member_id, []).append(name)
    return found


def members_by_team() -> dict[UUID, list[str]]:
    """Team id → names of its active members."""
    rows = TeamMember.objects.filter(member__is_active=True).order_by("member__name")
    found: dict[UUID, list[str]] = {}
    for team_id, name in rows.values_list("team_id", "member__name"):
        found.setdefault(team_id, []).append(name)
    return found


def people_with_two_steps(people: Iterable[Member]) -> set[UUID]:
    """Ids of the users among them who sign in with a second step."""
    ids = [person.user_id for person in people]
    rows = Authenticator.objects.filter(user_id__in=ids, type=Authenticator.Type.TOTP)
    return set(rows.values_list("user_id", flat=True))


def keys() -> QuerySet[ApiKey]:
    """API keys that still work first, then the rest; newest first."""
    return ApiKey.objects.select_related("created_by").order_by(
        F("revoked_at").desc(nulls_first=True), "-created_at", "id"
    )


def business_hours() -> Hours:
    """When the open scope's tenant is open."""
    row = BusinessHours.objects.first()
    return row.hours if row else ALWAYS
