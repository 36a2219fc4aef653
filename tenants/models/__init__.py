"""Tenants and the people who work in them."""

from tenants.models.availability import Availability, Way
from tenants.models.hours import BusinessHours
from tenants.models.keys import ApiKey, KeyRoute
from tenants.models.mails import MemberMail
from tenants.models.people import Invitation, LoginLink, Member, Membership, Team, TeamMember, User
from tenants.models.tenant import Tenant

__all__ = [
    "ApiKey",
    "Availability",
    "BusinessHours",
    "Invitation",
    "KeyRoute",
    "LoginLink",
    "Member",
    "MemberMail",
    "Membership",
    "Team",
    "TeamMember",
    "Tenant",
    "User",
    "Way",
]
