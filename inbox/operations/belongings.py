"""What the inbox keeps of customers, when two of them become one or two again: threads, consents, blocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from common.wire import Json, ident, stamp
from customers.models import Address
from customers.operations import Look, Pair
from inbox.channels import adapter_for
from inbox.models import Consent, Note, Reach
from inbox.operations.blocks import wish_blocks
from inbox.operations.joining import join_threads, lock_all, lock_open_deliveries
from inbox.operations.merge_plan import plan_for
from inbox.operations.parting import part_threads
from inbox.shapes import can_block

#: The journal of a merge that never was.
NOTHING: Json = {"at": "1970-01-01T00:00:00+00:00", "joined": [], "moved": []}


class Conversations:
    """`customers.operations.Belongings` of the inbox."""

    name = "inbox"

    def look(self, pair: Pair) -> Look:
        plan = plan_for(pair, timezone.now())
        theirs = [*plan.moved, *(gone for _, gone in plan.joined)]
        figures = {
            "threads": len(theirs),
            "joined": len(plan.joined),
            "messages": sum(row.inbound_count + row.outbound_count for row in theirs),
            "notes": Note.objects.filter(thread__in=theirs).count(),
        }
        states = [[row.id, row.status] for row in sorted(plan.threads, key=lambda row: row.id)]
        denied, blocked = _closed(pair, "consent", Consent.OPTED_OUT), _closed(pair, "blocked", True)
        words = [_word(channel, "marketing") for channel in denied] + [
            _word(one, "blocked") for one in blocked
        ]
        marks = [sorted(one.id for one in channels) for channels in (denied, blocked)]
        return Look(figures, words, [states, *marks])

    def join(self, pair: Pair) -> Json:
        plan = plan_for(pair, timezone.now())
        keys = [row.id for row in plan.threads]
        lock_open_deliveries(keys)
        rows = lock_all(keys)
        plan.joined = [(rows[keep.id], rows[gone.id]) for keep, gone in plan.joined]
        plan.moved = [rows[row.id] for row in plan.moved]
        return {
            "at": stamp(timezone.now()),
            **join_threads(pair, plan),
            "blocks": [ident(key) for key in _spread_blocks(pair)],
        }

    def part(self, pair: Pair, journal: Json, addresses: Sequence[UUID]) -> None:
        part_threads(pair, journal, addresses)
        rows = Reach.objects.filter(id__in=journal["blocks"], blocked=True)
        wish_blocks(rows.order_by("id").values_list("channel_id", "address_id"), blocked=False)

    def take_out(self, pair: Pair, addresses: Sequence[UUID]) -> None:
        part_threads(pair, NOTHING, addresses)


def _word(channel: Any, category: str) -> Json:
    return {"channel": channel.name, "category": category}


def _closed(pair: Pair, name: str, value: Any) -> list[Any]:
    """Channels that only one of the two has closed to us."""
    rows = Reach.objects.filter(address__customer__in=[pair.survivor, pair.other], **{name: value})
    owners: Mapping[UUID, set[UUID]] = defaultdict(set)
    channels = {}
    for row in rows.select_related("channel", "address").order_by("channel_id"):
        owners[row.channel_id].add(row.address.customer_id)
        channels[row.channel_id] = row.channel
    return [channels[key] for key, found in owners.items() if len(found) == 1]


def _spread_blocks(pair: Pair) -> list[UUID]:
    """Who is blocked is blocked with all addresses; opting out counts for the person by itself."""
    pairs = []
    for channel in _closed(pair, "blocked", True):
        if can_block(channel.kind):
            kinds = adapter_for(channel.kind).address_kinds
            mine = Address.objects.filter(customer__in=[pair.survivor, pair.other], kind__in=kinds)
            pairs += [(channel.id, key) for key in mine.order_by("id").values_list("id", flat=True)]
    return wish_blocks(pairs, blocked=True)
