"""JSON of what webhooks brought; docs/wire.md explains it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time


class Counts(TypedDict):
    """What became of the items of a webhook body."""

    stored: int
    duplicate: int
    ignored: int
    quarantined: int


class Receipt(TypedDict):
    """One raw webhook body and what became of it."""

    id: Id
    kind: str
    received_at: Time
    size_bytes: int
    counts: Counts
    items: list[Json]
    body: Annotated[str | None, Meaning(about="Only in the answer for one receipt, when it is all yours.")]
