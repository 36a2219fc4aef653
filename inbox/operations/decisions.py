"""What customers decide by what they send: stop or start messages here, or press a key we offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from events import bus
from inbox.models import Consent, Message, Reach
from inbox.operations.arrivals import Arrival, Batch, about
from inbox.operations.reach import Wish, keep_wishes
from inbox.ports import InboundMessage

#: A message by which somebody decided, and what: `Consent`.
Decided = tuple[Message, str]


def note_consent(stored: Sequence[tuple[Arrival, Message]], batch: Batch) -> list[Decided]:
    """Keep what people decided by a word like STOP, at every address they showed; the same word read twice
    is no second decision, for only messages stored now count. Returns those that changed something.
    Writes Reach, Event `consent.changed`."""
    wishes: list[Wish] = []
    said: list[tuple[Message, Wish]] = []
    for arrival, message in stored:
        item = arrival.item
        if isinstance(item, InboundMessage) and item.consent:
            known = batch.known.all_of(batch.sightings[arrival.index])
            mine = [(arrival.channel.id, one, item.consent, item.occurred_at) for one in known]
            said.append((message, mine[0]))
            wishes += mine
    kept = keep_wishes(_without_mere_answers(wishes), source="message")
    return [(message, wish[2]) for message, wish in said if (wish[0], wish[1].id, wish[3]) in kept]


def tell_consent(decided: Sequence[Decided], lines: Mapping[UUID, Any]) -> None:
    """A line in the thread, below the message that said it. lines: thread id → its shape. Writes Event
    `thread.consent_changed`."""
    for message, word in decided:
        data = {"thread": lines[message.thread_id], "from": {}, "to": {"consent": word}}
        bus.record("thread.consent_changed", data | {"channel_id": message.channel_id}, **about(message))


def _without_mere_answers(wishes: Sequence[Wish]) -> list[Wish]:
    """ "Yes" also answers questions: it only undoes an earlier stop, and says no more than that."""
    if not wishes:
        return []
    stopped = {(wish[0], wish[1].id) for wish in wishes if wish[2] == Consent.OPTED_OUT}
    addresses = {wish[1].id for wish in wishes}
    rows = Reach.objects.filter(address__in=addresses, consent=Consent.OPTED_OUT)
    stopped |= set(rows.values_list("channel", "address"))
    return [wish for wish in wishes if (wish[0], wish[1].id) in stopped]


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
