"""Adding an address to a customer by hand, and taking one away that nothing hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from common.ids import uuid7
from common.sql import lock_keys
from common.tenancy import require_tenant
from customers.models import Address, Customer
from customers.operations.people import find_addresses, hold_people
from events import bus


class AddressTaken(Exception):
    """The address belongs to another customer, who is `customer`."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(_("This address belongs to %s already.") % (customer.name or _("another customer")))
        self.customer = customer


def add_address(
    *, customer: Customer, kind: str, value: str, by: Mapping[str, Any], label: str = "", shape: Any
) -> Address:
    """Give a customer one more address; one they have already stays as it is. shape: turns the row into the
    event's JSON. Writes Address, Customer, Event `customer.updated`. Raises AddressTaken."""
    hold_people()
    lock_keys([f"{require_tenant()}|{kind}|{value}"])
    known = find_addresses([(kind, value)]).get((kind, value))
    if known is not None:
        if known.customer_id != customer.id:
            raise AddressTaken(known.customer)
        return known
    made: Address = Address.objects.create(id=uuid7(), customer=customer, kind=kind, value=value, label=label)
    _tell(customer, by, shape)
    return made


def remove_address(*, address: Address, by: Mapping[str, Any], shape: Any) -> None:
    """Take an address away that nothing hangs on (the rooms above know); nobody may store anything about
    people meanwhile. Writes Address, Customer, Event `customer.updated`."""
    customer = address.customer
    Address.objects.filter(id=address.id).delete()
    _tell(customer, by, shape)


def _tell(customer: Customer, by: Mapping[str, Any], shape: Any) -> None:
    Customer.objects.filter(id=customer.id).update(version=F("version") + 1)
    fresh = Customer.objects.prefetch_related("addresses").get(id=customer.id)
    bus.record("customer.updated", {"customer": shape(fresh)}, actor=by, customer_id=customer.id)
