"""Rows as a search shows them, in the words of ``inbox.wire_search``."""

from __future__ import annotations

from common.wire import ident, stamp
from inbox.models import Message, Note
from inbox.shapes import customer_line
from inbox.wire_search import FoundWords


def found_message(message: Message, text: str) -> FoundWords:
    """A message as a search shows it. Select `thread__customer`; prefetch its addresses."""
    return {
        "kind": "message",
        "id": ident(message.id),
        "thread_id": ident(message.thread_id),
        "customer": customer_line(message.thread.customer),
        "text": text,
        "direction": message.direction,
        "author": message.author_name or None,
        "at": stamp(message.at),
    }


def found_note(note: Note, text: str) -> FoundWords:
    """A note as a search shows it. Select `author` and `thread__customer`; prefetch its addresses."""
    return {
        "kind": "note",
        "id": ident(note.id),
        "thread_id": ident(note.thread_id),
        "customer": customer_line(note.thread.customer),
        "text": text,
        "direction": None,
        "author": note.author.name,
        "at": stamp(note.created_at),
    }
