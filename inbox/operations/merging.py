"""Merging and splitting customers, as open pages and the tenant's systems hear of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from customers.models import Address, Customer, CustomerMerge
from customers.operations import merge_customers, split_customers, take_out
from events import bus
from inbox.models import Thread
from inbox.operations.authors import Author
from inbox.queries.customers import customer_card


def merge_people(*, survivor: Customer, other: Customer, token: str, by: Author) -> CustomerMerge:
    """Make `other` part of `survivor`, as the preview with this token showed it.

    Writes what ``merge_customers`` writes, Event `customer.merged`. Raises NotMergeable, StaleMerge.
    """
    merge = merge_customers(survivor=survivor, other=other, token=token, by=by.actor)
    _announce("customer.merged", merge, by)
    return merge


def split_people(*, merge: CustomerMerge, by: Author) -> CustomerMerge:
    """Undo a merge. Writes what ``split_customers`` writes, Event `customer.split`. Raises NotMergeable."""
    split_customers(merge=merge, by=by.actor)
    _announce("customer.split", merge, by)
    return merge


def take_person_out(*, address: Address, name: str, by: Author) -> Customer:
    """Make whoever is behind an address a customer of their own, who is returned; merging them undoes it.

    Writes what ``take_out`` writes, Event `customer.split`. Raises OnlyPerson.
    """
    pair = take_out(address=address, name=name)
    data: dict[str, Any] = {"merge_id": None, "customer": customer_card(pair.survivor.id)}
    data["merged"] = {"id": pair.other.id, "name": pair.other.name}
    data["other"] = customer_card(pair.other.id)
    bus.record("customer.split", data, actor=by.actor, customer_id=pair.survivor.id)
    return pair.other


def _announce(kind: str, merge: CustomerMerge, by: Author) -> None:
    data: dict[str, Any] = {"merge_id": merge.id, "customer": customer_card(merge.survivor_id)}
    data["merged"] = {"id": merge.merged_id, "name": merge.merged.name}
    if merge.undone_at:
        data["other"] = customer_card(merge.merged_id)
    else:
        data["joined"] = _joined(merge.merged_id)
    bus.record(kind, data, actor=by.actor, customer_id=merge.survivor_id)


def _joined(merged: UUID) -> dict[str, UUID | None]:
    """Thread → the one that has taken it in."""
    rows = Thread.objects.filter(customer=merged, joined_to__isnull=False)
    return {str(key): into for key, into in rows.values_list("id", "joined_to_id")}
