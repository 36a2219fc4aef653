"""Two rows that were one person are two again, with everything each had."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Address
from customers.operations import (
    Sighting,
    change_customer,
    resolve_people,
)
from inbox.models import Message, Reaction, Thread, ThreadRead
from inbox.operations.authors import Author
from inbox.operations.drafts import save_draft
from inbox.operations.merging import split_people
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.seen import mark_read
from inbox.operations.threads import close_thread, label_thread
from inbox.operations.watching import watch_thread
from notifications.operations.consents import record_consents
from tests.cast import Cast
from tests.inbox.ada_twice import ADA, ADA_AGAIN, Two, later, lines, merge, picture, two_of, writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast: Cast) -> Two:
    return two_of(cast)


def test_undo_restores_every_row(cast: Cast, two: Two) -> None:
    first, second = two
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        _furnish(cast, first, second)
        before = picture()
        made = merge(cast, first.customer, second.customer)
        assert picture() != before
        split_people(merge=made, by=alice)

        assert picture() == before


def _furnish(cast: Cast, first: Message, second: Message) -> None:
    """Something of every kind on both."""
    alice = Author.of(cast.alice)
    for n, message in enumerate((first, second)):
        message.thread.refresh_from_db()
        reply(thread=message.thread, by=alice, text=f"answer {n}", client_ref="ref")
        add_note(
            thread=message.thread, by=cast.alice, text=f"note {n}", client_ref="n", mentions=[cast.bob.id]
        )
        save_draft(thread=message.thread, member=cast.bob, mode="reply", text=f"Dear {n}")
        label_thread(thread=message.thread, labels=["both", f"only {n}"], by=alice)
        mark_read(thread=message.thread, member=cast.bob, read_count=n)
        watch_thread(thread=message.thread, member=(cast.alice, cast.bob)[n])
        later(message, f"later {n}", cast)
        Reaction.objects.create(
            channel=cast.acme_number,
            target=str(message.external_id),
            by=str(message.customer_id),
            emoji="👍",
            at=timezone.now(),
        )
        given = [
            {"category": "marketing", "state": ("granted", "denied")[n]},
            {"category": "utility", "state": "granted"},
        ]
        record_consents(customer=message.customer, given=given[: n + 1], source="form", by=alice)
    save_draft(thread=second.thread, member=cast.alice, mode="note", text="begun")
    fields: dict[str, Any] = {"external_id": "C-17", "attributes": {"tier": "gold"}, "labels": ["vip"]}
    change_customer(customer=second.customer, by=alice.actor, language="de", **fields)
    change_customer(customer=first.customer, by=alice.actor, attributes={"tier": "lead", "city": "Rome"})


def test_after_undo_new_messages_follow_the_address_they_came_by(cast: Cast, two: Two) -> None:
    first, second = two
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        made = merge(cast, first.customer, second.customer)
    writes(cast, "five", ADA_AGAIN)
    writes(cast, "six", ADA)
    with tenant_context(cast.acme.id):
        first.thread.refresh_from_db()
        mark_read(thread=first.thread, member=cast.bob, read_count=6)
        split_people(merge=made, by=alice)

        assert lines(first.thread) == ["one", "three", "six"]
        assert lines(second.thread) == ["two", "four", "five"]
        assert (first.thread.inbound_count, first.thread.last_text) == (3, "six")
        assert (second.thread.inbound_count, second.thread.last_text) == (3, "five")
        assert second.thread.status == "open"
        assert set(ThreadRead.objects.values_list("thread_id", "read_count")) == {
            (first.thread_id, 3),
            (second.thread_id, 3),
        }
        for thread in (first.thread, second.thread):
            numbers = Message.objects.filter(thread=thread).order_by("at").values_list("number", flat=True)
            assert list(numbers) == [1, 2, 3]

    assert writes(cast, "seven", ADA_AGAIN).thread_id == second.thread_id


def test_after_undo_a_thread_begun_meanwhile_goes_with_who_wrote_in_it(cast: Cast, two: Two) -> None:
    first, second = two
    alice = Author.of(cast.alice)
    long_ago = timezone.now() - timedelta(days=30)
    with tenant_context(cast.acme.id):
        made = merge(cast, first.customer, second.customer)
        close_thread(thread=first.thread, by=alice)
        Thread.objects.filter(id=first.thread_id).update(closed_at=long_ago)
    fresh = writes(cast, "five", ADA_AGAIN).thread
    writes(cast, "six", ADA)
    with tenant_context(cast.acme.id):
        split_people(merge=made, by=alice)

        six = Message.objects.select_related("thread").get(text="six")
        five = Message.objects.select_related("thread").get(text="five")
        assert {five.thread_id, six.thread_id} > {fresh.id}
        assert (five.customer_id, six.customer_id) == (second.customer_id, first.customer_id)
        assert (five.thread.customer_id, six.thread.customer_id) == (second.customer_id, first.customer_id)
        assert (five.thread.last_text, six.thread.last_text) == ("five", "six")
        assert {five.thread.status, six.thread.status} == {"open"}
        second.thread.refresh_from_db()
        assert second.thread.status == "closed"  # it was closed for both


def test_an_address_learned_meanwhile_goes_with_the_one_it_was_seen_beside(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        made = merge(cast, first.customer, second.customer)
        resolve_people([Sighting((("phone", f"+{ADA_AGAIN}"), ("email", "ada@people.example")))])
        split_people(merge=made, by=Author.of(cast.alice))

        assert Address.objects.get(kind="email").customer_id == second.customer_id


def test_what_people_changed_since_stays(cast: Cast, two: Two) -> None:
    first, second = two
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        change_customer(customer=second.customer, by=alice.actor, language="de", labels=["vip", "old"])
        made = merge(cast, first.customer, second.customer)
        first.customer.refresh_from_db()
        assert (first.customer.language, first.customer.labels) == ("de", ["vip", "old"])
        change_customer(customer=first.customer, by=alice.actor, name="Ada King", labels=["vip", "new"])
        split_people(merge=made, by=alice)

        first.customer.refresh_from_db()
        assert (first.customer.name, first.customer.language) == ("Ada King", "")
        assert first.customer.labels == ["new"]
