"""Acme and Globex, made through the product's own operations."""

from __future__ import annotations

from dataclasses import dataclass

from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.channels import connect_channel
from tenants.models import Member, Tenant, User
from tenants.operations.members import add_member
from tenants.operations.workspaces import create_tenant

APP_SECRET = "acme-app-secret-0123456789abcdef"
GLOBEX_SECRET = "globex-app-secret-0123456789abcd"
ACME_ACCOUNT = "318840571926604"
GLOBEX_ACCOUNT = "318840571926699"


@dataclass(frozen=True, slots=True)
class Cast:
    acme: Tenant
    globex: Tenant
    alice: Member
    bob: Member
    charlie: Member
    acme_number: Channel
    globex_number: Channel


def make_cast(base_url: str = "http://127.0.0.1:9") -> Cast:
    """Two tenants that know nothing of each other. Nothing listens at the default provider address."""
    acme, alice = _tenant("Acme", "alice@acme.example", "Alice")
    globex, charlie = _tenant("Globex", "charlie@globex.example", "Charlie")
    with tenant_context(acme.id):
        bob = add_member(
            user=User.objects.create_user("bob@acme.example", "bobs-long-password", name="Bob"), role="agent"
        )
        acme_number = connect_number(ACME_ACCOUNT, APP_SECRET, alice, base_url)
    with tenant_context(globex.id):
        globex_number = connect_number(GLOBEX_ACCOUNT, GLOBEX_SECRET, charlie, base_url)
    return Cast(acme, globex, alice, bob, charlie, acme_number, globex_number)


def make_neighbour(name: str, n: int) -> Channel:
    """One more tenant, the n-th, with nothing but a number."""
    tenant, owner = _tenant(name, f"owner{n}@{n}.example", f"Owner{n}")
    with tenant_context(tenant.id):
        return connect_number(f"3188405719300{n:02}", f"neighbour-app-secret-0123456789{n}", owner)


def connect_number(
    external_id: str, app_secret: str, by: Member, base_url: str = "http://127.0.0.1:9"
) -> Channel:
    """A WhatsApp number in the open scope."""
    return connect_channel(
        kind="whatsapp",
        name=f"WhatsApp {external_id[-3:]}",
        external_id=external_id,
        config={"waba_id": "102290129340398", "display_phone_number": "+447700900201"},
        secrets={"app_secret": app_secret, "access_token": "EAAGtesttoken", "verify_token": "verify-me"},
        base_url=base_url,
        by=Author.of(by),
    )


def _tenant(name: str, email: str, person: str) -> tuple[Tenant, Member]:
    user = User.objects.create_user(email, f"{person.lower()}s-long-password", name=person)
    tenant = create_tenant(name=name, owner=user)
    with tenant_context(tenant.id):
        return tenant, Member.objects.select_related("user").get(user=user)
