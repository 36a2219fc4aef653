"""/me, /members, /teams, /keys: who calls, who works here, which programs may call.

Keys are made in the console only: an answer that is kept for ``Idempotency-Key`` must not hold a secret.
"""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request

from common.api.endpoints import Endpoint, call
from common.api.pages import BY_ID, Page
from common.api.parameters import PageQuery
from common.api.permissions import SIGNED_IN
from common.api.problems import Kind, Problem, describe, translates
from common.api.schema import ListOf
from common.tenancy import require_tenant
from common.wire import Json, ident, stamp
from tenants import wire
from tenants.models import ApiKey, Member, Team, Tenant
from tenants.operations.errors import Refused
from tenants.operations.keys import revoke_api_key
from tenants.shapes import member_shape, team_shape, tenant_shape

describe({"not_allowed": Kind(403, "This is not allowed", "The detail says why.")})


@translates(Refused)
def _refused(refusal: Refused) -> Problem:
    return Problem("not_allowed", refusal.sentence)


class Me(Endpoint):
    """/me"""

    scopes = {"GET": SIGNED_IN}

    @call("get_me", "Who calls, and what they may do", gives=wire.Me)
    def get(self, request: Request) -> wire.Me:
        member = self.principal.member
        tenant = Tenant.objects.get(id=require_tenant())
        return {
            "tenant": tenant_shape(tenant),
            "member": member_shape(member) if member else None,
            "scopes": sorted(self.principal.scopes),
        }


class Members(Endpoint):
    """/members"""

    scopes = {"GET": "members:read"}

    @call(
        "list_members", "List members, also those who have left", query=PageQuery, gives=ListOf(wire.Member)
    )
    def get(self, request: Request) -> Json:
        page: Page[Member] = BY_ID.page(Member.objects.all(), **self.query)
        return page.shape([member_shape(row) for row in page.rows])


class Teams(Endpoint):
    """/teams"""

    scopes = {"GET": "members:read"}

    @call("list_teams", "List teams", query=PageQuery, gives=ListOf(wire.Team))
    def get(self, request: Request) -> Json:
        page: Page[Team] = BY_ID.page(Team.objects.all(), **self.query)
        return page.shape([team_shape(row) for row in page.rows])


def key_shape(key: ApiKey) -> wire.ApiKey:
    """A key without itself."""
    return {
        "id": ident(key.id),
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "created_at": stamp(key.created_at),
        "expires_at": stamp(key.expires_at),
        "last_used_at": stamp(key.last_used_at),
        "revoked_at": stamp(key.revoked_at),
    }


class Keys(Endpoint):
    """/keys"""

    scopes = {"GET": "keys:read"}

    @call("list_keys", "List API keys", query=PageQuery, gives=ListOf(wire.ApiKey))
    def get(self, request: Request) -> Json:
        page: Page[ApiKey] = BY_ID.page(ApiKey.objects.all(), **self.query)
        return page.shape([key_shape(row) for row in page.rows])


class KeyOne(Endpoint):
    """/keys/{id}"""

    scopes = {"DELETE": "keys:write"}

    @call("revoke_key", "Revoke an API key", about="It stops working at once.", status=204)
    def delete(self, request: Request, key_id: UUID) -> None:
        revoke_api_key(key=ApiKey.objects.get(id=key_id))
