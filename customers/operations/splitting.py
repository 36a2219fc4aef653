"""One customer was two people: an address, and what came by it, become a customer of their own."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from customers.models import Address, Customer
from customers.operations.merging import Pair, belongings, with_later
from customers.operations.people import hold_people


class OnlyPerson(Exception):
    """All addresses of this customer are one person's."""


def take_out(*, address: Address, name: str = "") -> Pair:
    """Make whoever is behind an address a customer of their own, with the addresses that were first seen
    beside it and all that came by them. name: by default what the provider calls them.

    What is known of the customer (fields, labels, own id) stays; what was denied is denied to both. Merging
    the two undoes it. Writes Customer, Address and what the rooms above keep of customers. Raises OnlyPerson
    when nothing would be left.
    """
    hold_people(alone=True)
    address = Address.objects.get(id=address.id)
    mine: Customer = Customer.objects.select_for_update(no_key=True).get(id=address.customer_id)
    keys = _person_of(address)
    if not Address.objects.filter(customer=mine).exclude(id__in=keys).exists():
        raise OnlyPerson(_("All addresses of this customer are of one person; nobody can be taken out."))
    theirs = Customer.objects.create(name=name or _called(keys))
    Customer.objects.filter(id=mine.id).update(version=F("version") + 1)
    Address.objects.filter(id__in=keys).update(customer=theirs)
    mine.refresh_from_db()
    pair = Pair(mine, theirs)
    for room in belongings():
        room.take_out(pair, keys)
    return pair


def _person_of(address: Address) -> list[UUID]:
    """The addresses of the same customer that are one person's: this one, the one it was first seen beside,
    and those that were seen beside these."""
    key = address.id
    beside = dict(Address.objects.filter(customer=address.customer_id).values_list("id", "beside"))
    while (first := beside[key]) in beside:
        key = first
    return [one for one in with_later([key]) if one in beside]


def _called(keys: list[UUID]) -> str:
    labels = Address.objects.filter(id__in=keys).exclude(label="").order_by("created_at", "id")
    return labels.values_list("label", flat=True).first() or ""
