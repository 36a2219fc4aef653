"""Types of the JSON of what is written beforehand: saved replies, messages that leave later."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time
from inbox.wire import Attachment, Author, MessageError


class SavedReply(TypedDict):
    """A text to answer with again and again; the inbox page fills its {{places}}."""

    id: Id
    name: str
    text: str
    is_shared: Annotated[bool, Meaning(about="Whether everybody sees it, or only the calling member.")]
    updated_at: Time


class ScheduledMessage(TypedDict):
    """A message that leaves at `send_at`. In the state `failed` it could not, `error` says why, and it waits
    for somebody to change, send or cancel it. message_id: the message it became."""

    id: Id
    thread_id: Id
    channel_id: Id | None
    text: str
    kind: Annotated[str | None, Meaning(about="What `content` holds; null for text, files and templates.")]
    content: Json
    template: Json | None
    reply_to: Id | None
    attachments: list[Attachment]
    client_ref: str
    send_at: Time
    state: Annotated[str, Meaning(words=("waiting", "sent", "failed", "cancelled"))]
    error: MessageError | None
    message_id: Id | None
    author: Author
    created_at: Time
    updated_at: Time
