"""Types of the JSON of what is written beforehand: saved replies, macros, messages that leave later."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from common.wire import Id, Json, Meaning, Time
from inbox.wire import Attachment, Author, MessageError, PriorityWord


class SavedReply(TypedDict):
    """A text to answer with again and again; the inbox page fills its {{places}}."""

    id: Id
    name: str
    text: str
    is_shared: Annotated[bool, Meaning(about="Whether everybody sees it, or only the calling member.")]
    updated_at: Time


class MacroAssign(TypedDict):
    """To whom a macro gives the conversation. id: of the member or team."""

    to: Annotated[str, Meaning(words=("me", "nobody", "member", "team"))]
    id: NotRequired[Id]


class MacroSnooze(TypedDict):
    """For how long a macro snoozes. hours: null for until the customer writes."""

    hours: int | None


class MacroSteps(TypedDict):
    """What a macro does, in this order; what is left out is not done."""

    reply: NotRequired[str]
    note: NotRequired[str]
    add_labels: NotRequired[list[str]]
    assign: NotRequired[MacroAssign]
    priority: NotRequired[PriorityWord]
    snooze: NotRequired[MacroSnooze]
    close: NotRequired[bool]


class Macro(TypedDict):
    """Several steps under one name. Its texts have {{places}}, filled for each customer."""

    id: Id
    name: str
    steps: MacroSteps
    is_shared: Annotated[bool, Meaning(about="Whether everybody sees it, or only the calling member.")]
    updated_at: Time


class MacroRun(TypedDict):
    """What a macro did. reply_left: its reply could not be taken back any more."""

    id: Id
    thread_id: Id
    name: str
    message_id: Id | None
    note_id: Id | None
    created_at: Time
    undone_at: Time | None
    reply_left: NotRequired[bool]


class ScheduledMessage(TypedDict):
    """A message that leaves at `send_at`. In the state `failed` it could not, `error` says why, and it waits
    for somebody to change, send or cancel it. message_id: the message it became."""

    id: Id
    thread_id: Id
    channel_id: Id | None
    address_id: Id | None
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
