"""Customers as the JSON of docs/wire.md; plain functions over rows already loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from common.wire import ident, stamp
from customers import wire
from customers.models import Address, Customer, CustomerMerge
from customers.operations import MergePreview


def address_shape(address: Address) -> wire.Address:
    """One way to reach a customer."""
    return {"id": ident(address.id), "kind": address.kind, "value": address.value, "label": address.label}


def addresses_of(customer: Customer) -> list[wire.Address]:
    """A customer's addresses, phones first: people know each other by number, not by a provider's id."""
    rows: Iterable[Address] = getattr(customer, "address_list", None) or customer.addresses.all()
    known = sorted(rows, key=lambda row: (row.kind != "phone", row.created_at, row.id))
    return [address_shape(row) for row in known]


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


def preview_shape(preview: MergePreview) -> wire.MergePreview:
    """A MergePreview."""
    return {
        "token": preview.token,
        "survivor_id": ident(preview.pair.survivor.id),
        "other_id": ident(preview.pair.other.id),
        "fields": preview.fields,
        "differences": cast(list[wire.Difference], list(preview.differences)),
        "figures": dict(preview.figures),
        "denied": cast(list[wire.Denied], list(preview.denied)),
    }


def merge_shape(merge: CustomerMerge) -> wire.Merge:
    """A CustomerMerge. Select `merged`."""
    return {
        "id": ident(merge.id),
        "survivor_id": ident(merge.survivor_id),
        "merged": {"id": ident(merge.merged_id), "name": merge.merged.name},
        "at": stamp(merge.at),
        "by": merge.by,
        "undone_at": stamp(merge.undone_at),
    }
