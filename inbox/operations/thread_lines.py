"""Bring a thread's line in the list up to date: kept on the row, so that a list is one indexed statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F
from django.utils import timezone

from common.sql import insert_rows, update_from_values
from common.tenancy import require_tenant
from inbox.channels import adapter_for
from inbox.models import Channel, Message, Thread
from inbox.operations.dues import set_dues

SNIPPET_MAX = 160
#: In place of the kind of a message that was taken back.
REVOKED = "revoked"


def show_last(thread: Thread, message: Message) -> None:
    """Let the line show `message`, in memory, unless a later one is shown already."""
    if thread.last_at is not None and message.at < thread.last_at:
        return
    thread.last_message_id, thread.last_at = message.id, message.at
    thread.last_kind, thread.last_text = _shown(message)
    thread.last_direction, thread.last_status = message.direction, message.status
    thread.last_author = message.author_name
    if _answers_there(thread, message):
        thread.channel = message.channel
    thread.active_at = max(thread.active_at, message.at)


def _shown(message: Message) -> tuple[str, str]:
    """Kind and words; of what was taken back no words."""
    return (REVOKED, "") if message.revoked_at else (message.kind, message.text[:SNIPPET_MAX])


def renew_lines(messages: Iterable[Message]) -> None:
    """Show what these messages are now, where a list shows them. Writes Thread."""
    for message in sorted(messages, key=lambda one: one.thread_id):
        kind, text = _shown(message)
        shown = Thread.objects.filter(id=message.thread_id, last_message_id=message.id)
        shown.update(last_kind=kind, last_text=text, updated_at=timezone.now(), version=F("version") + 1)
        at_hand: Thread | None = message._state.fields_cache.get("thread")
        if at_hand and at_hand.last_message_id == message.id:
            at_hand.last_kind, at_hand.last_text = kind, text


def _answers_there(thread: Thread, message: Message) -> bool:
    """Answers go where the customer wrote last. What we send on another channel, a notification say, moves
    them only while nobody has written anywhere a conversation can be held."""
    if thread.channel_id is None or thread.channel_id == message.channel_id:
        return True
    if not _converses(message.channel):
        return False
    is_theirs = message.direction == "inbound" or not thread.inbound_count
    return is_theirs or thread.channel is None or not _converses(thread.channel)


def _converses(channel: Channel) -> bool:
    return adapter_for(channel.kind).limits.converses


def save_thread_lines(threads: Sequence[Thread]) -> None:
    """Write what the list shows of these threads: insert the new ones, update those that are locked."""
    set_dues(threads)
    known = [thread for thread in threads if not thread._state.adding]
    insert_rows([thread for thread in threads if thread._state.adding])
    _update_lines(known)


def _update_lines(threads: Sequence[Thread]) -> None:
    tenant = require_tenant()
    rows = [
        (
            tenant,
            t.id,
            t.channel_id,
            t.last_message_id,
            t.last_kind,
            t.last_text,
            t.last_direction,
            t.last_status,
            t.last_author,
            t.last_at,
            t.active_at,
            t.waiting_since,
            t.window_until,
            t.inbound_count,
            t.outbound_count,
            t.status,
            t.closed_at,
            t.snoozed_until,
            t.first_answered_at,
            t.answer_due_at,
            t.breached_at,
        )
        for t in threads
    ]
    for thread in threads:
        thread.version += 1
    update_from_values(_SAVE_LINES, rows, template=_LINE_TYPES)


_LINE_TYPES = (
    "(%s::uuid, %s::uuid, %s::uuid, %s::uuid, %s, %s, %s, %s, %s, %s::timestamptz, %s::timestamptz, "
    "%s::timestamptz, %s::timestamptz, %s::int, %s::int, %s, %s::timestamptz, %s::timestamptz, "
    "%s::timestamptz, %s::timestamptz, %s::timestamptz)"
)
_SAVE_LINES = """
UPDATE inbox_thread AS t
SET channel_id = v.channel_id, last_message_id = v.last_message_id, last_kind = v.last_kind,
  last_text = v.last_text, last_direction = v.last_direction, last_status = v.last_status,
  last_author = v.last_author, last_at = v.last_at, active_at = v.active_at, waiting_since = v.waiting_since,
  window_until = v.window_until, inbound_count = v.inbound_count, outbound_count = v.outbound_count,
  status = v.status, closed_at = v.closed_at, snoozed_until = v.snoozed_until,
  first_answered_at = v.first_answered_at, answer_due_at = v.answer_due_at, breached_at = v.breached_at,
  updated_at = now(),
  version = t.version + 1
FROM (VALUES %s) AS v (tenant_id, id, channel_id, last_message_id, last_kind, last_text, last_direction,
  last_status, last_author, last_at, active_at, waiting_since, window_until, inbound_count, outbound_count,
  status, closed_at, snoozed_until, first_answered_at, answer_due_at, breached_at)
WHERE t.tenant_id = v.tenant_id AND t.id = v.id AND t.id = ANY (:these)
"""
