"""Who is in a tenant and as what. All of these run in the tenant's scope."""

from __future__ import annotations

from django.utils.translation import gettext as _

from events import audit, bus
from tenants.models import Member, Membership, User
from tenants.models.people import Role
from tenants.operations.errors import Refused
from tenants.shapes import actor_of, member_shape


class NotAllowed(Refused):
    """The person's own role does not reach that far."""

    code = "not_allowed"


class LastOwner(Refused):
    """Somebody must be left who can do everything."""

    code = "last_owner"


def add_member(*, user: User, role: str, name: str = "", by: Member | None = None) -> Member:
    """Let a person into the open scope's tenant, or back in; an active member stays as they are.

    Writes Member, Membership (global) and the event `member.updated`.
    """
    member, is_new = Member.objects.get_or_create(
        user=user, defaults={"name": name or user.name, "email": user.email, "role": role, "is_active": False}
    )
    if not member.is_active:
        member.role, member.is_active = role, True
        member.save(update_fields=["role", "is_active"])
        _open_door(member, is_open=True)
        _tell(member, by)
        action = "member.joined" if is_new else "member.returned"
        audit.note(action, member.id, member.name, after={"role": role}, actor=actor_of(by or member))
    return member


def rename_member(*, member: Member, name: str) -> Member:
    """Change how colleagues see a person here; their own doing. Writes Member and `member.updated`."""
    before, member.name = member.name, name
    audit.note("member.renamed", member.id, before, before={"name": before}, after={"name": name})
    member.save(update_fields=["name"])
    _tell(member, member)
    return member


def change_role(*, member: Member, role: str, by: Member) -> Member:
    """Give a member another role. Writes Member and the event `member.updated`.

    Raises NotAllowed, LastOwner.
    """
    _check_reach(by, member, role)
    if member.role == Role.OWNER and role != Role.OWNER:
        _check_other_owner(member)
    if member.role != role:
        before, member.role = member.role, role
        member.save(update_fields=["role"])
        _tell(member, by)
        values = {"before": {"role": before}, "after": {"role": role}}
        audit.note("member.role_changed", member.id, member.name, **values, actor=actor_of(by))
    return member


def deactivate_member(*, member: Member, by: Member) -> Member:
    """Shut a member out at once: the next request and the open sockets ask `Membership` again.

    What they wrote stays. Writes Member, Membership and the event `member.updated`; does nothing the second
    time. Raises NotAllowed (also for oneself), LastOwner.
    """
    if member.id == by.id:
        raise NotAllowed(_("You cannot deactivate yourself; ask another admin to do it."))
    _check_reach(by, member, member.role)
    if not member.is_active:
        return member
    if member.role == Role.OWNER:
        _check_other_owner(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    _open_door(member, is_open=False)
    _tell(member, by)
    audit.note("member.left", member.id, member.name, actor=actor_of(by))
    return member


def reactivate_member(*, member: Member, by: Member) -> Member:
    """Let a deactivated member back in with the role they had. Raises NotAllowed."""
    _check_reach(by, member, member.role)
    return add_member(user=member.user, role=member.role, by=by)


def _check_reach(by: Member, member: Member, role: str) -> None:
    if not by.is_admin:
        raise NotAllowed(_("Only owners and admins change people."))
    if by.role != Role.OWNER and Role.OWNER in {member.role, role}:
        raise NotAllowed(_("Only an owner makes or changes owners."))


def _check_other_owner(member: Member) -> None:
    """Locks the owners' rows, so that two owners cannot leave at the same moment."""
    owners = Member.objects.select_for_update().filter(role=Role.OWNER, is_active=True).order_by("id")
    if all(owner.id == member.id for owner in owners):
        raise LastOwner(_("%s is the only owner. Make somebody else an owner first.") % member.name)


def _open_door(member: Member, *, is_open: bool) -> None:
    Membership.objects.update_or_create(
        user_id=member.user_id, tenant_id=member.tenant_id, defaults={"is_active": is_open}
    )


def _tell(member: Member, by: Member | None) -> None:
    actor = actor_of(by) if by else bus.SYSTEM
    bus.record("member.updated", {"member": member_shape(member)}, actor=actor)
