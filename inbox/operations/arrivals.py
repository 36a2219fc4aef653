"""Items of receipts on their way into one tenant, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from common.ids import uuid7
from customers.models import Address
from customers.operations import Known, Sighting
from inbox.models import Attachment, Channel, FileState, Message, Outcome, Receipt
from inbox.operations.open_threads import AtHand
from inbox.ports import Inbound, InboundFile

TEXT_MAX = 65_536
#: Where tenants with files to fetch stand in ``common.queues``.
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
class Part:
    """One item of one receipt. tenant_id None: nobody's (an unknown number on a shared address)."""

    receipt: Receipt
    position: int
    item: Inbound
    tenant_id: UUID | None = None
    channel_id: UUID | None = None
    verdict: Verdict | None = None

    def quarantine(self, reason: str) -> None:
        self.verdict = Verdict(Outcome.QUARANTINED, reason)


@dataclass(slots=True)
class Batch:
    """Arrivals of one tenant while they are stored. sightings: by arrival index, of those with a sender."""

    arrivals: Sequence[Arrival]
    now: datetime
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    sightings: dict[int, Sighting] = field(default_factory=dict)
    known: Known = field(default_factory=Known)

    def settle(self, arrival: Arrival, outcome: Outcome, reason: str = "") -> None:
        self.verdicts[arrival.index] = Verdict(outcome, reason)

    def at_hand(self) -> AtHand:
        """Whom and what these arrivals are about, as rows already read."""
        people = {row.customer_id: row.customer for row in self.known.addresses.values()}
        return AtHand(people, {arrival.channel.id: arrival.channel for arrival in self.arrivals})

    def address(self, arrival: Arrival) -> Address:
        return self.known.address_of(self.sightings[arrival.index])


def about(message: Message) -> dict[str, Any]:
    """Who and what an event about a message that changed is about, as ``bus.record`` takes it."""
    customer = message.customer
    actor: dict[str, Any] = {"kind": "customer", "id": customer.id, "name": customer.name}
    if message.direction == "outbound":
        actor = {"kind": "system", "id": None, "name": "Phone app"}
    return {"actor": actor, "thread_id": message.thread_id, "customer_id": customer.id}


def pending_files(files: Iterable[InboundFile], message: Message) -> list[Attachment]:
    """Files of a message that still have to be fetched, as rows not yet written."""
    return [
        Attachment(
            id=uuid7(),
            message=message,
            channel=message.channel,
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
        for file in files
    ]
