"""Draw a thread's row from stored messages, as it would be had they come to it one by one."""

from __future__ import annotations

from datetime import datetime, timedelta

from inbox.channels import adapter_for
from inbox.models import Message, Thread, ThreadState
from inbox.operations.rules import MARK
from inbox.operations.thread_lines import show_last

#: What counts for nothing in a list.
SILENT = ("reaction", "system")


def replay(thread: Thread, *, since: datetime | None, wakes: bool, outbound_count: int) -> None:
    """Let the messages stored since then (None: all) change the row, in memory.

    wakes: the customer's messages open it. outbound_count: the number our messages have come to, which never
    goes back while any of them counts.
    """
    rows = Message.objects.filter(thread=thread).exclude(kind__in=SILENT).select_related("channel")
    news = rows.filter(created_at__gt=since) if since else rows
    for message in news.order_by("at", "id"):
        if message.direction == "inbound":
            _hear(thread, message, wakes=wakes)
        else:
            _say(thread, message)
            thread.outbound_count = outbound_count
        show_last(thread, message)
    if thread.status == ThreadState.CLOSED:
        thread.waiting_since = None
    shown = rows.filter(id=thread.last_message_id).first() if thread.last_message_id else None
    thread.last_status = shown.status if shown else ""


def _hear(thread: Thread, message: Message, *, wakes: bool) -> None:
    if message.number is not None:
        thread.inbound_count += 1
        thread.waiting_since = thread.waiting_since or message.at
    if window_h := adapter_for(message.channel.kind).limits.reply_window_h:
        until = (message.sent_at or message.at) + timedelta(hours=window_h)
        thread.window_until = max(thread.window_until or until, until)
    if wakes and thread.status != ThreadState.OPEN:
        thread.status, thread.closed_at, thread.snoozed_until = ThreadState.OPEN, None, None


def _say(thread: Thread, message: Message) -> None:
    """What a notification says answers nobody."""
    if MARK not in message.content:
        thread.waiting_since = None
        thread.first_answered_at = thread.first_answered_at or message.at
