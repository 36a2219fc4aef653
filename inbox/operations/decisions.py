"""What customers decide by what they send: stop or start messages here, or press a key we offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

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
    for consent, on_conflict in ((Consent.OPTED_OUT, _STOP), (Consent.OPTED_IN, _START)):
        rows = [
            Reach(channel_id=channel, address_id=address, last_inbound_at=at, consent=said)
            for (channel, address), (at, said) in sorted(decided.items())
            if said == consent
        ]
        insert_rows(rows, on_conflict=on_conflict)


_STOP = "(tenant_id, channel_id, address_id) DO UPDATE SET consent = EXCLUDED.consent"
#: "Yes" also answers questions: it only undoes an earlier stop.
_START = _STOP + " WHERE inbox_reach.consent = 'opted_out'"


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
