"""Store what customers sent: a whole batch in one transaction and a handful of statements.

Everything is idempotent: a message, reaction or change that was stored before is a duplicate, whatever the
order or number of its copies (reliability rules 4–6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from common import queues
from common.ids import uuid7
from common.sql import among, insert_rows, insert_values
from customers.operations import Sighting, find_addresses, replace_address, resolve_people
from customers.queries import addresses_ahead
from events import bus
from inbox.channels import adapter_for
from inbox.models import (
    Attachment,
    Channel,
    Message,
    Outcome,
    Reach,
    Status,
    Thread,
)
from inbox.operations.arrivals import (
    MEDIA_QUEUE,
    TEXT_MAX,
    Arrival,
    Batch,
    Verdict,
    about,
    pending_files,
)
from inbox.operations.auto_assign import ask_for_assignment
from inbox.operations.call_log import note_calls, note_spoken
from inbox.operations.call_news import new_calls, store_calls
from inbox.operations.call_records import parked_files, store_call_records
from inbox.operations.changes import apply_parked_changes, apply_reactions, store_changes
from inbox.operations.copies import store_copies
from inbox.operations.decisions import Decided, name_choices, note_consent, tell_consent
from inbox.operations.identities import store_identities
from inbox.operations.names import store_names
from inbox.operations.open_threads import Opening, threads_for
from inbox.operations.reach import carry_reach, store_consents
from inbox.operations.thread_lines import save_thread_lines, show_last
from inbox.ports import (
    AddressChange,
    CopiedMessage,
    Inbound,
    InboundCall,
    InboundChange,
    InboundConsent,
    InboundMessage,
    InboundReaction,
    Person,
)
from inbox.queries.messages import message_shapes
from inbox.shapes import thread_shape


def receive(arrivals: Sequence[Arrival]) -> dict[int, Verdict]:
    """Store messages, reactions, edits and address changes of one tenant; the scope must be open.

    Returns a verdict per arrival index. Writes Customer, Address, Reach, Thread, Message, Attachment,
    Reaction, MessageChange and events. Statuses and notices are not its business.
    """
    verdicts: dict[int, Verdict] = {}
    for are_changes, run in groupby(arrivals, key=lambda arrival: isinstance(arrival.item, AddressChange)):
        # In the order they came: before a change of number a person is known by the old one, then by the new.
        batch = Batch(list(run), timezone.now())
        if are_changes:
            _follow_address_changes(batch)
        else:
            _store(batch)
        verdicts |= batch.verdicts
    return verdicts


def _store(batch: Batch) -> None:
    batch.sightings = {a.index: _sighting(who) for a in batch.arrivals if (who := _sender(a.item))}
    batch.known = resolve_people(list(batch.sightings.values()))
    _store_messages(batch)
    store_call_records(batch)
    store_changes(batch)
    store_copies(batch)
    store_names(batch)
    _touch_reach(batch)
    store_consents(batch)
    store_identities(batch)


def _sender(item: Inbound) -> Person | None:
    """Who wrote, where that is said and can be reached."""
    if isinstance(item, CopiedMessage):
        return item.person
    if isinstance(item, InboundCall):
        return item.person if item.direction == "inbound" and item.person.claims else None
    if not isinstance(item, InboundMessage | InboundReaction | InboundChange | InboundConsent):
        return None
    if isinstance(item, InboundChange) and item.is_ours:
        return None
    return item.sender if item.sender.claims else None


def _sighting(person: Person) -> Sighting:
    label = str(person.profile.get("username") or person.name)
    return Sighting(tuple((claim.kind, claim.value) for claim in person.claims), person.name, label)


def _follow_address_changes(batch: Batch) -> None:
    for arrival in batch.arrivals:
        if isinstance(change := arrival.item, AddressChange):
            also = [(claim.kind, claim.value) for claim in change.also]
            old, new = (change.old.kind, change.old.value), (change.new.kind, change.new.value)
            replaced = replace_address(old=old, new=new, also=also)
            if replaced == "replaced":
                _carry_reach(old, [new, *also])
            batch.settle(arrival, *_REPLACED[replaced])


def _carry_reach(old: tuple[str, str], new: Sequence[tuple[str, str]]) -> None:
    found = find_addresses([old, *new])
    theirs = [found[key] for key in new if found[key].customer_id == found[old].customer_id]
    carry_reach(found[old], theirs)


_REPLACED = {
    "replaced": (Outcome.STORED, "The customer's address was replaced."),
    "known": (Outcome.DUPLICATE, "The new address was known already."),
    "unknown": (Outcome.IGNORED, "The old address belongs to nobody we know."),
}


# ---------------------------------------------------------------- messages and reactions


def _store_messages(batch: Batch) -> None:
    """Reactions are stored as messages too (their own id stops doubles), but count and show as none. Calls
    come first: a call's line says how it ended."""
    wanted, calls = _fresh(batch), new_calls(batch)
    openings = _threads([*wanted, *calls], batch) if wanted or calls else {}
    store_calls(batch, openings)
    if not wanted:
        return
    duplicates = _stored_ids(wanted)  # asked again under the threads' locks: now the answer stands
    stored: list[tuple[Arrival, Message]] = []
    for arrival in wanted:
        if _key(arrival) in duplicates:
            batch.settle(arrival, Outcome.DUPLICATE)
            continue
        stored.append((arrival, _message(arrival, openings[arrival.index].thread, batch)))
        batch.settle(arrival, Outcome.STORED)
    messages = [message for _, message in stored]
    name_choices(messages)
    note_calls(messages)
    files = [
        file
        for arrival, message in stored
        for file in pending_files(getattr(arrival.item, "files", ()), message)
    ]
    files += parked_files(messages)
    save_thread_lines(list({message.thread_id: message.thread for message in messages}.values()))
    insert_rows(messages)
    insert_rows(files)
    if files:
        queues.enqueue(MEDIA_QUEUE)
    apply_reactions([pair for pair in stored if isinstance(pair[0].item, InboundReaction)])
    apply_parked_changes(messages)
    decided = note_consent(stored, batch)
    _announce(stored, files, openings, decided)


