"""What a member or a key may do: the one list of scopes, and what each role holds of it."""

from __future__ import annotations

#: Scope → what it allows, in words for people.
SCOPES = {
    "messages:read": "Read conversations, messages, notes, files and templates",
    "messages:write": "Send messages, write notes, react, upload files",
    "threads:write": "Assign, label, prioritize, snooze, close and reopen conversations",
    "customers:read": "Read customers and their addresses",
    "customers:write": "Change customers",
    "channels:read": "Read channels",
    "channels:write": "Connect, change and switch off channels",
    "events:read": "Read the numbered log of everything that happens",
    "members:read": "Read members and teams",
    "members:write": "Invite people, change roles and teams",
    "notifications:read": "Read notifications, their types, consents and quiet hours",
    "notifications:write": "Send and cancel notifications, record consents",
    "notifications:personal": "See the personal values of notifications",
    "notifications:manage": "Make, publish, archive notification types, run campaigns, set quiet hours",
    "receipts:read": "Read raw webhooks and what became of them",
    "receipts:write": "Replay raw webhooks",
    "saved_replies:write": "Change the saved replies that everybody shares",
    "audit:read": "Read who changed what in the set-up",
    "saved_views:write": "Change the saved views that everybody shares",
    "keys:read": "Read the list of API keys",
    "keys:write": "Create and revoke API keys",
}

_EVERYTHING = frozenset(SCOPES)
_OF_AGENTS = frozenset(
    {
        "messages:read", "messages:write", "threads:write", "customers:read", "customers:write",
        "channels:read", "events:read", "members:read", "notifications:read", "notifications:write",
    }
)  # fmt: skip

#: Role → scopes. Owners and admins differ only in who may change whom (tenants.operations.members).
ROLE_SCOPES = {"owner": _EVERYTHING, "admin": _EVERYTHING, "agent": _OF_AGENTS}

#: Role → what it means, in words for people.
ROLE_WORDS = {
    "owner": "Everything, including other owners",
    "admin": "Everything, except changing owners",
    "agent": "Answers customers; no set-up pages",
}


def permissions_of(role: str) -> frozenset[str]:
    """The scopes of a role; an unknown role has none."""
    return ROLE_SCOPES.get(role, frozenset())
