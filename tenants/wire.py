"""Types of the JSON of workspaces and their people; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Meaning, Time

Role = Annotated[str, Meaning(words=("owner", "admin", "agent"))]


class Member(TypedDict):
    """A person in this workspace."""

    id: Id
    name: str
    email: str
    role: Role
    avatar: Annotated[int, Meaning(about="Which of 12 colours stands behind the initials.")]
    is_active: bool


class Team(TypedDict):
    """Members who share work."""

    id: Id
    name: str
    colour: int


class Tenant(TypedDict):
    """The workspace."""

    id: Id
    name: str
    slug: str
    demo: bool


class Holiday(TypedDict):
    """A day on which the workspace is closed."""

    date: Annotated[str, Meaning(about="Year, month and day, by the workspace's calendar.")]
    name: str


class Hours(TypedDict):
    """When the workspace is open, by the clock of its zone."""

    zone: str
    is_always: bool
    week: Annotated[
        list[list[list[int]]],
        Meaning(about="Monday to Sunday: spans from minute to minute of the day; 1440 is midnight."),
    ]
    holidays: list[Holiday]


class ApiKey(TypedDict):
    """An API key; the key itself is shown once, in the console, when it is made."""

    id: Id
    name: str
    prefix: str
    scopes: list[str]
    created_at: Time
    expires_at: Time | None
    last_used_at: Time | None
    revoked_at: Time | None


class Me(TypedDict):
    """Who calls, and what they may do."""

    tenant: Tenant
    member: Member | None
    scopes: list[str]
