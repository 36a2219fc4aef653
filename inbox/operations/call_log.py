"""The line that a call leaves in its conversation."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import prefetch_related_objects

from common.ids import uuid7
from common.sql import insert_rows
from common.wire import Json, ident
from customers.queries import addresses_ahead
from events import bus
from inbox.models import Call, CallOutcome, CallState, Message, Status, Thread
from inbox.operations.call_records import parked_files
from inbox.operations.thread_lines import save_thread_lines, show_last
from inbox.queries.messages import message_shapes
from inbox.shapes import thread_shape

#: What the list shows of a call of ours; the bubble has more.
WORDS = {
    CallOutcome.ANSWERED: "Outgoing call",
    CallOutcome.MISSED: "Outgoing call, not answered",
    CallOutcome.DECLINED: "Outgoing call, declined",
    CallOutcome.FAILED: "Outgoing call, failed",
}
DECLINED = "Declined call"


def note_calls(messages: Sequence[Message]) -> None:
    """Let customers' calls among these, not yet written, say how they ended and who took them."""
    calls = [message for message in messages if message.kind == "call"]
    if not calls:
        return
    keys = {(message.channel_id, message.external_id): message for message in calls}
    rows = Call.objects.filter(
        channel__in={key[0] for key in keys}, external_id__in={key[1] for key in keys}, state=CallState.ENDED
    )
    for row in rows:
        if message := keys.get((row.channel_id, row.external_id)):
            message.content = {**message.content, **outcome_of(row)}
            if row.outcome == CallOutcome.DECLINED:
                message.text = DECLINED


def outcome_of(call: Call) -> Json:
    """What a bubble shows of a call."""
    by = {"id": ident(call.member_id), "name": call.member_name} if call.member_id else None
    return {"call_id": ident(call.id), "outcome": call.outcome, "by": by}


def locked_thread(call: Call) -> Thread:
    """The conversation of a call, for whoever writes in it."""
    rows = Thread.objects.select_related("customer", "channel").select_for_update(of=("self",))
    found: Thread = rows.get(id=call.thread_id)
    return found


def log_our_call(call: Call) -> None:
    """Write the line of a call of ours that is over.

    Writes Message, Thread, Event `message.queued` (there is nothing to send)."""
    thread = locked_thread(call)
    message = Message(
        id=uuid7(), thread=thread, customer=call.customer, channel=call.channel, address=call.address,
        direction="outbound", kind="call", text=WORDS[CallOutcome(call.outcome)],
        external_id=call.external_id,
        content={"direction": "outbound", "duration_s": call.duration_s, **outcome_of(call)},
        status=Status.SENT, author=call.member, author_name=call.member_name, author_kind="member",
        at=call.rang_at, sent_at=call.rang_at, created_at=call.ended_at or call.rang_at,
    )  # fmt: skip
    files = parked_files([message])
    if not insert_rows([message], on_conflict="DO NOTHING", returning=["id"]):
        return
    insert_rows(files)
    if call.outcome == CallOutcome.ANSWERED:
        note_spoken(thread, message)
    show_last(thread, message)
    save_thread_lines([thread])
    prefetch_related_objects([thread], addresses_ahead("customer"))
    [shape] = message_shapes([message])
    data = {"message": shape, "thread": thread_shape(thread)}
    bus.record("message.queued", data, thread_id=thread.id, customer_id=call.customer_id)


def renew_our_call(call: Call) -> None:
    """Let the line of a call of ours say what its provider has counted since: that somebody spoke, and how
    long. Writes Message, Thread, Event `message.attached`."""
    lines = Message.objects.filter(
        thread=call.thread_id, direction="outbound", kind="call", content__call_id=ident(call.id)
    )
    line = lines.select_related("channel").select_for_update(of=("self",)).first()
    if line is None:
        return
    thread = locked_thread(call)
    line.text = WORDS[CallOutcome(call.outcome)]
    line.content = {**line.content, "duration_s": call.duration_s, **outcome_of(call)}
    line.save(update_fields=["text", "content"])
    if thread.waiting_since is None or thread.waiting_since <= (call.ended_at or line.at):
        note_spoken(thread, line)
    show_last(thread, line)
    save_thread_lines([thread])
    prefetch_related_objects([thread], addresses_ahead("customer"))
    data = {"message": message_shapes([line])[0], "thread": thread_shape(thread), "thread_id": thread.id}
    bus.record("message.attached", data, thread_id=thread.id, customer_id=call.customer_id)


def note_spoken(thread: Thread, message: Message) -> None:
    """Somebody of us spoke with the customer: nobody waits for an answer any more."""
    thread.waiting_since = None
    thread.first_answered_at = thread.first_answered_at or message.at
