"""Writing to one customer first, whether we know them or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Address
from customers.operations import Sighting, resolve_people
from events import bus
from inbox.models import Channel, Message
from inbox.operations.authors import Author
from inbox.operations.errors import NoAddress
from inbox.operations.open_threads import threads_for
from inbox.operations.reply import reply
from inbox.operations.rules import address_beside
from inbox.operations.thread_lines import save_thread_lines
from inbox.ports import PHONE
from inbox.shapes import thread_shape


def message_customer(
    *,
    to: Mapping[str, Any],
    by: Author,
    client_ref: str,
    channel: Channel | None = None,
    name: str = "",
    **said: Any,
) -> Message:
    """Write to a customer, known or not: {"customer_id"} or {"phone"} or {"kind", "value"}.

    Makes the customer, address and thread where they are missing (a closed thread is continued within its
    inbox's gap), then answers like ``reply``; who is named by an address is written to there. Raises
    NoAddress, and all that ``reply`` raises.
    """
    chosen = channel or Channel.objects.filter(is_active=True).order_by("id").first()
    if chosen is None:
        raise NoAddress(_("No channel is connected; connect one in the console."), pointer="/channel_id")
    named = _address(to, name)
    customer_id = named.customer_id
    if "customer_id" not in to and said.get("address") is None:
        said["address"] = address_beside(chosen, named)
    pair = (customer_id, chosen.inbox_id)
    opening = threads_for([pair], now=timezone.now())[pair]
    save_thread_lines([opening.thread])
    if opening.event:
        prefetch_related_objects([opening.thread], "customer__addresses")
        bus.record(
            opening.event,
            {"thread": thread_shape(opening.thread), "from": opening.before, "to": {"status": "open"}},
            actor=by.actor,
            thread_id=opening.thread.id,
            customer_id=customer_id,
        )
    return reply(thread=opening.thread, by=by, client_ref=client_ref, channel=chosen, **said)


def _address(to: Mapping[str, Any], name: str) -> Address:
    """The address named, or any of the customer named."""
    if "customer_id" in to:
        address = Address.objects.filter(customer=to["customer_id"]).first()
        if address is None:
            raise NoAddress(_("This customer has no address we could write to."), pointer="/to/customer_id")
        return address
    key = (PHONE, str(to["phone"])) if "phone" in to else (str(to["kind"]), str(to["value"]))
    sighting = Sighting((key,), name)
    return resolve_people([sighting]).address_of(sighting)
