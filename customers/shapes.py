"""Customers as the JSON of docs/wire.md; plain functions over rows already loaded."""

from __future__ import annotations

from common.wire import ident, stamp
from customers import wire
from customers.models import Address, Customer


def address_shape(address: Address) -> wire.Address:
    """One way to reach a customer."""
    return {"id": ident(address.id), "kind": address.kind, "value": address.value, "label": address.label}


def addresses_of(customer: Customer) -> list[wire.Address]:
    """A customer's addresses, phones first: people know each other by number, not by a provider's id."""
    rows = sorted(customer.addresses.all(), key=lambda row: (row.kind != "phone", row.created_at, row.id))
    return [address_shape(row) for row in rows]


def customer_shape(customer: Customer) -> wire.CustomerCard:
    """A Customer without `reach`, which belongs to channels (see inbox.shapes). Prefetch `addresses`."""
    return {
        "id": ident(customer.id),
        "name": customer.name,
        "external_id": customer.external_id,
        "language": customer.language,
        "timezone": customer.timezone,
        "addresses": addresses_of(customer),
        "attributes": customer.attributes,
        "labels": customer.labels,
        "created_at": stamp(customer.created_at),
        "version": customer.version,
    }
