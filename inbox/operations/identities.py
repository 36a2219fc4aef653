"""Is it still the same person who answers under an address? Providers that can tell show a key of theirs.

Another key means another phone, and perhaps somebody else: our messages wait until a person confirms. The key
belongs to one channel and one address; whose they are may change without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from common import queues
from common.sql import insert_rows, write_values
from common.tenancy import require_tenant
from customers.models import Address, Customer
from customers.operations import find_addresses
from customers.queries import addresses_ahead
from events import bus
from inbox.models import Channel, Delivery, DeliveryState, Message, Outcome, Reach, Thread
from inbox.models.deliveries import QUEUE
from inbox.operations.arrivals import Arrival, Batch
from inbox.operations.authors import Author
from inbox.ports import InboundIdentity, InboundMessage, InboundReaction, Person, StatusReport
from inbox.shapes import thread_shape

#: Of the error of a message that waits, and what it says.
CODE = "identity_changed"
WAITS = (
    "This customer’s security code changed, so it may be another person. The message leaves when somebody "
    "confirms in the conversation who it is."
)
KEY_MAX = 200

Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class _Showing:
    """A key as one arrival showed it for one address. at: when it was shown, as the provider says."""

    arrival: Arrival
    address: Address
    key: str
    at: datetime

    @property
    def pair(self) -> Pair:
        return self.arrival.channel.id, self.address.id


def store_identities(batch: Batch) -> None:
    """Keep the keys that stored messages showed. The first one of an address is taken as it is; another one
    later waits to be confirmed. Writes Reach, Event `thread.identity_changed`."""
    changed: dict[Pair, _Showing] = {}
    written: set[int] = set()
    for showings in _rounds(_showings(batch)):
        for pair, is_change in _keep(showings.values()):
            written.add(showings[pair].arrival.index)
            if is_change:
                changed[pair] = showings[pair]
    for arrival in batch.arrivals:
        if isinstance(arrival.item, InboundIdentity) and arrival.index not in batch.verdicts:
            batch.settle(arrival, Outcome.STORED if arrival.index in written else Outcome.DUPLICATE)
    people = {one.address.customer_id: one.address.customer for one in changed.values()}
    for customer_id, channel in {
        (one.address.customer_id, one.arrival.channel): None for one in changed.values()
    }:
        _tell("thread.identity_changed", channel, customer_id, actor=_actor(people[customer_id]))


def _showings(batch: Batch) -> list[_Showing]:
    found = []
    for arrival in batch.arrivals:
        item, sighting = arrival.item, batch.sightings.get(arrival.index)
        if isinstance(item, InboundIdentity):
            found += _told(arrival, item, batch)
        elif sighting and _is_fresh(arrival, batch) and (key := _key(_writer(item))):
            addresses = batch.known.all_of(sighting)
            found += [_Showing(arrival, address, key, _when(item)) for address in addresses]
    return sorted(found, key=lambda one: (one.at, one.arrival.index))


def _told(arrival: Arrival, item: InboundIdentity, batch: Batch) -> list[_Showing]:
    """Of people we know; nobody is made for the sake of a key."""
    key = _key(item.sender)
    known = find_addresses((claim.kind, claim.value) for claim in item.sender.claims)
    if not key or not known:
        batch.settle(arrival, Outcome.IGNORED, "The address belongs to nobody we know.")
        return []
    return [_Showing(arrival, address, key, item.occurred_at) for address in known.values()]


def _is_fresh(arrival: Arrival, batch: Batch) -> bool:
    """A copy of an old message shows an old key."""
    verdict = batch.verdicts.get(arrival.index)
    return verdict is not None and verdict.outcome == Outcome.STORED


def _writer(item: Any) -> Person | None:
    """Who wrote to us alone; in a group nobody's key is that of the group."""
    if isinstance(item, InboundMessage | InboundReaction) and item.participant is None:
        return item.sender
    return None


def _when(item: Any) -> datetime:
    at: datetime = item.occurred_at
    return at


def _key(person: Person | None) -> str:
    return person.identity_key[:KEY_MAX] if person else ""


def _rounds(showings: Iterable[_Showing]) -> list[dict[Pair, _Showing]]:
    """The showings in their order, each address once a round; what says the same again is left out."""
    rounds: list[dict[Pair, _Showing]] = []
    count: dict[Pair, int] = {}
    for one in showings:
        n = count.get(one.pair, 0)
        if n and rounds[n - 1][one.pair].key == one.key:
            continue
        if n == len(rounds):
            rounds.append({})
        rounds[n][one.pair] = one
        count[one.pair] = n + 1
    return rounds


def _keep(showings: Iterable[_Showing]) -> Iterator[tuple[Pair, bool]]:
    """Write those that are news; gives each (channel, address) and whether it has to be confirmed now."""
    ordered = sorted(showings, key=lambda one: one.pair)
    rows = [
        Reach(channel_id=one.pair[0], address_id=one.pair[1], identity_key=one.key, identity_at=one.at)
        for one in ordered
    ]
    columns = ["channel_id", "address_id", "identity_at", "identity_changed_at"]
    for channel, address, at, changed_at in insert_rows(rows, on_conflict=_SHOWN, returning=columns):
        yield (channel, address), at == changed_at


_SHOWN = """
(tenant_id, channel_id, address_id) DO UPDATE
SET identity_key = EXCLUDED.identity_key, identity_at = EXCLUDED.identity_at,
    identity_changed_at = CASE WHEN inbox_reach.identity_key = '' THEN inbox_reach.identity_changed_at
      ELSE COALESCE(inbox_reach.identity_changed_at, EXCLUDED.identity_at) END
WHERE inbox_reach.identity_key <> EXCLUDED.identity_key
  AND (inbox_reach.identity_at IS NULL OR inbox_reach.identity_at <= EXCLUDED.identity_at)
"""


