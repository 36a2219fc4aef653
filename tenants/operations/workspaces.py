"""A new tenant."""

from __future__ import annotations

from itertools import count

from django.db import transaction
from django.utils.text import slugify

from common.tenancy import tenant_context
from tenants.models import Tenant, User
from tenants.models.people import Role
from tenants.operations.members import add_member


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
