"""One person with two numbers: to which of them an answer goes, and which reply window counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Address
from customers.operations import Sighting, learn_addresses, resolve_people
from inbox.models import Delivery, Message, Reach
from inbox.models.deliveries import Lane
from inbox.operations.authors import Author
from inbox.operations.departures import claim
from inbox.operations.errors import NoAddress, NotPossible, WindowClosed
from inbox.operations.outreach import message_customer
from inbox.operations.receipts import drain
from inbox.operations.reply import Terms, react, reply
from inbox.operations.rules import Part
from inbox.operations.scheduled import schedule_message, send_scheduled
from inbox.operations.writing import Writing, write_to_customers
from inbox.queries.customers import customer_card
from tests import hooks
from tests.cast import Cast
from tests.inbox.ada_twice import ADA, ADA_AGAIN, Two, merge, two_of, writes

pytestmark = pytest.mark.django_db

DAY = timedelta(hours=25)


@pytest.fixture
def two(cast: Cast) -> Two:
    """Ada under two numbers, merged; she wrote last from the second."""
    first, second = two_of(cast)
    with tenant_context(cast.acme.id):
        merge(cast, first.customer, second.customer)
        first.thread.refresh_from_db()
    return first, second


def answer(cast: Cast, message: Message, text: str = "Hello", **said: Any) -> str:
    """The number whose person it goes to."""
    sent = reply(thread=message.thread, by=Author.of(cast.alice), client_ref=str(uuid4()), text=text, **said)
    assert sent.address
    return sent.address.value.removeprefix("GB.")


def number(phone: str) -> Address:
    return Address.objects.get(kind="phone", value=f"+{phone}")


def long_ago(phone: str) -> None:
    """More than a day has passed since this number wrote."""
    theirs = Reach.objects.filter(address__value__in=[f"+{phone}", f"GB.{phone}"])
    theirs.update(last_inbound_at=timezone.now() - DAY)


def leaving() -> int:
    """How many of what is queued may leave now."""
    # A test is one transaction, and the database's clock stands still in it.
    Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    return len(claim(10, {}))


def test_an_answer_goes_to_the_number_that_wrote_last_on_the_channel(cast: Cast, two: Two) -> None:
    first, _ = two
    with tenant_context(cast.acme.id):
        assert answer(cast, first) == ADA_AGAIN

    writes(cast, "from the first", ADA)

    with tenant_context(cast.acme.id):
        assert answer(cast, first) == ADA


def test_many_at_once_go_to_the_same_number_in_as_many_statements_as_before(cast: Cast, two: Two) -> None:
    first, _ = two
    with tenant_context(cast.acme.id):
        said = Part(text="Hello")

        def write(ref: str, times: int) -> list[Any]:
            by, terms = Author.of(cast.alice), Terms()
            ours = [
                Writing(first.customer_id, cast.acme_number, by, f"{ref}{n}", said, Lane.REPLY, terms)
                for n in range(times)
            ]
            return write_to_customers(ours)

        write("warm", 1)
        with CaptureQueriesContext(connection) as one:
            (sent,) = write("one", 1)
        with CaptureQueriesContext(connection) as ten:
            write("ten", 10)

        assert sent.address.value == f"GB.{ADA_AGAIN}"
        assert len(ten) == len(one)


def test_a_colleague_may_choose_the_other_number_while_its_own_window_is_open(cast: Cast, two: Two) -> None:
    first, _ = two
    with tenant_context(cast.acme.id):
        assert answer(cast, first, address=number(ADA)) == f"+{ADA}"

        long_ago(ADA)
        with pytest.raises(WindowClosed):
            answer(cast, first, address=number(ADA))
        assert answer(cast, first) == ADA_AGAIN


def test_no_window_of_another_number_lets_a_message_leave(cast: Cast, two: Two) -> None:
    first, _ = two
    with tenant_context(cast.acme.id):
        sent = answer(cast, first, address=number(ADA))
        assert sent == f"+{ADA}"
        long_ago(ADA)

        assert leaving() == 0

        error = Message.objects.get(id=Delivery.objects.get().message_id).error
        assert (error or {}).get("code") == "window_closed"


def test_what_one_address_writes_opens_the_window_of_the_same_person_s_others(cast: Cast) -> None:
    message = writes(cast, "hello", ADA)
    with tenant_context(cast.acme.id):
        Reach.objects.filter(address=number(ADA)).update(last_inbound_at=timezone.now() - DAY)

        assert answer(cast, message, address=number(ADA)) == f"+{ADA}"
        assert leaving() == 1


def test_nobody_else_s_address_can_be_chosen(cast: Cast, two: Two) -> None:
    first, _ = two
    stranger = writes(cast, "another", "447700900555")
    with tenant_context(cast.acme.id):
        sighting = Sighting((("email", "ada@people.example"),))
        mail = resolve_people([sighting]).address_of(sighting)
        Address.objects.filter(id=mail.id).update(customer=first.customer)
        for wrong in (stranger.address, mail):
            with pytest.raises(NoAddress):
                answer(cast, first, address=wrong)


def test_whoever_is_named_by_a_number_is_written_to_there(cast: Cast, two: Two) -> None:
    with tenant_context(cast.acme.id):
        sent = message_customer(
            to={"phone": f"+{ADA}"}, by=Author.of(cast.alice), client_ref="x", text="Hi",
            channel=cast.acme_number,
        )  # fmt: skip
        assert str(sent.address and sent.address.value) == f"GB.{ADA}"


def test_a_reaction_goes_to_whoever_wrote_the_message(cast: Cast, two: Two) -> None:
    first, _ = two
    with tenant_context(cast.acme.id):
        react(message=first, by=Author.of(cast.alice), emoji="👍")
        assert Message.objects.get(kind="reaction").address_id == first.address_id


def test_what_leaves_later_keeps_its_address_or_says_that_it_is_gone(cast: Cast, two: Two) -> None:
    first, _ = two
    with tenant_context(cast.acme.id):
        when = timezone.now() + timedelta(hours=1)
        rows = [
            schedule_message(
                thread=first.thread, by=Author.of(cast.alice), client_ref=ref, send_at=when, text="Later",
                address=number(ADA),
            )
            for ref in ("a", "b")
        ]  # fmt: skip

        sent = send_scheduled(row=rows[0])
        assert sent.address == number(ADA)
        rows[1].address = uuid4()
        rows[1].save()
        with pytest.raises(NotPossible, match="removed"):
            send_scheduled(row=rows[1])


def test_after_a_change_of_number_the_answer_follows(cast: Cast) -> None:
    message = writes(cast, "hello", ADA)
    system = {
        "body": "changed",
        "wa_id": "447700900199",
        "user_id": "GB.900199",
        "type": "user_changed_number",
    }
    moved = {"from": ADA, "id": "wamid.moved", "timestamp": "1793000175", "type": "system", "system": system}
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=[moved]))
    drain()

    with tenant_context(cast.acme.id):
        assert answer(cast, message) == "900199"
        (place,) = customer_card(message.customer_id)["places"]
        assert len(place["address_ids"]) == 4


def test_a_customer_s_places_are_told_once_for_each_person_of_a_channel(cast: Cast, two: Two) -> None:
    first, _ = two
    with tenant_context(cast.acme.id):
        long_ago(ADA)
        learn_addresses({("whatsapp_id", "GB.learned"): number(ADA).id})
        values = dict(Address.objects.values_list("id", "value"))

        told = customer_card(first.customer_id)["places"]

        shown = [[values[key] for key in map(_uuid, place["address_ids"])] for place in told]
        assert [row[0] for row in shown] == [f"GB.{ADA_AGAIN}", f"GB.{ADA}"]
        assert set(shown[1]) == {f"GB.{ADA}", f"+{ADA}", "GB.learned"}
        ends = [str(place["window_until"]) for place in told]
        assert ends[0] > ends[1]


def _uuid(text: str) -> Any:
    return Address.objects.get(id=text).id
