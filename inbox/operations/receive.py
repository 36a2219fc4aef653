"""Store what customers sent: a whole batch in one transaction and a handful of statements.

Everything is idempotent: a message, reaction or change that was stored before is a duplicate, whatever the
order or number of its copies (reliability rules 4–6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from common import queues
from common.ids import uuid7
from common.sql import insert_rows
from customers.models import Address
from customers.operations import Known, Sighting, replace_address, resolve_people
from events import bus
from inbox.channels import adapter_for
from inbox.models import (
    Attachment,
    Channel,
    FileState,
    Message,
    MessageChange,
    Outcome,
    Reach,
    Reaction,
    Status,
    Thread,
)
from inbox.operations.open_threads import Opening, threads_for
from inbox.operations.thread_lines import save_thread_lines, show_last
from inbox.ports import AddressChange, Inbound, InboundChange, InboundMessage, InboundReaction, Person
from inbox.queries.messages import message_shapes
from inbox.shapes import thread_shape

TEXT_MAX = 65_536
MEDIA_QUEUE = "media"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item of a receipt on its way to one channel. index: its place in the caller's batch."""

    index: int
    channel: Channel
    item: Inbound
    received_at: datetime


@dataclass(slots=True)
class Verdict:
    """What became of an arrival."""

    outcome: Outcome
    reason: str = ""


@dataclass(slots=True)
class _Batch:
    arrivals: Sequence[Arrival]
    now: datetime
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    sightings: dict[int, Sighting] = field(default_factory=dict)
    known: Known = field(default_factory=Known)

    def settle(self, arrival: Arrival, outcome: Outcome, reason: str = "") -> None:
        self.verdicts[arrival.index] = Verdict(outcome, reason)

    def address(self, arrival: Arrival) -> Address:
        return self.known.address_of(self.sightings[arrival.index])


def receive(arrivals: Sequence[Arrival]) -> dict[int, Verdict]:
    """Store messages, reactions, edits and address changes of one tenant; the scope must be open.

    Returns a verdict per arrival index. Writes Customer, Address, Reach, Thread, Message, Attachment, Reaction,
    MessageChange and events. Statuses and notices are not its business.
    """
    verdicts: dict[int, Verdict] = {}
    for are_changes, run in groupby(arrivals, key=lambda arrival: isinstance(arrival.item, AddressChange)):
        # In the order they came: before a change of number a person is known by the old one, then by the new.
        batch = _Batch(list(run), timezone.now())
        if are_changes:
            _follow_address_changes(batch)
        else:
            _store(batch)
        verdicts |= batch.verdicts
    return verdicts


def _store(batch: _Batch) -> None:
    batch.sightings = {a.index: _sighting(a.item.sender) for a in batch.arrivals if _has_sender(a.item)}
    batch.known = resolve_people(list(batch.sightings.values()))
    _store_messages(batch)
    _store_changes(batch)
    _touch_reach(batch)


def _has_sender(item: Inbound) -> bool:
    return isinstance(item, InboundMessage | InboundReaction | InboundChange) and bool(item.sender.claims)


def _sighting(person: Person) -> Sighting:
    label = str(person.profile.get("username") or person.name)
    return Sighting(tuple((claim.kind, claim.value) for claim in person.claims), person.name, label)


def _follow_address_changes(batch: _Batch) -> None:
    for arrival in batch.arrivals:
        if isinstance(change := arrival.item, AddressChange):
            also = [(claim.kind, claim.value) for claim in change.also]
            old, new = (change.old.kind, change.old.value), (change.new.kind, change.new.value)
            outcome, reason = _REPLACED[replace_address(old=old, new=new, also=also)]
            batch.settle(arrival, outcome, reason)


_REPLACED = {
    "replaced": (Outcome.STORED, "The customer's address was replaced."),
    "known": (Outcome.DUPLICATE, "The new address was known already."),
    "unknown": (Outcome.IGNORED, "The old address belongs to nobody we know."),
}


# ---------------------------------------------------------------- messages and reactions


def _store_messages(batch: _Batch) -> None:
    """Reactions are stored as messages too (their own id stops doubles), but count and show as none."""
    wanted = _fresh(batch)
    if not wanted:
        return
    openings = _threads(wanted, batch)
    duplicates = _stored_ids(wanted)  # asked again under the threads' locks: now the answer stands
    stored: list[tuple[Arrival, Message]] = []
    for arrival in wanted:
        if _key(arrival) in duplicates:
            batch.settle(arrival, Outcome.DUPLICATE)
            continue
        stored.append((arrival, _message(arrival, openings[arrival.index].thread, batch)))
        batch.settle(arrival, Outcome.STORED)
    messages = [message for _, message in stored]
    files = [file for arrival, message in stored for file in _files(arrival, message)]
    insert_rows(messages)
    insert_rows(files)
    if files:
        queues.enqueue(MEDIA_QUEUE)
    save_thread_lines(list({message.thread_id: message.thread for message in messages}.values()))
    _apply_reactions(batch, [pair for pair in stored if isinstance(pair[0].item, InboundReaction)])
    _apply_parked_changes(messages)
    _announce(stored, files, openings)


