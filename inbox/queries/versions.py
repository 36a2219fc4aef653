"""What a message said before its customer changed it."""

from __future__ import annotations

from common.wire import stamp
from inbox.models import Message, MessageChange
from inbox.wire_versions import MessageVersion


def earlier_versions(message: Message) -> list[MessageVersion]:
    """The texts that stand no longer, the first one first; none of a message nobody changed."""
    if message.edited_at is None:
        return []
    changes = MessageChange.objects.filter(
        channel_id=message.channel_id, target=message.external_id or "", change="edit"
    )
    edits = [(change.text, change.at) for change in changes.order_by("at", "id")]
    texts = [(str(message.content.get("before_edit", "")), message.sent_at or message.at), *edits]
    return [{"text": text, "at": stamp(at)} for text, at in texts[:-1]]
