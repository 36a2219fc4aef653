"""JSON of changes to many threads at once; docs/wire.md explains it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time


class BulkChange(TypedDict):
    """One change to many conversations. `changed` and `skipped` add up to `total` when it is done."""

    id: Id
    change: Json
    state: Annotated[str, Meaning(words=("running", "done", "undoing", "undone"))]
    total: int
    changed: int
    skipped: Annotated[int, Meaning(about="Those that were so already, or cannot be changed this way.")]
    restored: Annotated[int, Meaning(about="Those that an undo gave back what they had.")]
    kept: Annotated[int, Meaning(about="Those that an undo left alone: somebody has changed them since.")]
    created_at: Time


class Matches(TypedDict):
    """How many conversations filters find; `is_more`: more than that, nobody counted on."""

    count: int
    is_more: bool
