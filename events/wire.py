"""Types of the JSON of events; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time


class Actor(TypedDict):
    """Who did it."""

    kind: Annotated[str, Meaning(words=("member", "api_key", "customer", "system"))]
    id: Id | None
    name: str


class Event(TypedDict):
    """One fact, numbered per workspace without gaps."""

    seq: int
    id: Id
    type: Annotated[str, Meaning(about="noun.past: `message.received`, `thread.assigned`.")]
    at: Time
    actor: Actor
    data: Json
