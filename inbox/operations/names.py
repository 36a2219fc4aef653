"""What providers and address books call people: nobody wrote, so no conversation begins."""

from __future__ import annotations

from customers.operations import Naming, name_people
from inbox.models import Outcome
from inbox.operations.arrivals import Batch
from inbox.operations.authors import SYSTEM
from inbox.ports import InboundName
from inbox.shapes import customer_shape

OUTCOMES = {
    "named": (Outcome.STORED, ""),
    "known": (Outcome.DUPLICATE, ""),
    "late": (Outcome.IGNORED, "A later word about this person came before."),
    "unknown": (Outcome.IGNORED, "Nobody here has this address."),
}


def store_names(batch: Batch) -> None:
    """Writes Customer, Address, Event `customer.updated`."""
    told = [(arrival, arrival.item) for arrival in batch.arrivals if isinstance(arrival.item, InboundName)]
    if not told:
        return
    outcomes = name_people([_naming(item) for _, item in told], by=SYSTEM.actor, shape=customer_shape)
    for (arrival, _), outcome in zip(told, outcomes, strict=True):
        batch.settle(arrival, *OUTCOMES[outcome])


def _naming(item: InboundName) -> Naming:
    keys = tuple((claim.kind, claim.value) for claim in item.person.claims)
    return Naming(keys, "" if item.is_gone else item.person.name, item.occurred_at)
