"""Taking an address away from a customer: only one under which nothing was said, decided or sent."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from customers.models import Address
from customers.operations import hold_people, remove_address
from inbox.models import Call, Message, Reach, ScheduledMessage
from inbox.models.scheduled import SHOWN
from inbox.operations.authors import Author
from inbox.operations.errors import NotPossible
from inbox.shapes import customer_shape


def forget_address(*, address: Address, by: Author) -> None:
    """Take an address away that was never used, such as a number somebody mistyped.

    Writes Address, Customer, Event `customer.updated`. Raises NotPossible where history, consent or a block
    stands under it.
    """
    hold_people(alone=True)  # nobody writes from it, or to it, between the look and the deed
    address = Address.objects.select_for_update(of=("self",)).select_related("customer").get(id=address.id)
    if any(rows.exists() for rows in _uses(address)):
        raise NotPossible(
            _("Messages, calls or wishes of the customer stand under this address, so it stays.")
        )
    remove_address(address=address, by=by.actor, shape=customer_shape)


def _uses(address: Address) -> list[Any]:
    return [
        Message.objects.filter(address=address),
        Call.objects.filter(address=address),
        Reach.objects.filter(address=address),
        ScheduledMessage.objects.filter(address=address.id, state__in=SHOWN),
    ]