def _spoken(arrival: Arrival) -> InboundMessage | InboundReaction:
    """The item of an arrival that is known to be one of these."""
    if not isinstance(arrival.item, InboundMessage | InboundReaction):
        raise TypeError(f"{type(arrival.item).__name__} is not stored as a message")
    return arrival.item


def _key(arrival: Arrival) -> tuple[UUID, str | None]:
    return arrival.channel.id, _spoken(arrival).external_id


def _stored_ids(arrivals: Sequence[Arrival]) -> set[tuple[UUID, str | None]]:
    rows = Message.objects.filter(
        direction="inbound",
        channel__in={a.channel.id for a in arrivals},
    ).values_list("channel_id", "external_id")
    rows = rows.filter(among("external_id", (_key(a)[1] for a in arrivals)))
    return set(rows)


def _fresh(batch: Batch) -> list[Arrival]:
    """Messages and reactions not stored before, each once, in the order they were written."""
    kinds = (InboundMessage, InboundReaction)
    candidates = [a for a in batch.arrivals if isinstance(a.item, kinds) and a.index in batch.sightings]
    stored = _stored_ids(candidates) if candidates else set()
    fresh: dict[tuple[UUID, str | None], Arrival] = {}
    for arrival in candidates:
        if _key(arrival) in stored or _key(arrival) in fresh:
            batch.settle(arrival, Outcome.DUPLICATE)
        else:
            fresh[_key(arrival)] = arrival
    return sorted(fresh.values(), key=lambda a: (_spoken(a).occurred_at, a.index))


def _threads(wanted: Sequence[Arrival], batch: Batch) -> dict[int, Opening]:
    """The locked thread of each arrival. A reaction alone never reopens a closed thread."""
    speaking = {a.index for a in wanted if _wants_attention(a.item)}
    asked = {a.index: (batch.address(a).customer_id, a.channel.inbox_id) for a in wanted}
    found = threads_for(
        {asked[a.index] for a in wanted if a.index in speaking},
        quiet={asked[a.index] for a in wanted if a.index not in speaking},
        now=batch.now,
        at_hand=batch.at_hand(),
    )
    return {index: found[pair] for index, pair in asked.items()}


