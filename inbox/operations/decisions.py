"""What customers decide by what they send: stop or start messages here, or press a key we offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from common.sql import insert_rows
from inbox.models import Consent, Message, Reach
from inbox.operations.arrivals import Arrival, Batch
from inbox.ports import InboundMessage


def note_consent(stored: Sequence[tuple[Arrival, Message]], batch: Batch) -> None:
    """Keep what the latest word of each person decided, at every address they showed; the same word read
    twice is no second decision, for only messages stored now count. Writes Reach."""
    decided: dict[tuple[UUID, UUID], tuple[datetime, str]] = {}
    for arrival, _ in stored:
        item = arrival.item
        if isinstance(item, InboundMessage) and item.consent:
            for address in batch.known.all_of(batch.sightings[arrival.index]):
                decided[arrival.channel.id, address.id] = (item.occurred_at, item.consent)
    stopped = [
        Reach(channel_id=channel, address_id=address, last_inbound_at=at, consent=Consent.OPTED_OUT)
        for (channel, address), (at, said) in sorted(decided.items())
        if said == Consent.OPTED_OUT
    ]
    insert_rows(stopped, on_conflict=_STOP)
    _undo([key for key, (_, said) in decided.items() if said == Consent.OPTED_IN])


_STOP = "(tenant_id, channel_id, address_id) DO UPDATE SET consent = EXCLUDED.consent"


def _undo(keys: Sequence[tuple[UUID, UUID]]) -> None:
    """ "Yes" also answers questions: it only undoes an earlier stop, and says no more than that."""
    pairs = [Q(channel=channel, address=address) for channel, address in keys]
    if pairs:
        stopped = Reach.objects.filter(reduce(or_, pairs), consent=Consent.OPTED_OUT)
        stopped.update(consent=Consent.OPTED_IN)


def name_choices(messages: Sequence[Message]) -> None:
    """Give a pressed key the title it had in the message of ours that it answers; in memory, before they are
    stored."""
    pressed = [m for m in messages if m.kind == "button_reply" and m.content.get("digits") and m.reply_to]
    if not pressed:
        return
    offers = Message.objects.filter(
        direction="outbound",
        channel__in={message.channel_id for message in pressed},
        external_id__in={message.reply_to for message in pressed},
    )
    offered = {(row.channel_id, row.external_id): row.content.get("choices") or [] for row in offers}
    for message in pressed:
        for choice in offered.get((message.channel_id, message.reply_to), ()):
            if str(choice.get("key")) == message.content["digits"]:
                message.text = str(choice.get("title") or message.text)
                _show_title(message)


def _show_title(message: Message) -> None:
    """The line of the list was written before the title was known."""
    if message.thread.last_message_id == message.id:
        message.thread.last_text = message.text[:160]