def _actor(customer: Customer) -> dict[str, Any]:
    return {"kind": "customer", "id": customer.id, "name": customer.name}


def _tell(kind: str, channel: Channel, customer_id: UUID, *, actor: dict[str, Any]) -> None:
    """A line in the person's latest conversation there, if they have one."""
    threads = Thread.objects.filter(customer=customer_id, inbox=channel.inbox_id, joined_to=None)
    ahead = threads.select_related("customer", "channel").prefetch_related(addresses_ahead("customer"))
    if thread := ahead.order_by("-active_at", "-id").first():
        data = {"thread": thread_shape(thread), "from": {}, "to": {}, "channel_id": channel.id}
        bus.record(kind, data, actor=actor, thread_id=thread.id, customer_id=customer_id)


# ---------------------------------------------------------------- what reports and refusals show


def learn_identities(arrivals: Sequence[Arrival]) -> None:
    """Take the key that a report of ours shows where none is known. It changes none: a report is as old as
    the message it is about. Writes Reach."""
    shown = [
        (require_tenant(), arrival.channel.id, claim.kind, claim.value, key, arrival.item.occurred_at)
        for arrival in arrivals
        if isinstance(arrival.item, StatusReport) and not arrival.item.participant
        for claim in arrival.item.recipient.claims
        if (key := _key(arrival.item.recipient))
    ]
    if shown:
        write_values(_LEARN, sorted(set(shown)), casts=_LEARN_TYPES)


_LEARN_TYPES = ("::uuid", "::uuid", "", "", "", "::timestamptz")
#: Locked in one order; what is known already is not touched.
_LEARN = """
WITH v (tenant_id, channel_id, kind, value, key, at) AS (VALUES %s), blank AS (
  SELECT r.tenant_id, r.id, v.key, v.at FROM v
  JOIN customers_address a ON a.tenant_id = v.tenant_id AND a.kind = v.kind AND a.value = v.value
  JOIN inbox_reach r ON r.tenant_id = v.tenant_id AND r.channel_id = v.channel_id AND r.address_id = a.id
  WHERE r.identity_key = '' AND r.identity_changed_at IS NULL
    AND (r.identity_at IS NULL OR r.identity_at <= v.at)
  ORDER BY r.channel_id, r.address_id FOR UPDATE OF r)
UPDATE inbox_reach r SET identity_key = blank.key, identity_at = blank.at
FROM blank WHERE r.tenant_id = blank.tenant_id AND r.id = blank.id
"""


def note_refusals(refused: Iterable[tuple[Message, str]]) -> None:
    """A provider refused messages because their person has another key than the one given along: which one
    nobody knows yet. Writes Reach, Delivery, Event `thread.identity_changed`."""
    for message, key in sorted(refused, key=lambda one: (one[0].channel_id, one[0].address_id)):
        mine = Reach.objects.filter(channel=message.channel_id, address=message.address_id)
        if _mark(mine.filter(identity_key=key), timezone.now()):
            _tell_of(message)
        elif not mine.filter(identity_changed_at__isnull=False).exists():
            _release(message.channel_id, [message.address_id])  # it was confirmed while we asked


def note_failures(failed: Iterable[tuple[Message, datetime]]) -> None:
    """The same, reported later of messages that had been taken; those have failed.

    Writes Reach, Event `thread.identity_changed`."""
    for message, at in sorted(failed, key=lambda one: (one[0].channel_id, one[0].address_id)):
        mine = Reach.objects.filter(channel=message.channel_id, address=message.address_id)
        is_newer = Q(identity_at__gte=at + timedelta(seconds=1))  # reports are cut to the second
        if _mark(mine.exclude(is_newer), at):
            _tell_of(message)


def _mark(rows: Any, at: datetime) -> int:
    changed: int = rows.filter(identity_changed_at=None).update(
        identity_key="", identity_at=at, identity_changed_at=at
    )
    return changed


def _tell_of(message: Message) -> None:
    _tell("thread.identity_changed", message.channel, message.customer_id, actor=_actor(message.customer))


# ---------------------------------------------------------------- confirming


def confirm_identity(*, customer: Customer, channel: Channel, by: Author) -> None:
    """Somebody has made sure that it is still this person: what waited for that leaves now.

    Writes Reach, Delivery, Event `thread.identity_confirmed` if something was to be confirmed.
    """
    rows = Reach.objects.filter(
        channel=channel, address__customer=customer, identity_changed_at__isnull=False
    )
    _release(channel.id, list(rows.values_list("address_id", flat=True)))
    locked = rows.select_for_update(of=("self",)).order_by("channel_id", "address_id")
    if keys := list(locked.values_list("id", flat=True)):
        Reach.objects.filter(id__in=keys).update(identity_changed_at=None)
        _tell("thread.identity_confirmed", channel, customer.id, actor=by.actor)


def forget_identities(*, channel: Channel) -> None:
    """The provider no longer shows keys on this channel: those we have grow old, and nothing waits for one.

    Writes Reach, Delivery."""
    rows = Reach.objects.filter(channel=channel)
    waiting = rows.filter(identity_changed_at__isnull=False)
    _release(channel.id, list(waiting.values_list("address_id", flat=True)))
    known = rows.filter(~Q(identity_key="") | Q(identity_changed_at__isnull=False))
    known.update(identity_key="", identity_at=timezone.now(), identity_changed_at=None)


def _release(channel_id: UUID, addresses: Sequence[UUID]) -> None:
    """Look again at once at what waits for these people."""
    held = Delivery.objects.filter(
        channel=channel_id, state=DeliveryState.HELD, message__address__in=addresses
    )
    if addresses and held.update(due_at=timezone.now()):
        queues.enqueue(QUEUE)
