"""What a view may count on once a decorator has let the request through."""

from __future__ import annotations

from uuid import UUID

from common.requests import HouseRequest
from tenants.models import Member, Tenant, User


class PersonRequest(HouseRequest):
    """Behind `login_required`: somebody is signed in, perhaps in no workspace."""

    user: User


class MemberRequest(PersonRequest):
    """Behind ``member_required`` or ``scope_required``: somebody who works in a workspace."""

    tenant_id: UUID
    tenant: Tenant
    member: Member
