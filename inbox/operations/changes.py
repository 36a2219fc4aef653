"""What is changed about earlier messages: edits, take-backs, reactions; each may come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q

from common.ids import uuid7
from common.sql import among, insert_rows
from events import bus
from inbox.models import Message, MessageChange, Outcome, Reaction
from inbox.operations.arrivals import TEXT_MAX, Arrival, Batch, about
from inbox.operations.thread_lines import renew_lines
from inbox.ports import InboundChange
from inbox.queries.messages import message_shapes


def apply_reactions(stored: Sequence[tuple[Arrival, Message]]) -> None:
    """Let each person's latest emoji stand on its message. stored: reactions kept as messages."""
    latest: dict[tuple[UUID, str, str], Reaction] = {}
    for arrival, message in stored:
        target, by = message.content["target"], _hand(message)
        latest[arrival.channel.id, target, by] = Reaction(
            id=uuid7(), channel=arrival.channel, target=target, by=by, emoji=message.text, at=message.at
        )
    insert_rows(list(latest.values()), on_conflict=_LATER_REACTION)


def _hand(message: Message) -> str:
    """Whose emoji it is: the customer's, or one person's in a group."""
    who = message.content.get("participant")
    return str(who["addresses"][0]["value"])[:40] if who else str(message.address.customer_id)


_LATER_REACTION = """
(tenant_id, channel_id, target, by) DO UPDATE SET emoji = EXCLUDED.emoji, at = EXCLUDED.at
WHERE inbox_reaction.at <= EXCLUDED.at
"""


def store_changes(batch: Batch) -> None:
    """Edits and take-backs; one that comes before its message waits for it here."""
    changes: dict[int, MessageChange] = {}
    for arrival in batch.arrivals:
        if isinstance(item := arrival.item, InboundChange):
            changes[arrival.index] = MessageChange(
                id=uuid7(),
                channel=arrival.channel,
                external_id=item.external_id,
                target=item.target,
                change=item.change,
                text=item.text[:TEXT_MAX],
                content=item.content,
                at=item.occurred_at,
            )
    new = {row[0] for row in insert_rows(list(changes.values()), on_conflict="DO NOTHING", returning=["id"])}
    for arrival in batch.arrivals:
        if arrival.index in changes:
            fresh = changes[arrival.index].id in new
            batch.settle(arrival, Outcome.STORED if fresh else Outcome.DUPLICATE)
    fresh_changes = [change for change in changes.values() if change.id in new]
    targets = Message.objects.filter(
        _whose(batch, changes),
        channel__in={change.channel_id for change in fresh_changes},
        external_id__in={change.target for change in fresh_changes},
    )
    if fresh_changes:
        rows = targets.select_related("customer").select_for_update(of=("self",)).order_by("id")
        changed = _changed(list(rows), fresh_changes)
        renew_lines(changed)
        for message, shape in zip(changed, message_shapes(changed), strict=True):
            kind = "message.revoked" if message.revoked_at else "message.edited"
            bus.record(kind, {"message": shape, "thread_id": message.thread_id}, **about(message))


def _whose(batch: Batch, changes: Mapping[int, MessageChange]) -> Q:
    """Nobody changes what others wrote: a customer's change is of theirs, one of ours of ours."""
    ours = {
        arrival.item.target
        for arrival in batch.arrivals
        if isinstance(arrival.item, InboundChange) and arrival.item.is_ours
    }
    theirs = {change.target for change in changes.values()} - ours
    return Q(direction="outbound", external_id__in=ours) | Q(direction="inbound", external_id__in=theirs)


def apply_parked_changes(messages: Sequence[Message]) -> None:
    """Change messages just stored by what came before them. Writes Message."""
    targets = {message.external_id for message in messages}
    parked = list(MessageChange.objects.filter(among("target", targets))) if targets else []
    if parked:
        renew_lines(_changed(messages, parked))


def _changed(messages: Sequence[Message], changes: Sequence[MessageChange]) -> list[Message]:
    """Apply changes in the order they were made and write the rows touched; the original text is kept."""
    touched: dict[UUID, Message] = {}
    for change in sorted(changes, key=lambda change: change.at):
        for message in messages:
            if (message.channel_id, message.external_id) == (change.channel_id, change.target):
                _apply(message, change)
                touched[message.id] = message
    for message in touched.values():
        message.save(update_fields=["text", "content", "edited_at", "revoked_at"])
    return list(touched.values())


def _apply(message: Message, change: MessageChange) -> None:
    if change.change == "revoke":
        message.revoked_at = change.at
    elif message.edited_at is None or change.at >= message.edited_at:
        before = message.content.get("before_edit", message.text)
        message.content = {**message.content, **change.content, "before_edit": before}
        message.text, message.edited_at = change.text, change.at
