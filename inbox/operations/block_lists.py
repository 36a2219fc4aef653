"""Holding a channel's block list against what a provider blocks, and bringing both into line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from common import queues
from common.sql import insert_rows
from customers.models import Address, Customer
from events import bus
from inbox.models import Channel, Reach
from inbox.operations.authors import Author
from inbox.operations.blocks import QUEUE
from inbox.ports import Claim

AT_ONCE = 1_000
_HELD = """
(tenant_id, channel_id, address_id) DO UPDATE
SET blocked = TRUE, block_due_at = NULL, block_attempts = 0, block_error = ''
WHERE NOT inbox_reach.blocked
"""


@dataclass(frozen=True, slots=True)
class Differences:
    """there: customers only the provider blocks; here: those only we do; unknown: how many of the provider's
    never wrote to us."""

    there: list[Customer]
    here: list[Customer]
    unknown: int


def block_differences(*, channel: Channel, blocked: Sequence[Claim]) -> Differences:
    """blocked: whom the provider blocks, by whatever address it names."""
    known = list(_addresses(blocked))
    theirs = {one.customer_id for one in known}
    ours = set(_reaches(channel).values_list("address__customer_id", flat=True))
    named = {(one.kind, one.value) for one in known}
    unknown = sum((claim.kind, claim.value) not in named for claim in blocked)
    return Differences(_customers(theirs - ours), _customers(ours - theirs), unknown)


def _reaches(channel: Channel) -> QuerySet[Reach]:
    return Reach.objects.filter(channel=channel, blocked=True)


def _addresses(claims: Sequence[Claim]) -> Iterator[Address]:
    for kind in sorted({claim.kind for claim in claims}):
        values = [claim.value for claim in claims if claim.kind == kind]
        for start in range(0, len(values), AT_ONCE):
            some = values[start : start + AT_ONCE]
            yield from Address.objects.filter(kind=kind, value__in=some)


def _customers(ids: Iterable[UUID]) -> list[Customer]:
    return list(Customer.objects.filter(id__in=list(ids)).order_by("name", "id"))


def hold_blocks(*, channel: Channel, customers: Sequence[Customer], kinds: Sequence[str], by: Author) -> None:
    """Hold as blocked whom the provider blocks already, which is not told again.

    kinds: of the addresses on this channel. Writes Reach, Events `customer.blocked`.
    """
    found = list(Address.objects.filter(customer__in=customers, kind__in=kinds).order_by("id"))
    insert_rows(
        [Reach(channel_id=channel.id, address_id=one.id, blocked=True) for one in found], on_conflict=_HELD
    )
    for one in customers:
        data = {"customer": {"id": one.id, "name": one.name}, "channel_id": channel.id}
        bus.record("customer.blocked", data, actor=by.actor, customer_id=one.id)


def tell_again(*, channel: Channel, customers: Sequence[Customer]) -> None:
    """Have the provider told once more whom we block. Writes Reach."""
    rows = _reaches(channel).filter(address__customer__in=customers)
    if rows.update(block_due_at=timezone.now(), block_attempts=0, block_error=""):
        queues.enqueue(QUEUE)
