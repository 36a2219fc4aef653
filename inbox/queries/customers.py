"""Customers with what each channel allows, and the list of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from customers.models import Address, Customer
from customers.queries import find_customer
from inbox import wire
from inbox.models import Channel, Reach
from inbox.queries.heard import places
from inbox.shapes import customer_shape


def find_customers(*, q: str = "", external_id: str = "", address: str = "") -> QuerySet[Customer]:
    """Customers by name or address (`q`, in any spelling), their id in your system, or one exact address."""
    rows = Customer.objects.filter(merged_into=None).prefetch_related("addresses")
    if external_id:
        merged = Customer.objects.filter(external_id=external_id).exclude(merged_into=None).first()
        this = Q(id=find_customer(merged.id).id) if merged else Q(external_id=external_id)
        rows = rows.filter(this)
    if address:
        rows = rows.filter(id__in=Address.objects.filter(value=address).values("customer_id"))
    return rows.filter(matching(q)) if q else rows


def matching(text: str, prefix: str = "") -> Q:
    """Customers whose name, or an address in any spelling, holds `text`. prefix: lookup to the customer."""
    digits = "".join(letter for letter in text if letter.isdigit()).lstrip("0")
    is_number = len(digits) >= 3 and not any(letter.isalpha() for letter in text)
    owners = Address.objects.filter(value__icontains=digits if is_number else text).values("customer_id")
    by_name: dict[str, Any] = {f"{prefix}name__icontains": text}
    return Q(**by_name) | Q(**{f"{prefix}id__in": owners})


def customer_card(customer_id: UUID) -> wire.Customer:
    """One customer, or whom they have become part of, with their reach: four statements. Raises
    Customer.DoesNotExist."""
    customer = find_customer(customer_id, Customer.objects.prefetch_related("addresses"))
    return customer_with_reach(customer)


def customer_with_reach(customer: Customer) -> wire.Customer:
    """The same for a row at hand whose addresses are prefetched."""
    addresses = list(customer.addresses.all())
    reach = Reach.objects.filter(address__in=addresses).select_related("channel").order_by("id")
    shape = customer_shape(customer, reach)
    shape["places"] = places(addresses, reach, Channel.objects.filter(is_active=True).order_by("id"))
    return shape