def _key(arrival: Arrival) -> tuple[UUID, str]:
    return arrival.channel.id, arrival.item.external_id  # type: ignore[union-attr]


def _stored_ids(arrivals: Sequence[Arrival]) -> set[tuple[UUID, str]]:
    rows = Message.objects.filter(
        direction="inbound",
        channel__in={a.channel.id for a in arrivals},
        external_id__in={_key(a)[1] for a in arrivals},
    ).values_list("channel_id", "external_id")
    return set(rows)


def _fresh(batch: _Batch) -> list[Arrival]:
    """Messages and reactions not stored before, each once, in the order they were written."""
    kinds = (InboundMessage, InboundReaction)
    candidates = [a for a in batch.arrivals if isinstance(a.item, kinds) and a.index in batch.sightings]
    stored = _stored_ids(candidates) if candidates else set()
    fresh: dict[tuple[UUID, str], Arrival] = {}
    for arrival in candidates:
        if _key(arrival) in stored or _key(arrival) in fresh:
            batch.settle(arrival, Outcome.DUPLICATE)
        else:
            fresh[_key(arrival)] = arrival
    return sorted(fresh.values(), key=lambda a: (a.item.occurred_at, a.index))  # type: ignore[union-attr]


def _threads(wanted: Sequence[Arrival], batch: _Batch) -> dict[int, Opening]:
    """The locked thread of each arrival. A reaction alone never reopens a closed thread."""
    speaking = {a.index for a in wanted if isinstance(a.item, InboundMessage) and a.item.kind != "system"}
    asked = {a.index: (batch.address(a).customer_id, a.channel.inbox_id) for a in wanted}
    found = threads_for(
        {asked[a.index] for a in wanted if a.index in speaking},
        quiet={asked[a.index] for a in wanted if a.index not in speaking},
        now=batch.now,
    )
    return {index: found[pair] for index, pair in asked.items()}


def _message(arrival: Arrival, thread: Thread, batch: _Batch) -> Message:
    item = arrival.item
    assert isinstance(item, InboundMessage | InboundReaction)
    address = batch.address(arrival)
    message = Message(
        id=uuid7(),
        thread=thread,
        customer=address.customer,
        channel=arrival.channel,
        address=address,
        direction="inbound",
        external_id=item.external_id,
        status=Status.RECEIVED,
        at=_place(item.occurred_at, arrival.received_at),
        sent_at=item.occurred_at,
        created_at=batch.now,
    )
    if isinstance(item, InboundReaction):
        message.kind, message.text = "reaction", item.emoji
        message.content = {"target": item.target, "emoji": item.emoji or None}
    else:
        message.kind, message.text = item.kind, item.text[:TEXT_MAX]
        message.content, message.reply_to = item.content, item.reply_to
    _note_on_thread(thread, message, item)
    return message


def _place(occurred_at: datetime, received_at: datetime) -> datetime:
    """Where a message stands among others: providers cut times to the second, so take its end, but never
    a moment after it reached us. Else an answer written in the same second would stand before its question."""
    if occurred_at.microsecond:
        return occurred_at
    return max(occurred_at, min(received_at, occurred_at + timedelta(microseconds=999_999)))


def _note_on_thread(thread: Thread, message: Message, item: InboundMessage | InboundReaction) -> None:
    if item.opens_window and (window_h := adapter_for(message.channel.kind).limits.reply_window_h):
        until = item.occurred_at + timedelta(hours=window_h)
        thread.window_until = max(thread.window_until or until, until)
    if message.kind in {"reaction", "system"}:
        return
    thread.inbound_count += 1
    message.number = thread.inbound_count
    thread.waiting_since = thread.waiting_since or message.at
    show_last(thread, message)


def _files(arrival: Arrival, message: Message) -> list[Attachment]:
    return [
        Attachment(
            id=uuid7(),
            message=message,
            channel=arrival.channel,
            kind=file.kind,
            filename=file.filename[:240],
            mime=file.mime[:120],
            size_bytes=file.size_bytes,
            sha256=file.sha256[:64],
            state=FileState.PENDING,
            provider_media_id=file.media_id[:200],
            provider_url=file.url,
            due_at=message.created_at,
        )
        for file in getattr(arrival.item, "files", ())
    ]


# ---------------------------------------------------------------- what changes earlier messages


def _apply_reactions(batch: _Batch, stored: Sequence[tuple[Arrival, Message]]) -> None:
    latest: dict[tuple[UUID, str, str], Reaction] = {}
    for arrival, message in stored:
        target, by = message.content["target"], str(message.address.customer_id)
        latest[arrival.channel.id, target, by] = Reaction(
            id=uuid7(), channel=arrival.channel, target=target, by=by, emoji=message.text, at=message.at
        )
    insert_rows(list(latest.values()), on_conflict=_LATER_REACTION)


