"""What a member has begun to write: one draft per thread, mode and channel, seen by its writer alone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from common.wire import ident, stamp
from events import bus
from inbox.models import Attachment, Channel, Draft, Message, Thread
from inbox.operations.authors import Author
from inbox.shapes import draft_shape
from tenants.models import Member

TEXT_MAX = 10_000


def save_draft(
    *,
    thread: Thread,
    member: Member,
    mode: str,
    text: str,
    channel: Channel | None = None,
    reply_to: Message | None = None,
    attachments: Sequence[Attachment] = (),
) -> Draft:
    """Keep a draft, replacing the one before. Writes Draft, Event `draft.saved` (only to this member)."""
    draft, _ = Draft.objects.update_or_create(
        thread=thread,
        member=member,
        mode=mode,
        channel_id=_place(thread, mode, channel.id if channel else None),
        defaults={
            "text": text[:TEXT_MAX],
            "reply_to": reply_to.id if reply_to else None,
            "attachment_ids": [attachment.id for attachment in attachments],
        },
    )
    data = {"draft": draft_shape(draft, attachments)}
    bus.record("draft.saved", data, actor=Author.of(member).actor, audience=member.id, thread_id=thread.id)
    return draft


def discard_draft(*, thread: Thread, member: Member, mode: str, channel_id: UUID | None = None) -> None:
    """Throw a draft away; none there is fine. Writes Draft, Event `draft.discarded` (only to this member)."""
    channel_id = _place(thread, mode, channel_id)
    mine = Draft.objects.filter(thread=thread, member=member, mode=mode)
    draft = next((row for row in mine if row.channel_id == channel_id), None)
    if draft is None:
        return
    gone = {
        "thread_id": ident(thread.id),
        "mode": mode,
        "channel_id": ident(channel_id),
        "updated_at": stamp(draft.updated_at),
    }
    draft.delete()
    actor = Author.of(member).actor
    bus.record("draft.discarded", {"draft": gone}, actor=actor, audience=member.id, thread_id=thread.id)


def _place(thread: Thread, mode: str, channel_id: UUID | None) -> UUID | None:
    """A reply is kept for one channel, by default the one the thread answers on now."""
    return (channel_id or thread.channel_id) if mode == "reply" else None
