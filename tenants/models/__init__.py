"""Tenants and the people who work in them."""

from tenants.models.hours import BusinessHours
from tenants.models.keys import ApiKey, KeyRoute
from tenants.models.people import Invitation, LoginLink, Member, Membership, Team, TeamMember, User
from tenants.models.tenant import Tenant

__all__ = [
    "ApiKey",
    "BusinessHours",
    "Invitation",
    "KeyRoute",
    "LoginLink",
    "Member",
    "Membership",
    "Team",
    "TeamMember",
    "Tenant",
    "User",
]
