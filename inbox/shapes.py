"""Rows of the inbox as the JSON of docs/wire.md: one place, for the API, events and the inbox page alike.

Plain functions over rows already loaded; each says what its row needs selected or prefetched. None of them
writes, and only a missing prefetch makes one ask the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast
from uuid import UUID

from common.wire import ident, stamp
from customers import shapes as customers
from customers.models import Customer
from inbox import wire, wire_receipts
from inbox.channels import UnknownChannel, adapter_for, is_able
from inbox.files import content_url
from inbox.models import (
    Attachment,
    Channel,
    Draft,
    FileState,
    Inbox,
    Label,
    Message,
    Note,
    Priority,
    Reach,
    Reaction,
    ReceiptOutcome,
    Thread,
)
from inbox.ports import Alphabet, CanBlock, CarriesCalls, FileRule, Limits
from inbox.shapes_direct import direct_shape
from inbox.shapes_reach import reach_shape

PRIORITIES = {priority.value: priority.name.lower() for priority in Priority}
SNIPPET_CHARS = 160


# ---------------------------------------------------------------- threads


def thread_shape(thread: Thread) -> wire.Thread:
    """A Thread as every member sees it. Select `customer` and `channel`; prefetch `customer__addresses`."""
    return {
        "id": ident(thread.id),
        "inbox_id": ident(thread.inbox_id),
        "customer": customer_line(thread.customer),
        "channel": _channel_line(thread.channel),
        "status": thread.status,
        "assignee_id": ident(thread.assignee_id),
        "team_id": ident(thread.team_id),
        "priority": PRIORITIES[thread.priority],
        "labels": thread.labels,
        "watcher_ids": [ident(key) for key in thread.watchers],
        "snoozed_until": stamp(thread.snoozed_until),
        "wake_on_reply": thread.wake_on_reply,
        "last_message": _last_message(thread),
        "waiting_since": stamp(thread.waiting_since),
        "answer_due_at": stamp(thread.answer_due_at),
        "inbound_count": thread.inbound_count,
        "scheduled_count": thread.scheduled_count,
        "window_until": stamp(thread.window_until),
        "active_at": stamp(thread.active_at),
        "created_at": stamp(thread.created_at),
        "updated_at": stamp(thread.updated_at),
        "closed_at": stamp(thread.closed_at),
        "version": thread.version,
    }


def thread_shape_for(
    thread: Thread, member_id: UUID | None, *, read_count: int | None, draft: str | None
) -> wire.Thread:
    """A Thread as one member sees it: with what they have read and begun to write, and whether they are
    mentioned. Needs what ``thread_shape`` needs."""
    shape = thread_shape(thread)
    shape["read_count"], shape["draft"] = read_count, draft
    shape["mentioned"] = member_id in thread.mentions
    return shape


def customer_line(customer: Customer) -> wire.CustomerLine:
    """A customer as a list shows them. Prefetch `addresses`."""
    addresses = customers.addresses_of(customer)
    return {"id": ident(customer.id), "name": customer.name, "addresses": addresses}


def _channel_line(channel: Channel | None) -> wire.ChannelLine | None:
    return {"id": ident(channel.id), "kind": channel.kind, "name": channel.name} if channel else None


def _last_message(thread: Thread) -> wire.LastMessage | None:
    if thread.last_message_id is None:
        return None
    return {
        "id": ident(thread.last_message_id),
        "kind": thread.last_kind,
        "text": thread.last_text,
        "direction": thread.last_direction,
        "status": thread.last_status,
        "at": stamp(thread.last_at or thread.created_at),
        "author": thread.last_author or None,
    }


# ---------------------------------------------------------------- messages and notes


def message_shape(
    message: Message, *, files: Iterable[Attachment] = (), quoted: Message | None = None,
    reactions: Iterable[Reaction] = (),
) -> wire.Message:  # fmt: skip
    """A Message; quoted: what it answers, if we have it. ``message_shapes`` loads all three for many."""
    return {
        "id": ident(message.id),
        "thread_id": ident(message.thread_id),
        "customer_id": ident(message.customer_id),
        "channel_id": ident(message.channel_id),
        "direction": message.direction,
        "kind": message.kind,
        "text": message.text,
        "content": message.content,
        "attachments": [attachment_shape(file) for file in files],
        "provider_id": message.external_id,
        "reply_to": _quote(message.reply_to, quoted),
        "reactions": [reaction_shape(reaction) for reaction in reactions if reaction.emoji],
        "status": message.status,
        "status_history": message.history,
        "error": message.error,
        "pricing": _pricing(message),
        "edited_at": stamp(message.edited_at),
        "revoked_at": stamp(message.revoked_at),
        "sent_at": stamp(message.sent_at),
        "created_at": stamp(message.created_at),
        "at": stamp(message.at),
        "client_ref": message.client_ref,
        "author": _author(message),
        "attempts": message.attempts,
        "number": message.number,
    }


def _author(message: Message) -> wire.Author | None:
    if not message.author_kind:
        return None
    return {"kind": message.author_kind, "id": ident(message.author_id), "name": message.author_name}


PRICING = ("category", "type", "billable", "pricing_model", "free_until")


def _pricing(message: Message) -> wire.Pricing | None:
    told = {key: value for key in PRICING if (value := (message.pricing or {}).get(key)) is not None}
    return cast(wire.Pricing, told) if told else None


def _quote(provider_id: str, quoted: Message | None) -> wire.Quote | None:
    if quoted is None:
        return {"provider_id": provider_id} if provider_id else None
    return {
        "provider_id": provider_id or quoted.external_id,
        "id": ident(quoted.id),
        "text": quoted.text[:SNIPPET_CHARS],
        "kind": quoted.kind,
        "direction": quoted.direction,
        "author": quoted.author_name or None,
    }


def reaction_shape(reaction: Reaction) -> wire.MessageReaction:
    """The emoji one side put on a message."""
    by = "us" if reaction.by == "us" else "customer"
    return {"emoji": reaction.emoji, "by": by, "at": stamp(reaction.at)}


def note_shape(note: Note) -> wire.Note:
    """A Note. Select `author`."""
    return {
        "id": ident(note.id),
        "thread_id": ident(note.thread_id),
        "text": note.text,
        "mentions": [ident(member_id) for member_id in note.mentions],
        "author": {"kind": "member", "id": ident(note.author_id), "name": note.author.name},
        "client_ref": note.client_ref,
        "created_at": stamp(note.created_at),
        "at": stamp(note.created_at),
    }


def attachment_shape(attachment: Attachment) -> wire.Attachment:
    """An Attachment; its links are null until the file is there."""
    is_here = attachment.state == FileState.READY
    has_preview = is_here and attachment.preview_key
    return {
        "id": ident(attachment.id),
        "kind": attachment.kind,
        "filename": attachment.filename,
        "mime": attachment.mime,
        "size_bytes": attachment.size_bytes,
        "width": attachment.width,
        "height": attachment.height,
        "duration_s": attachment.duration_s,
        "waveform": attachment.waveform,
        "state": attachment.state,
        "detail": attachment.detail,
        "url": content_url(attachment) if is_here else None,
        "preview_url": content_url(attachment, variant="preview") if has_preview else None,
        "link": attachment.link,
    }


def draft_shape(draft: Draft, attachments: Sequence[Attachment] = ()) -> wire.Draft:
    """A Draft; attachments: the rows of `attachment_ids`."""
    return {
        "thread_id": ident(draft.thread_id),
        "mode": draft.mode,
        "channel_id": ident(draft.channel_id),
        "text": draft.text,
        "reply_to": ident(draft.reply_to),
        "attachments": [attachment_shape(attachment) for attachment in attachments],
        "updated_at": stamp(draft.updated_at),
    }


# ---------------------------------------------------------------- channels


def channel_shape(channel: Channel) -> wire.Channel:
    """A Channel. Never its secrets."""
    limits = channel_limits(channel.kind)
    return {
        "id": ident(channel.id),
        "kind": channel.kind,
        "label": channel_label(channel.kind),
        "name": channel.name,
        "external_id": channel.external_id,
        "address": channel.address,
        "inbox_id": ident(channel.inbox_id),
        "is_active": channel.is_active,
        "last_inbound_at": stamp(channel.last_inbound_at),
        "last_error": channel.last_error,
        "last_error_at": stamp(channel.last_error_at),
        "address_kinds": _address_kinds(channel.kind),
        "limits": limits_shape(limits) if limits else None,
        "can_block": can_block(channel.kind),
        "carries_calls": is_able(channel.kind, CarriesCalls),
        "direct": direct_shape(channel),
    }


def can_block(kind: str) -> bool:
    """Can people be blocked on this kind of channel?"""
    return is_able(kind, CanBlock)


def channel_label(kind: str) -> str:
    """The name people know a kind of channel by."""
    try:
        return adapter_for(kind).label
    except UnknownChannel:
        return kind


def channel_limits(kind: str) -> Limits | None:
    """The rules of a kind of channel, or None when its folder is not installed (any more)."""
    try:
        return adapter_for(kind).limits
    except UnknownChannel:
        return None


def _address_kinds(kind: str) -> list[str]:
    try:
        return list(adapter_for(kind).address_kinds)
    except UnknownChannel:
        return []


def limits_shape(limits: Limits) -> wire.Limits:
    """Limits."""
    return {
        "text_chars": limits.text_chars,
        "caption_chars": limits.caption_chars,
        "files": {kind: _file_limit(rule) for kind, rule in limits.files.items()},
        "reply_window_h": limits.reply_window_h,
        "needs_template": limits.needs_template,
        "alphabet": _alphabet(limits.alphabet),
        "converses": limits.converses,
        "opt_out_stops_all": limits.opt_out_stops_all,
        "offers": list(limits.offers),
    }


def _alphabet(found: Alphabet | None) -> wire.Alphabet | None:
    if found is None:
        return None
    return {
        "characters": found.characters,
        "of_two": found.of_two,
        "single": found.single,
        "joined": found.joined,
        "wide_single": found.wide_single,
        "wide_joined": found.wide_joined,
    }


def _file_limit(rule: FileRule) -> wire.FileLimit:
    return {"mimes": list(rule.all_mimes), "max_bytes": max(rule.max_bytes, rule.converts_bytes)}


def inbox_shape(inbox: Inbox) -> wire.Inbox:
    """An Inbox."""
    return {"id": ident(inbox.id), "name": inbox.name}


def label_shape(label: Label) -> wire.Label:
    """A Label."""
    return {"name": label.name, "colour": label.colour}


# ---------------------------------------------------------------- customers


def customer_shape(customer: Customer, reach: Iterable[Reach] | None = None) -> wire.Customer:
    """A Customer; with `reach` (`channel` selected) what each channel allows. Prefetch `addresses`."""
    shape = cast(wire.Customer, customers.customer_shape(customer))
    if reach is not None:
        shape["reach"] = [reach_shape(row) for row in reach]
    return shape


# ---------------------------------------------------------------- receipts


def receipt_shape(outcome: ReceiptOutcome, *, body: str | None = None) -> wire_receipts.Receipt:
    """What became of one raw webhook body, for admins; body: as text, when it may be shown."""
    counts: wire_receipts.Counts = {
        "stored": outcome.stored,
        "duplicate": outcome.duplicate,
        "ignored": outcome.ignored,
        "quarantined": outcome.quarantined,
    }
    return {
        "id": ident(outcome.receipt_id),
        "kind": outcome.kind,
        "received_at": stamp(outcome.received_at),
        "size_bytes": outcome.size_bytes,
        "counts": counts,
        "items": outcome.items,
        "body": body,
    }
