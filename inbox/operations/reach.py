"""What we may do with an address: what its owner wants, what writing costs; the latest word counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from common.sql import insert_rows
from customers.models import Address
from events import bus
from inbox.models import Channel, Consent, Message, Outcome, Reach
from inbox.operations.arrivals import Batch
from inbox.ports import InboundConsent

#: (channel id, address) with what the person said and when.
Wish = tuple[UUID, Address, str, datetime]


def store_consents(batch: Batch) -> None:
    """Keep what people said of marketing. Writes Reach, Event `consent.changed`."""
    wishes: list[Wish] = []
    heard: dict[int, list[Wish]] = {}
    for arrival in batch.arrivals:
        item, sighting = arrival.item, batch.sightings.get(arrival.index)
        if isinstance(item, InboundConsent) and sighting:
            word = Consent.OPTED_IN if item.allows else Consent.OPTED_OUT
            known = batch.known.all_of(sighting)
            heard[arrival.index] = [(arrival.channel.id, one, word, item.occurred_at) for one in known]
            wishes += heard[arrival.index]
    fresh = keep_wishes(wishes, source="setting")
    for arrival in batch.arrivals:
        if mine := heard.get(arrival.index):
            is_new = any((wish[0], wish[1].id, wish[3]) in fresh for wish in mine)
            batch.settle(arrival, Outcome.STORED if is_new else Outcome.DUPLICATE)


def keep_wishes(wishes: Iterable[Wish], *, source: str) -> set[tuple[UUID, UUID, datetime]]:
    """Write what is newer than what is known; returns the (channel, address, when) that counted.

    source: how the person said it: by a "message", in a "setting" of the provider's, or a "refusal" of the
    provider's says so. Writes Reach, Event `consent.changed` once per customer and channel.
    """
    latest: dict[tuple[UUID, UUID], Wish] = {}
    for wish in wishes:
        key = (wish[0], wish[1].id)
        if key not in latest or latest[key][3] <= wish[3]:
            latest[key] = wish
    rows = [
        Reach(channel_id=channel, address=address, consent=word, consent_at=at)
        for (channel, _), (_, address, word, at) in sorted(latest.items())
    ]
    written = insert_rows(rows, on_conflict=_LATER_WISH, returning=["channel_id", "address_id"])
    kept = {(channel, address) for channel, address in written}
    _announce([latest[key] for key in sorted(kept)], source)
    return {(*key, latest[key][3]) for key in kept}


_LATER_WISH = """
(tenant_id, channel_id, address_id) DO UPDATE
SET consent = EXCLUDED.consent, consent_at = EXCLUDED.consent_at
WHERE inbox_reach.consent_at IS NULL OR inbox_reach.consent_at < EXCLUDED.consent_at
"""


def _announce(wishes: Sequence[Wish], source: str) -> None:
    told: set[tuple[UUID, UUID]] = set()
    for channel_id, address, word, at in wishes:
        customer = address.customer
        if (channel_id, customer.id) in told:
            continue
        told.add((channel_id, customer.id))
        said = {
            "customer": {"id": customer.id, "name": customer.name},
            "channel_id": channel_id,
            "consent": word,
            "source": source,
        }
        actor = {"kind": "customer", "id": customer.id, "name": customer.name}
        bus.record("consent.changed", said, at=at, actor=actor, customer_id=customer.id)


def note_opt_outs(refused: Iterable[tuple[Message, datetime]]) -> None:
    """A provider refused these because the person wants no such messages. Kept for the address that was
    written to, which stops the person (``is_opted_out``): their next word, by that address, takes it back.
    Writes Reach, Event `consent.changed`."""
    times = {(message.channel_id, message.address_id): at for message, at in refused}
    if not times:
        return
    addresses = Address.objects.select_related("customer").in_bulk({address for _, address in times})
    wishes = [(channel, addresses[key], Consent.OPTED_OUT, at) for (channel, key), at in times.items() if key]
    keep_wishes(wishes, source="refusal")


def is_opted_out(*, channel: Channel, customer_id: UUID) -> bool:
    """Did this customer opt out on this channel, on any address? What that stops: ``Limits``."""
    rows = Reach.objects.filter(channel=channel, address__customer=customer_id, consent=Consent.OPTED_OUT)
    return rows.exists()


def carry_reach(old: Address, new: Sequence[Address]) -> None:
    """An address of somebody's was replaced: what was heard and decided there holds for the new ones too, so
    that an answer goes there. Writes Reach."""
    kept = ("channel_id", "last_inbound_at", "blocked", "consent", "consent_at", "free_until")
    known = Reach.objects.filter(address=old).order_by("channel_id").values(*kept)
    rows = [Reach(address=one, **row) for one in sorted(new, key=lambda one: one.id) for row in known]
    insert_rows(rows, on_conflict="DO NOTHING")


def note_free_entries(ends: Iterable[tuple[Message, str]]) -> None:
    """Writing to the people of these messages costs nothing until then. Writes Reach."""
    latest: dict[tuple[UUID, UUID], datetime] = {}
    for message, text in ends:
        key, until = (message.channel_id, message.address_id), datetime.fromisoformat(text)
        latest[key] = max(latest.get(key, until), until)
    rows = [
        Reach(channel_id=channel, address_id=address, free_until=until)
        for (channel, address), until in sorted(latest.items())
    ]
    insert_rows(rows, on_conflict=_LATER_END)


_LATER_END = """
(tenant_id, channel_id, address_id) DO UPDATE
SET free_until = GREATEST(inbox_reach.free_until, EXCLUDED.free_until)
"""
