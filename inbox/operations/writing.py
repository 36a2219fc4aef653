"""Writing to many customers at once: what ``outreach.message_customer`` does for one, in a fixed number of
statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import timezone

from common.sql import insert_rows
from customers.models import Address
from events import bus
from inbox.models import Channel, Consent, Message, Reach, Thread
from inbox.models.deliveries import Lane
from inbox.operations import rules
from inbox.operations.authors import Author
from inbox.operations.claims import expect
from inbox.operations.errors import Refused
from inbox.operations.kept_files import shared
from inbox.operations.open_threads import Opening, Pair, threads_for
from inbox.operations.reply import Terms, announce_queued, new_delivery, new_message, note_on_thread
from inbox.operations.rules import Part
from inbox.operations.templates import Copies, with_category
from inbox.operations.thread_lines import save_thread_lines
from inbox.queries.heard import Heard, beside_of
from inbox.shapes import thread_shape


@dataclass(frozen=True, slots=True)
class Writing:
    """One message to one customer, on the channel given. client_ref: makes it once only. A file of the part
    stays where it is: each message has a row of its own about it."""

    customer_id: UUID
    channel: Channel
    by: Author
    client_ref: str
    part: Part
    lane: Lane
    terms: Terms

    @property
    def pair(self) -> Pair:
        """Whose thread it belongs to."""
        return self.customer_id, self.channel.inbox_id


def write_to_customers(writings: Sequence[Writing]) -> list[Message | Refused]:
    """Queue these messages, each in its customer's thread; a rule that refuses one refuses no other.

    The answers stand in the order of `writings`; what was queued before under the same client_ref is given
    again. Writes Thread, Message, Delivery, Events `thread.*` and `message.queued`.
    """
    if not writings:
        return []
    now, known = timezone.now(), _known(writings)
    checked = [_checked(one, known, now) for one in writings]
    going = [one for one, found in zip(writings, checked, strict=True) if not isinstance(found, Refused)]
    openings = threads_for({one.pair for one in going}, now=now)
    _announce_openings(openings, going)
    earlier = _earlier(going, openings)
    found = [
        one if isinstance(one, Refused) else _made(writing, one, openings, earlier, now)
        for writing, one in zip(writings, checked, strict=True)
    ]
    _store([made for made in found if isinstance(made, _Made) and made.is_new])
    return [one.message if isinstance(one, _Made) else one for one in found]


# ---------------------------------------------------------------- what the rules ask about


@dataclass(slots=True)
class _Known:
    """Addresses, what was heard from them on which channel, and who opted out there."""

    addresses: Mapping[UUID, list[Address]]
    heard: dict[tuple[UUID, UUID], Heard] = field(default_factory=lambda: defaultdict(Heard))
    opted_out: set[tuple[UUID, UUID]] = field(default_factory=set)
    copies: Copies = field(default_factory=Copies)


def _known(writings: Sequence[Writing]) -> _Known:
    customers = {one.customer_id for one in writings}
    addresses: dict[UUID, list[Address]] = defaultdict(list)
    for row in Address.objects.filter(customer__in=customers).order_by("-created_at"):
        addresses[row.customer_id].append(row)
    known = _Known(addresses)
    reach = Reach.objects.filter(
        channel__in={one.channel.id for one in writings}, address__customer__in=customers
    ).values_list("channel_id", "address__customer_id", "address_id", "consent", "last_inbound_at")
    for channel, customer, address, consent, at in reach:
        key = (channel, customer)
        known.heard[key].last[address] = at
        if consent == Consent.OPTED_OUT:
            known.opted_out.add(key)
    for (_, customer), heard in known.heard.items():
        heard.beside = beside_of(addresses[customer])
    return known


def _checked(one: Writing, known: _Known, now: datetime) -> tuple[Part, Address] | Refused:
    """What is said and to which address; the rules of ``rules.check``, with nothing left to look up."""
    channel, part, key = one.channel, one.part, (one.channel.id, one.customer_id)
    try:
        heard = known.heard[key]
        address = rules.best_address(channel, known.addresses[one.customer_id], heard)
        stored = None
        if part.message_kind == "template":
            stored = known.copies.of(channel, part.message_content)
            part = replace(part, template=with_category(stored, part.message_content))
        rules.check_said(channel, part, stored)
        rules.check_consent(channel, part, is_opted_out=key in known.opted_out)
        rules.check_person(channel, address, part)
        if rules.has_window(channel, part.message_kind):
            rules.check_last_inbound(channel, heard.last_of(address.id), now)
    except Refused as refusal:
        return refusal
    return part, address


# ---------------------------------------------------------------- rows


@dataclass(frozen=True, slots=True)
class _Made:
    """A message with its thread and how it leaves."""

    writing: Writing
    message: Message
    thread: Thread
    seq: int
    is_new: bool


def _earlier(going: Sequence[Writing], openings: Mapping[Pair, Opening]) -> dict[tuple[UUID, str], Message]:
    """{(thread id, client_ref): the message queued under it before}"""
    old = [opening.thread.id for opening in openings.values() if not opening.event]
    refs = {one.client_ref for one in going}
    rows = Message.objects.filter(thread__in=old, client_ref__in=refs) if old else ()
    return {(row.thread_id, row.client_ref or ""): row for row in rows}


def _made(
    one: Writing,
    found: tuple[Part, Address],
    openings: Mapping[Pair, Opening],
    earlier: dict[tuple[UUID, str], Message],
    now: datetime,
) -> _Made:
    thread = openings[one.pair].thread
    if (again := earlier.get((thread.id, one.client_ref))) is not None:
        return _Made(one, again, thread, 0, is_new=False)
    part, address = found
    message = new_message(thread, one.channel, address, part, one.by, one.client_ref, now, one.terms)
    earlier[thread.id, one.client_ref] = message
    thread.outbound_count += 1
    note_on_thread(thread, message, is_answer=one.terms.is_answer)
    return _Made(one, message, thread, thread.outbound_count, is_new=True)


def _store(made: Sequence[_Made]) -> None:
    if not made:
        return
    insert_rows([one.message for one in made])
    files = [(one.writing.part.attachment, one.message) for one in made]
    insert_rows([shared(file, message) for file, message in files if file])
    insert_rows(
        [
            new_delivery(
                one.message, seq=one.seq, lane=one.writing.lane, now=one.message.at, terms=one.writing.terms
            )
            for one in made
        ]
    )
    expect({one.writing.lane for one in made})
    save_thread_lines(list({one.thread.id: one.thread for one in made}.values()))
    announce_queued([(one.thread, one.message, one.writing.by) for one in made])


def _announce_openings(openings: Mapping[Pair, Opening], going: Sequence[Writing]) -> None:
    """Tell of threads that began or came back, before what is written in them. Writes Thread."""
    fresh = {pair: opening for pair, opening in openings.items() if opening.event}
    threads = [opening.thread for opening in fresh.values()]
    by = {one.pair: one.by for one in reversed(going)}
    save_thread_lines(threads)
    prefetch_related_objects([opening.thread for opening in openings.values()], "customer__addresses")
    for pair, opening in fresh.items():
        said = {"thread": thread_shape(opening.thread), "from": opening.before, "to": {"status": "open"}}
        bus.record(
            opening.event, said, actor=by[pair].actor, thread_id=opening.thread.id, customer_id=pair[0]
        )
