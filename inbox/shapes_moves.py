"""Moves of conversations as the JSON of docs/wire.md; plain functions over rows already loaded."""

from __future__ import annotations

from common.wire import ident, stamp
from inbox import wire_moves as wire
from inbox.models import ThreadMove


def join_shape(move: ThreadMove) -> wire.Join:
    """A ThreadMove of the kind join."""
    return {
        "id": ident(move.id),
        "thread_id": ident(move.thread_id),
        "joined_id": ident(move.other_id),
        "at": stamp(move.at),
        "by": move.by,
        "undone_at": stamp(move.undone_at),
    }


def split_shape(move: ThreadMove) -> wire.Split:
    """A ThreadMove of the kind split."""
    return {
        "id": ident(move.id),
        "thread_id": ident(move.thread_id),
        "new_thread_id": ident(move.other_id),
        "message_id": str(move.message_id),
        "at": stamp(move.at),
        "by": move.by,
        "undone_at": stamp(move.undone_at),
    }
