"""JSON of saved views; docs/wire.md explains it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Meaning


class SavedPlace(TypedDict):
    """Where a saved view leads, in the words of the inbox page's address."""

    view: str
    sort: str
    filters: dict[str, str]


class SavedView(TypedDict):
    """A place of the inbox under a name."""

    id: Id
    name: str
    is_shared: Annotated[bool, Meaning(about="Whether everybody sees it, or only the calling member.")]
    place: SavedPlace
    count: Annotated[
        int | None, Meaning(about="Up to 1,000; null for keys, and for places with days or words.")
    ]
