"""JSON of what is written beforehand: saved replies, messages that leave later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from common.wire import ident, stamp
from inbox import wire_words as wire
from inbox.models import Attachment, SavedReply, ScheduledMessage
from inbox.shapes import attachment_shape


def saved_reply_shape(reply: SavedReply) -> wire.SavedReply:
    """A SavedReply."""
    return {
        "id": ident(reply.id),
        "name": reply.name,
        "text": reply.text,
        "is_shared": reply.owner_id is None,
        "updated_at": stamp(reply.updated_at),
    }


def scheduled_shape(row: ScheduledMessage, attachments: Sequence[Attachment] = ()) -> wire.ScheduledMessage:
    """A ScheduledMessage; attachments: the rows of `attachment_ids`."""
    return {
        "id": ident(row.id),
        "thread_id": ident(row.thread_id),
        "channel_id": ident(row.channel_id),
        "text": row.text,
        "kind": row.kind or None,
        "content": row.content,
        "template": row.template,
        "reply_to": ident(row.reply_to),
        "attachments": [attachment_shape(attachment) for attachment in attachments],
        "client_ref": row.client_ref,
        "send_at": stamp(row.send_at),
        "state": row.state,
        "error": cast(wire.MessageError | None, row.error),
        "message_id": ident(row.message_id),
        "author": cast(wire.Author, row.actor),
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
    }