_LATER_REACTION = """
(tenant_id, channel_id, target, by) DO UPDATE SET emoji = EXCLUDED.emoji, at = EXCLUDED.at
WHERE inbox_reaction.at <= EXCLUDED.at
"""


def _store_changes(batch: _Batch) -> None:
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
        direction="inbound",
        channel__in={change.channel_id for change in fresh_changes},
        external_id__in={change.target for change in fresh_changes},
    )
    if fresh_changes:
        rows = targets.select_related("customer").select_for_update(of=("self",)).order_by("id")
        changed = _changed(list(rows), fresh_changes)
        for message, shape in zip(changed, message_shapes(changed), strict=True):
            kind = "message.revoked" if message.revoked_at else "message.edited"
            bus.record(kind, {"message": shape, "thread_id": message.thread_id}, **_about(message))


def _apply_parked_changes(messages: Sequence[Message]) -> None:
    targets = {message.external_id for message in messages}
    parked = list(MessageChange.objects.filter(target__in=targets)) if targets else []
    if parked:
        _changed(messages, parked)


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


# ---------------------------------------------------------------- reach and events


def _touch_reach(batch: _Batch) -> None:
    """The reply window of every address a person used; it never goes back."""
    seen: dict[tuple[UUID, UUID], datetime] = {}
    for arrival in batch.arrivals:
        if arrival.index in batch.sightings and getattr(arrival.item, "opens_window", False):
            for address in batch.known.all_of(batch.sightings[arrival.index]):
                key = (arrival.channel.id, address.id)
                at = arrival.item.occurred_at  # type: ignore[union-attr]
                seen[key] = max(seen.get(key, at), at)
    rows = [
        Reach(channel_id=key[0], address_id=key[1], last_inbound_at=at) for key, at in sorted(seen.items())
    ]
    insert_rows(rows, on_conflict=_LATER_REACH)
    newest = max((a.received_at for a in batch.arrivals), default=batch.now)
    channels = {a.channel.id for a in batch.arrivals if a.index in batch.sightings}
    Channel.objects.filter(id__in=channels).filter(
        Q(last_inbound_at__isnull=True) | Q(last_inbound_at__lt=newest)
    ).update(last_inbound_at=newest)


_LATER_REACH = """
(tenant_id, channel_id, address_id) DO UPDATE
SET last_inbound_at = GREATEST(inbox_reach.last_inbound_at, EXCLUDED.last_inbound_at)
"""


def _announce(
    stored: Sequence[tuple[Arrival, Message]], files: Sequence[Attachment], openings: Mapping[int, Opening]
) -> None:
    threads = {message.thread_id: message.thread for _, message in stored}
    prefetch_related_objects(list(threads.values()), "customer__addresses")
    lines = {thread_id: thread_shape(thread) for thread_id, thread in threads.items()}
    _announce_openings(stored, openings, lines)
    spoken = [message for _, message in stored if message.kind != "reaction"]
    for message, shape in zip(spoken, message_shapes(spoken), strict=True):
        customer = {"id": message.customer_id, "name": message.customer.name}
        data = {"message": shape, "thread": lines[message.thread_id], "customer": customer}
        bus.record("message.received", data, **_about(message))
    _announce_reactions([message for _, message in stored if message.kind == "reaction"])


def _announce_openings(
    stored: Sequence[tuple[Arrival, Message]], openings: Mapping[int, Opening], lines: Mapping[UUID, Any]
) -> None:
    told: set[UUID] = set()
    for arrival, message in stored:
        opening = openings[arrival.index]
        if opening.event and message.thread_id not in told:
            told.add(message.thread_id)
            data = {"thread": lines[message.thread_id], "from": opening.before, "to": {"status": "open"}}
            just_before = message.at - timedelta(microseconds=1)
            bus.record(opening.event, data, at=just_before, **_about(message))


def _announce_reactions(reactions: Sequence[Message]) -> None:
    wanted = {(message.channel_id, message.content["target"]): message for message in reactions}
    if not wanted:
        return
    channels, targets = {channel for channel, _ in wanted}, {target for _, target in wanted}
    rows = list(Message.objects.filter(channel__in=channels, external_id__in=targets))
    for row, shape in zip(rows, message_shapes(rows), strict=True):
        cause = wanted.get((row.channel_id, row.external_id or ""))
        if cause:
            data = {"message": shape, "thread_id": row.thread_id}
            bus.record("message.reacted", data, **_about(cause) | {"thread_id": row.thread_id})


def _about(message: Message) -> dict[str, Any]:
    customer = message.customer
    actor = {"kind": "customer", "id": customer.id, "name": customer.name}
    return {"actor": actor, "thread_id": message.thread_id, "customer_id": customer.id}
