"""Messages with what stands around them: files, the message each quotes, the reactions on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from uuid import UUID

from common.api.pages import BY_ID, Keyset, Page, moment
from common.sql import among
from inbox import wire
from inbox.models import Attachment, Channel, Message, Reaction, Thread
from inbox.shapes import message_shape

#: A message as its provider knows it: (channel id, provider id).
ProviderKey = tuple[UUID, str]

DIRECTIONS = ("inbound", "outbound")
IN_THREAD = Keyset("thread", ("at", "id"), (moment, UUID))


def message_page(
    *,
    limit: int,
    after: str | None = None,
    thread: UUID | None = None,
    channel: UUID | None = None,
    provider_id: str = "",
) -> Page[Message]:
    """Messages, newest first; of a thread by their place in it, else by when we stored them.

    A provider's id is looked up by the unique key that names channel and direction too.
    """
    rows = Message.objects.all()
    if thread:
        rows = rows.filter(thread=thread_of(thread) or thread)
    if channel:
        rows = rows.filter(channel_id=channel)
    if provider_id:
        channels = Channel.objects.filter(id=channel) if channel else Channel.objects.all()
        rows = rows.filter(channel__in=channels, direction__in=DIRECTIONS, external_id=provider_id)
    return (IN_THREAD if thread else BY_ID).page(rows, limit=limit, after=after)


def thread_of(key: UUID) -> Thread | None:
    """The thread with this id, or the one that has taken it in."""
    found: Thread | None = Thread.objects.filter(id=key).first()
    while found and found.joined_to_id:
        found = Thread.objects.get(id=found.joined_to_id)
    return found


def message_shapes(
    messages: Sequence[Message], *, files: Iterable[Attachment] | None = None
) -> list[wire.Message]:
    """Messages as JSON, in the order given: three statements, however many there are. files: all of theirs,
    where they are at hand."""
    attached = _by_message(_files(messages) if files is None else files)
    quoted = _quoted(messages)
    reactions = _reactions(messages)
    return [
        message_shape(
            message,
            files=attached.get(message.id, ()),
            quoted=quoted.get((message.channel_id, message.reply_to)),
            reactions=reactions.get((message.channel_id, message.external_id or ""), ()),
        )
        for message in messages
    ]


def _files(messages: Sequence[Message]) -> Iterable[Attachment]:
    """Not prefetched: that makes a manager for each of a thousand messages, of which few have a file."""
    return Attachment.objects.filter(message__in=[message.id for message in messages]).order_by("id")


def _by_message(files: Iterable[Attachment]) -> dict[UUID, list[Attachment]]:
    found: dict[UUID, list[Attachment]] = defaultdict(list)
    for row in files:
        if row.message_id:
            found[row.message_id].append(row)
    return found


def _quoted(messages: Sequence[Message]) -> dict[ProviderKey, Message]:
    """The messages that these answer, by channel and provider id; often they are among these."""
    here = {(message.channel_id, message.external_id): message for message in messages if message.external_id}
    missing = {(one.channel_id, one.reply_to) for one in messages if one.reply_to} - here.keys()
    return {**here, **_by_provider_id(missing)}


def _by_provider_id(keys: Set[ProviderKey]) -> dict[ProviderKey, Message]:
    """One look-up in the unique index each."""
    if not keys:
        return {}
    channels, wanted = {key[0] for key in keys}, {key[1] for key in keys}
    rows = Message.objects.filter(channel_id__in=channels, direction__in=DIRECTIONS, external_id__in=wanted)
    return {(row.channel_id, row.external_id or ""): row for row in rows}


def _reactions(messages: Iterable[Message]) -> dict[ProviderKey, list[Reaction]]:
    targets = {message.external_id for message in messages if message.external_id}
    found: dict[ProviderKey, list[Reaction]] = defaultdict(list)
    if targets:
        channels = {message.channel_id for message in messages}
        rows = Reaction.objects.filter(among("target", targets), channel_id__in=channels)
        for row in rows.order_by("at", "id"):
            found[row.channel_id, row.target].append(row)
    return found
