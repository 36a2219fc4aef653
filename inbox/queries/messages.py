"""What a message needs around it: its files, the message it quotes, the reactions on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from inbox.models import Message, Reaction
from inbox.shapes import message_shape

#: A message as its provider knows it.
ProviderKey = tuple[UUID, str]


def message_shapes(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as JSON, in the order given: three statements, however many there are."""
    prefetch_related_objects(messages, "attachments")
    quoted = _quoted(messages)
    reactions = _reactions(messages)
    return [
        message_shape(
            message,
            quoted=quoted.get((message.channel_id, message.reply_to)),
            reactions=reactions.get((message.channel_id, message.external_id or ""), ()),
        )
        for message in messages
    ]


def _quoted(messages: Iterable[Message]) -> dict[ProviderKey, Message]:
    """The messages that these answer, by channel and provider id."""
    wanted = {message.reply_to for message in messages if message.reply_to}
    if not wanted:
        return {}
    channels = {message.channel_id for message in messages}
    # The three columns after the tenant are the unique key, so this is one look-up per quote.
    rows = Message.objects.filter(
        channel_id__in=channels, direction__in=("inbound", "outbound"), external_id__in=wanted
    )
    return {(row.channel_id, row.external_id or ""): row for row in rows}


def _reactions(messages: Iterable[Message]) -> dict[ProviderKey, list[Reaction]]:
    targets = {message.external_id for message in messages if message.external_id}
    found: dict[ProviderKey, list[Reaction]] = defaultdict(list)
    if targets:
        channels = {message.channel_id for message in messages}
        for row in Reaction.objects.filter(channel_id__in=channels, target__in=targets).order_by("at", "id"):
            found[row.channel_id, row.target].append(row)
    return found
