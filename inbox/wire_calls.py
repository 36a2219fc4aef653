"""JSON of voice calls; docs/wire.md explains it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time
from inbox.wire import CustomerLine, Direction


class CallMember(TypedDict):
    """A member, as a call names them."""

    id: Id
    name: str


class Call(TypedDict):
    """One voice call. `version` rises with every change: keep the higher one."""

    id: Id
    thread_id: Id
    channel_id: Id
    customer: CustomerLine
    direction: Annotated[Direction, Meaning(about="Who called: `inbound` is the customer.")]
    state: Annotated[str, Meaning(words=("dialing", "ringing", "answering", "talking", "ended"))]
    outcome: Annotated[str, Meaning(words=("", "answered", "missed", "declined", "failed"))]
    member: Annotated[CallMember | None, Meaning(about="Who took it, or who calls.")]
    passed_to: Annotated[CallMember | None, Meaning(about="For whom it rings now; null: for everybody.")]
    ref: Annotated[str, Meaning(about="The name that the page which has the sound gave it.")]
    provider_id: str | None
    rang_at: Time
    answered_at: Time | None
    ended_at: Time | None
    duration_s: int | None
    error: Json | None
    version: int


class IceServer(TypedDict):
    """A server that helps two ends to find each other, as browsers take it."""

    urls: list[str]
    username: str
    credential: str


class CallSession(TypedDict):
    """What the other end offers or answers, and who helps to reach it."""

    type: Annotated[str, Meaning(words=("offer", "answer"))]
    sdp: str
    ice_servers: list[IceServer]


class CallLine(TypedDict):
    """What a call needs before it can begin: who helps to reach the other end, and whether one may call."""

    may_call: bool
    may_ask: Annotated[bool, Meaning(about="Whether the customer may be asked to allow calls.")]
    until: Annotated[Time | None, Meaning(about="How long the permission lasts; null: for good, or none.")]
    channel_id: Id
    ice_servers: list[IceServer]
