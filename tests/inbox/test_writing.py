"""Many messages queued at once: as one by one, in statements that do not grow with their number."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.tenancy import tenant_context
from customers.models import Customer
from customers.operations import Sighting, resolve_people
from events.models import Event
from inbox.models import Consent, Delivery, Message, Reach, Thread
from inbox.models.deliveries import Lane
from inbox.operations.authors import Author
from inbox.operations.errors import Refused
from inbox.operations.reply import Terms
from inbox.operations.rules import Part
from inbox.operations.writing import Writing, write_to_customers
from tests.cast import Cast

TEMPLATE = {"name": "hello_world", "language": "en_US", "components": []}


def people(n: int) -> list[Customer]:
    found = resolve_people([Sighting((("phone", f"+4477009{k:05}"),), f"Ada {k}") for k in range(n)])
    return [found.addresses["phone", f"+4477009{k:05}"].customer for k in range(n)]


def writing(cast: Cast, customer: Customer, ref: str = "r", **part: Any) -> Writing:
    said = Part(**({"template": TEMPLATE} | part))
    by = Author("system", None, "Ship")
    return Writing(customer.id, cast.acme_number, by, ref, said, Lane.UTILITY, Terms(waits_its_turn=False))


def statements(cast: Cast, customers: list[Customer], ref: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        write_to_customers([writing(cast, one, ref) for one in customers])
    return len(seen)


@pytest.mark.django_db
def test_each_is_queued_in_a_thread_of_its_customer_and_told(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        ada, bea = people(2)

        found = write_to_customers([writing(cast, ada), writing(cast, bea), writing(cast, ada, "second")])

        assert [one.status for one in found if isinstance(one, Message)] == ["queued"] * 3
        assert Thread.objects.count() == 2
        assert Thread.objects.get(customer=ada).outbound_count == 2
        seqs = Delivery.objects.filter(message__customer=ada).order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == [1, 2]
    with tenant_context(cast.acme.id):
        kinds = list(Event.objects.order_by("seq").values_list("type", flat=True))
    assert kinds[-5:] == ["thread.opened"] * 2 + ["message.queued"] * 3
    with tenant_context(cast.globex.id):
        assert not Message.objects.exists()


@pytest.mark.django_db
def test_one_refusal_refuses_no_other(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        ada, bea, cyd, dan = people(4)
        address = bea.addresses.get()
        Reach.objects.create(channel=cast.acme_number, address=address, consent=Consent.OPTED_OUT)
        dan.addresses.all().delete()
        offer = TEMPLATE | {"category": "marketing"}

        found = write_to_customers([
            writing(cast, ada),
            writing(cast, bea, template=offer),
            writing(cast, cyd, template=None, text="Hello"),
            writing(cast, dan),
        ])  # fmt: skip

        assert isinstance(found[0], Message)
        codes = [one.code for one in found if isinstance(one, Refused)]
        assert codes == ["opted_out", "window_closed", "no_address"]
        assert Message.objects.count() == 1


@pytest.mark.django_db
def test_the_same_reference_again_queues_nothing(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        [ada] = people(1)
        [first] = write_to_customers([writing(cast, ada)])

        [again] = write_to_customers([writing(cast, ada)])

        assert isinstance(first, Message)
        assert isinstance(again, Message)
        assert again.id == first.id
        assert Message.objects.count() == 1


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_number(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        customers = people(40)

        few, many = statements(cast, customers[:2], "a"), statements(cast, customers[2:], "b")

        assert few == many <= 20
