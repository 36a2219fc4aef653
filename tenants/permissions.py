"""What a member or a key may do: the one list of scopes, and what each role holds of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: Scope → what it allows, in words for people.
SCOPES = {
    "messages:read": _("Read conversations, messages, notes, files and templates"),
    "messages:write": _("Send messages, write notes, react, upload files"),
    "threads:write": _("Assign, label, prioritize, snooze, close and reopen conversations"),
    "customers:read": _("Read customers and their addresses"),
    "customers:write": _("Change customers"),
    "channels:read": _("Read channels"),
    "channels:write": _("Connect, change and switch off channels"),
    "events:read": _("Read the numbered log of everything that happens"),
    "members:read": _("Read members and teams"),
    "members:write": _("Invite people, change roles and teams"),
    "notifications:read": _("Read notifications, their types, consents and quiet hours"),
    "notifications:write": _("Send and cancel notifications, record consents"),
    "notifications:personal": _("See the personal values of notifications"),
    "notifications:manage": _("Make, publish, archive notification types, run campaigns, set quiet hours"),
    "receipts:read": _("Read raw webhooks and what became of them"),
    "receipts:write": _("Replay raw webhooks"),
    "saved_replies:write": _("Change the saved replies that everybody shares"),
    "audit:read": _("Read who changed what in the set-up"),
    "saved_views:write": _("Change the saved views that everybody shares"),
    "webhooks:read": _("Read webhook endpoints and what was delivered to them"),
    "webhooks:write": _("Add, change and try webhook endpoints, deliver events again"),
    "keys:read": _("Read the list of API keys"),
    "keys:write": _("Create and revoke API keys"),
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
