"""Keep copies of messages that were not exchanged through us: written on a phone, or before we came.

They stand in their conversation, but nobody waits for an answer to them, and they open no window.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import prefetch_related_objects

from common import queues
from common.ids import uuid7
from common.sql import insert_rows
from customers.queries import addresses_ahead
from events import bus
from inbox.models import Message, Outcome, Status, Thread
from inbox.operations.arrivals import MEDIA_QUEUE, TEXT_MAX, Arrival, Batch, pending_files
from inbox.operations.changes import apply_parked_changes
from inbox.operations.open_threads import threads_for
from inbox.operations.thread_lines import save_thread_lines, show_last
from inbox.ports import CopiedMessage
from inbox.queries.messages import message_shapes
from inbox.shapes import thread_shape

#: Who wrote what did not pass through us.
AUTHOR = "Phone app"
Key = tuple[UUID, str, str]


def store_copies(batch: Batch) -> None:
    """Store each once, in the order they were written.

    Writes Message, Attachment, Thread, and for new ones the Event `message.queued` (they are sent already).
    """
    copies = [a for a in batch.arrivals if isinstance(a.item, CopiedMessage) and a.index in batch.sightings]
    if not copies:
        return
    pairs = {a.index: (batch.address(a).customer_id, a.channel.inbox_id) for a in copies}
    openings = threads_for((), quiet=pairs.values(), now=batch.now, at_hand=batch.at_hand())
    stored = _stored(copies)
    kept: list[tuple[CopiedMessage, Message]] = []
    for arrival in sorted(copies, key=lambda a: (_item(a).occurred_at, a.index)):
        if _key(arrival) in stored:
            batch.settle(arrival, Outcome.DUPLICATE)
            continue
        stored.add(_key(arrival))
        kept.append((_item(arrival), _message(arrival, openings[pairs[arrival.index]].thread, batch)))
        batch.settle(arrival, Outcome.STORED)
    _save(kept)


def _save(kept: Sequence[tuple[CopiedMessage, Message]]) -> None:
    save_thread_lines(list({message.thread_id: message.thread for _, message in kept}.values()))
    insert_rows([message for _, message in kept])
    files = [file for item, message in kept for file in pending_files(item.files, message)]
    insert_rows(files)
    if files:
        queues.enqueue(MEDIA_QUEUE)
    apply_parked_changes([message for _, message in kept])
    _announce([message for item, message in kept if item.is_new])


def _item(arrival: Arrival) -> CopiedMessage:
    if not isinstance(arrival.item, CopiedMessage):
        raise TypeError(f"{type(arrival.item).__name__} is no copy")
    return arrival.item


def _key(arrival: Arrival) -> Key:
    item = _item(arrival)
    return arrival.channel.id, item.direction, item.external_id


def _stored(arrivals: Sequence[Arrival]) -> set[Key]:
    rows = Message.objects.filter(
        channel__in={a.channel.id for a in arrivals}, external_id__in={_item(a).external_id for a in arrivals}
    )
    return {
        (channel, direction, external or "")
        for channel, direction, external in rows.values_list("channel_id", "direction", "external_id")
    }


def _message(arrival: Arrival, thread: Thread, batch: Batch) -> Message:
    item, address = _item(arrival), batch.address(arrival)
    is_ours = item.direction == "outbound"
    message = Message(
        id=uuid7(),
        thread=thread,
        customer=address.customer,
        channel=arrival.channel,
        address=address,
        direction=item.direction,
        kind=item.kind,
        text=item.text[:TEXT_MAX],
        content=item.content,
        external_id=item.external_id,
        reply_to=item.reply_to,
        status=Status.SENT if is_ours else Status.RECEIVED,
        author_kind="system" if is_ours else "",
        author_name=(item.author or AUTHOR)[:120] if is_ours else "",
        at=item.occurred_at,
        sent_at=item.occurred_at,
        created_at=batch.now,
    )
    if is_ours and item.is_new:
        thread.waiting_since = None
        thread.first_answered_at = thread.first_answered_at or message.at
    show_last(thread, message)
    return message


def _announce(messages: Sequence[Message]) -> None:
    threads = {message.thread_id: message.thread for message in messages}
    prefetch_related_objects(list(threads.values()), addresses_ahead("customer"))
    lines = {key: thread_shape(thread) for key, thread in threads.items()}
    for message, shape in zip(messages, message_shapes(messages), strict=True):
        data = {"message": shape, "thread": lines[message.thread_id]}
        bus.record("message.queued", data, thread_id=message.thread_id, customer_id=message.customer_id)
