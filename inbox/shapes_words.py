"""JSON of what is written beforehand: saved replies, macros, messages that leave later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from common.wire import ident, stamp
from inbox import wire_words as wire
from inbox.models import Attachment, Macro, MacroRun, SavedReply, ScheduledMessage
from inbox.shapes import attachment_shape
from inbox.wire import Author


def saved_reply_shape(reply: SavedReply) -> wire.SavedReply:
    """A SavedReply."""
    return {
        "id": ident(reply.id),
        "name": reply.name,
        "text": reply.text,
        "is_shared": reply.owner_id is None,
        "updated_at": stamp(reply.updated_at),
    }


def macro_shape(macro: Macro) -> wire.Macro:
    """A Macro."""
    return {
        "id": ident(macro.id),
        "name": macro.name,
        "steps": cast(wire.MacroSteps, macro.steps),
        "is_shared": macro.owner_id is None,
        "updated_at": stamp(macro.updated_at),
    }


def macro_run_shape(run: MacroRun) -> wire.MacroRun:
    """A MacroRun."""
    return {
        "id": ident(run.id),
        "thread_id": ident(run.thread_id),
        "name": run.name,
        "message_id": ident(run.message_id),
        "note_id": ident(run.note_id),
        "created_at": stamp(run.created_at),
        "undone_at": stamp(run.undone_at),
    }


def scheduled_shape(row: ScheduledMessage, attachments: Sequence[Attachment] = ()) -> wire.ScheduledMessage:
    """A ScheduledMessage; attachments: the rows of `attachment_ids`."""
    return {
        "id": ident(row.id),
        "thread_id": ident(row.thread_id),
        "channel_id": ident(row.channel_id),
        "address_id": ident(row.address),
        "text": row.text,
        "kind": row.kind or None,
        "content": row.content,
        "template": row.template,
        "reply_to": ident(row.reply_to),
        "attachments": [attachment_shape(attachment) for attachment in attachments],
        "client_ref": row.client_ref,
        "send_at": stamp(row.send_at),
        "state": row.state,
        "error": row.error,
        "message_id": ident(row.message_id),
        "author": cast(Author, row.actor),
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
    }
