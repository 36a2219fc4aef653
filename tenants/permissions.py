"""What a member or a key may do: the one list of scopes, and what each role holds of it."""

from __future__ import annotations

from tenants.models import Member
from tenants.models.people import Role

#: Scope → what it allows, in words for people.
SCOPES = {
    "messages:read": "Read conversations, messages and files",
    "messages:write": "Send messages, write notes, assign and close conversations",
    "customers:read": "Read customers and their addresses",
    "customers:write": "Create and change customers",
    "events:read": "Read the numbered log of everything that happens",
    "channels:manage": "Connect, change and switch off channels",
    "members:manage": "Invite people, change roles and teams",
    "receipts:read": "Read raw webhooks and replay them",
    "keys:manage": "Create and revoke API keys",
}

_AGENT = frozenset(
    {"messages:read", "messages:write", "customers:read", "customers:write", "events:read"},
)
_ALL = frozenset(SCOPES)

#: Role → scopes. Owners and admins differ only in who may change whom (tenants.operations.members).
ROLE_SCOPES: dict[str, frozenset[str]] = {Role.OWNER: _ALL, Role.ADMIN: _ALL, Role.AGENT: _AGENT}

#: Role → what it means, in words for people.
ROLE_WORDS = {
    Role.OWNER: "Everything, including other owners",
    Role.ADMIN: "Everything, except changing owners",
    Role.AGENT: "Answers customers; no set-up pages",
}


def scopes_of(member: Member) -> frozenset[str]:
    """The scopes of a member's role; none once they are deactivated."""
    return ROLE_SCOPES[member.role] if member.is_active else frozenset()
