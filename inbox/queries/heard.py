"""From which of a customer's addresses we heard on a channel, and when: what an answer goes by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from customers.models import Address
from inbox import wire_reach as wire
from inbox.channels import UnknownChannel, adapter_for
from inbox.models import Channel, Reach
from inbox.shapes_reach import place_shape


@dataclass(slots=True)
class Heard:
    """What was heard of one customer on one channel. last: of every address that was reached there, when it
    last wrote, None if never; beside: of every address, the one it was first seen with.

    A provider may know one person by several addresses (a number and an id of its own): those were seen
    beside each other, and what one of them writes opens the window of all. Two who were merged stay two here.
    """

    last: dict[UUID, datetime | None] = field(default_factory=dict)
    beside: Mapping[UUID, UUID | None] = field(default_factory=dict)

    def person_of(self, key: UUID) -> UUID:
        """The address that the other addresses of the same person there were seen with."""
        while other := self.beside.get(key):
            key = other
        return key

    def last_of(self, key: UUID) -> datetime | None:
        """When the person behind an address last wrote."""
        person = self.person_of(key)
        times = [at for one, at in self.last.items() if at and self.person_of(one) == person]
        return max(times, default=None)

    def ranked(self, newest_first: Iterable[Address], kinds: Sequence[str]) -> list[Address]:
        """Addresses of these kinds, the best first: from which they last wrote, then those that were reached,
        then in the order of kinds."""
        usable = [row for row in newest_first if row.kind in kinds]
        return sorted(usable, key=lambda row: (*self._rank(row.id), kinds.index(row.kind)))

    def _rank(self, key: UUID) -> tuple[float, bool]:
        at = self.last.get(key)
        return -at.timestamp() if at else 0.0, key not in self.last


def beside_of(addresses: Iterable[Address]) -> dict[UUID, UUID | None]:
    """For ``Heard.beside``."""
    return {row.id: row.beside for row in addresses}


def heard_on(channel: Channel, customer_id: UUID) -> tuple[list[Address], Heard]:
    """A customer's addresses, the newest first, and what was heard from them: two statements."""
    addresses = list(Address.objects.filter(customer=customer_id).order_by("-created_at"))
    reach = Reach.objects.filter(channel=channel, address__in=addresses)
    last = dict(reach.values_list("address_id", "last_inbound_at")) if addresses else {}
    return addresses, Heard(last, beside_of(addresses))


def places(
    addresses: Sequence[Address], reach: Iterable[Reach], channels: Iterable[Channel]
) -> list[wire.Place]:
    """Where a customer can be written to: each channel once for every person that its provider may know them
    as, the default first."""
    newest_first = sorted(addresses, key=lambda row: row.created_at, reverse=True)
    beside = beside_of(addresses)
    last: dict[UUID, dict[UUID, datetime | None]] = defaultdict(dict)
    for row in reach:
        last[row.channel_id][row.address_id] = row.last_inbound_at
    found: list[wire.Place] = []
    for channel in channels:
        heard = Heard(last[channel.id], beside)
        people: dict[UUID, list[Address]] = {}
        for address in heard.ranked(newest_first, _kinds(channel)):
            people.setdefault(heard.person_of(address.id), []).append(address)
        found += [place_shape(channel, rows, heard.last_of(rows[0].id)) for rows in people.values()]
    return found


def _kinds(channel: Channel) -> Sequence[str]:
    try:
        return adapter_for(channel.kind).address_kinds
    except UnknownChannel:
        return ()
