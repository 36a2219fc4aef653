"""A new tenant."""

from __future__ import annotations

from itertools import count

from django.db import connection, transaction
from django.utils.text import slugify

from common.tenancy import tenant_context
from events import audit
from tenants.models import Member, Tenant, User
from tenants.models.people import Role
from tenants.operations.errors import Refused
from tenants.operations.members import NotAllowed, add_member
from tenants.operations.people import create_person
from tenants.shapes import actor_of

ADMINS = (Role.OWNER, Role.ADMIN)


class AlreadyFounded(Refused):
    """Somebody was quicker: the installation has a workspace."""

    code = "already_founded"


def found_installation(*, workspace: str, name: str, email: str, password: str) -> Tenant:
    """Write the installation's first Tenant and its owner. Raises AlreadyFounded.

    Two people may open the first-run page at once, so the second one waits for the first and is refused.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('parley: first tenant'))")
        if Tenant.objects.exists():
            raise AlreadyFounded("This installation has a workspace already.")
        return create_tenant(name=workspace, owner=create_person(email=email, name=name, password=password))


def create_tenant(
    *, name: str, owner: User, slug: str = "", is_demo: bool = False, live: Tenant | None = None
) -> Tenant:
    """Write a Tenant with its first member, an owner; the open scope, if any, must be none.

    live: the workspace it is the test of. slug: made from the name when not given; a taken one gets a number.
    """
    with transaction.atomic():
        tenant = Tenant.new(name=name, slug=_free_slug(slug or name), is_demo=is_demo, live=live)
        tenant.save()
        with tenant_context(tenant.id):
            add_member(user=owner, role=Role.OWNER)
    return tenant


def open_test_workspace(*, live: Tenant, by: Member) -> Tenant:
    """The workspace in which `live` tries things out; made when there is none. The open scope must be none.

    Its owner is whoever opens it; the other owners and admins of `live` are admins there. Writes as
    ``create_tenant`` and ``add_member`` do. Raises NotAllowed.
    """
    if live.is_test or not by.is_admin:
        raise NotAllowed("Only owners and admins open a test workspace, and only in the live one.")
    with transaction.atomic():
        Tenant.objects.select_for_update().get(id=live.id)  # of two who press at once the second finds it
        if known := Tenant.objects.filter(live=live).first():
            return known
        with tenant_context(live.id):
            others = list(Member.objects.filter(role__in=ADMINS, is_active=True).select_related("user"))
            audit.note("test_workspace.opened", None, live.name, actor=actor_of(by))
        made = create_tenant(name=f"{live.name[:110]} (Test)", owner=by.user, live=live)
        with tenant_context(made.id):
            for one in others:
                add_member(user=one.user, role=Role.ADMIN, name=one.name)
    return made


def _free_slug(wanted: str) -> str:
    """Two tenants made at once with one name meet at the unique slug; the second request can be repeated."""
    stem = slugify(wanted)[:50] or "workspace"
    taken = set(Tenant.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in count(2))
    return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)
