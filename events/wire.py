"""Types of the JSON of events; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time


class Actor(TypedDict):
    """Who did it."""

    kind: Annotated[str, Meaning(words=("member", "api_key", "customer", "system"))]
    id: Id | None
    name: str


class Change(TypedDict):
    """One thing somebody did to the set-up."""

    id: Id
    at: Time
    actor: Actor
    action: Annotated[str, Meaning(about="noun.past: `team.changed`, `key.made`.")]
    about_id: Id | None
    about: Annotated[str, Meaning(about="What it was done to, by its name then.")]
    before: Annotated[Json, Meaning(about="Only what differs; empty for what was made.")]
    after: Json
    request_id: str


class Event(TypedDict):
    """One fact, numbered per workspace without gaps."""

    seq: int
    id: Id
    type: Annotated[str, Meaning(about="noun.past: `message.received`, `thread.assigned`.")]
    at: Time
    actor: Actor
    data: Json