def _wants_attention(item: Inbound) -> bool:
    if isinstance(item, InboundCall):
        return item.news == "rang"
    return isinstance(item, InboundMessage) and item.kind != "system"


def _message(arrival: Arrival, thread: Thread, batch: Batch) -> Message:
    item = _spoken(arrival)
    address = batch.address(arrival)
    message = Message.made(
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
    if item.participant:
        _note_participant(message, item.participant)
    _note_on_thread(thread, message, item)
    return message


def _note_participant(message: Message, who: Person) -> None:
    """Who in a group wrote it. They are no customer by that: nobody wrote to us alone."""
    addresses = [{"kind": claim.kind, "value": claim.value} for claim in who.claims]
    called = who.name or next((claim.value for claim in reversed(who.claims)), "")
    message.content = {**message.content, "participant": {"name": called, "addresses": addresses}}
    message.author_kind, message.author_name = "customer", called[:120]


def _place(occurred_at: datetime, received_at: datetime) -> datetime:
    """Where a message stands among others: providers cut times to the second, so take its end, but never a
    moment after it reached us. Else an answer written in the same second would stand before its question."""
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
    if message.content.get("answered") is True and message.kind == "call":
        note_spoken(thread, message)
    else:
        thread.waiting_since = thread.waiting_since or message.at
    show_last(thread, message)


# ---------------------------------------------------------------- reach and events


def _touch_reach(batch: Batch) -> None:
    """The reply window of every address a person used; it never goes back."""
    seen: dict[tuple[UUID, UUID], datetime] = {}
    for arrival in batch.arrivals:
        item, sighting = arrival.item, batch.sightings.get(arrival.index)
        if sighting and isinstance(item, InboundMessage | InboundReaction) and item.opens_window:
            for address in batch.known.all_of(sighting):
                key, at = (arrival.channel.id, address.id), item.occurred_at
                seen[key] = max(seen.get(key, at), at)
    rows = sorted((str(channel), str(address), at, str(uuid7())) for (channel, address), at in seen.items())
    columns = ("channel_id", "address_id", "last_inbound_at", "id")
    insert_values(Reach, columns, rows, on_conflict=_LATER_REACH)
    newest = max((a.received_at for a in batch.arrivals), default=batch.now)
    channels = {a.channel.id for a in batch.arrivals if a.index in batch.sightings}
    Channel.objects.filter(id__in=channels).filter(
        Q(last_inbound_at__isnull=True) | Q(last_inbound_at__lt=newest)
    ).update(last_inbound_at=newest)


_LATER_REACH = """
(tenant_id, channel_id, address_id) DO UPDATE
SET last_inbound_at = EXCLUDED.last_inbound_at
WHERE inbox_reach.last_inbound_at IS NULL OR inbox_reach.last_inbound_at < EXCLUDED.last_inbound_at
"""


def _announce(
    stored: Sequence[tuple[Arrival, Message]],
    files: Sequence[Attachment],
    openings: Mapping[int, Opening],
    decided: Sequence[Decided],
) -> None:
    threads = {message.thread_id: message.thread for _, message in stored}
    prefetch_related_objects(list(threads.values()), addresses_ahead("customer"))
    lines = {thread_id: thread_shape(thread) for thread_id, thread in threads.items()}
    _announce_openings(stored, openings, lines)
    spoken = [message for _, message in stored if message.kind != "reaction"]
    facts = []
    for message, shape in zip(spoken, message_shapes(spoken, files=files), strict=True):
        customer = {"id": message.customer_id, "name": message.customer.name}
        data = {"message": shape, "thread": lines[message.thread_id], "customer": customer}
        facts.append(bus.Fact("message.received", data, **about(message)))
    bus.record_all(facts)
    tell_consent(decided, lines)
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
            bus.record(opening.event, data, at=just_before, **about(message))
    if told:
        ask_for_assignment()


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
            bus.record("message.reacted", data, **about(cause) | {"thread_id": row.thread_id})
