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
