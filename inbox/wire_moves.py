"""Types of the JSON of conversations that were parted or joined; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time


class Split(TypedDict):
    """A conversation made two. Undo it with DELETE while `undone_at` is null."""

    id: Id
    thread_id: Annotated[Id, Meaning(about="The earlier part, which is closed.")]
    new_thread_id: Annotated[Id, Meaning(about="The later part, which goes on.")]
    message_id: Annotated[Id, Meaning(about="The message with which the later part begins.")]
    at: Time
    by: Json
    undone_at: Time | None


class Join(TypedDict):
    """Two conversations made one. Undo it with DELETE while `undone_at` is null."""

    id: Id
    thread_id: Annotated[Id, Meaning(about="The one that stays.")]
    joined_id: Annotated[Id, Meaning(about="The one that was taken in; its id leads to the other.")]
    at: Time
    by: Json
    undone_at: Time | None
