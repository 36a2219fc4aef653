"""A new tenant."""

from __future__ import annotations

from itertools import count

from django.db import connection, transaction
from django.utils.text import slugify

from common.tenancy import tenant_context
from tenants.models import Tenant, User
from tenants.models.people import Role
from tenants.operations.errors import Refused
from tenants.operations.members import add_member
from tenants.operations.people import create_person


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


def create_tenant(*, name: str, owner: User, slug: str = "", is_demo: bool = False) -> Tenant:
    """Write a Tenant with its first member, an owner; the open scope, if any, must be none.

    slug: made from the name when not given; a taken one gets a number.
    """
    with transaction.atomic():
        tenant = Tenant.new(name=name, slug=_free_slug(slug or name), is_demo=is_demo)
        tenant.save()
        with tenant_context(tenant.id):
            add_member(user=owner, role=Role.OWNER)
    return tenant


def _free_slug(wanted: str) -> str:
    """Two tenants made at once with one name meet at the unique slug; the second request can be repeated."""
    stem = slugify(wanted)[:50] or "workspace"
    taken = set(Tenant.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in count(2))
    return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)
