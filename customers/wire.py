"""Types of the JSON of customers; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time


class Address(TypedDict):
    """One way to reach a customer."""

    id: Id
    kind: Annotated[str, Meaning(about="`phone` (E.164 with +), `email`, or a provider's own.")]
    value: str
    label: str


class CustomerCard(TypedDict):
    """A person the workspace talks to. `version` rises with every change."""

    id: Id
    name: str
    external_id: str | None
    language: str
    timezone: str
    addresses: list[Address]
    attributes: Json
    labels: list[str]
    created_at: Time
    version: int


class Difference(TypedDict):
    """Where both customers have a value and one is not shown any more."""

    field: str
    kept: str
    dropped: str


class Denied(TypedDict):
    """What stays or becomes closed, because the stricter word of the two counts."""

    channel: str
    category: Annotated[str, Meaning(about="A category, or `blocked`.")]


class MergePreview(TypedDict):
    """What a merge would do; nothing has changed. `token` allows just this one."""

    token: str
    survivor_id: Id
    other_id: Id
    fields: Annotated[Json, Meaning(about="Of the survivor, as they would be.")]
    differences: list[Difference]
    figures: Annotated[
        Json, Meaning(about="How many addresses, threads, joined (threads), messages, notes, notifications.")
    ]
    denied: list[Denied]


class Merge(TypedDict):
    """Two customers made one. Undo it with DELETE while `undone_at` is null."""

    id: Id
    survivor_id: Id
    merged: Annotated[Json, Meaning(about="`{id, name}` of the customer that became part of the other.")]
    at: Time
    by: Json
    undone_at: Time | None


class Duplicate(TypedDict):
    """Who may be the same person, and why."""

    customer: CustomerCard
    reasons: Annotated[list[str], Meaning(about="`number`, `email`, `external_id`.")]
