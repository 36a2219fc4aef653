"""Two people shared a record: one of them is taken out, with all that came by their address."""

from __future__ import annotations

import pytest

from common.tenancy import tenant_context
from customers.models import Address, Customer
from customers.operations import OnlyPerson, change_customer, preview_merge
from events.models import Event
from inbox.models import Message, Reach, Thread, ThreadRead
from inbox.operations.authors import Author
from inbox.operations.blocks import block_customer
from inbox.operations.merging import merge_people, split_people, take_person_out
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.seen import mark_read
from inbox.operations.threads import assign_thread, close_thread, label_thread
from inbox.queries.threads import find_thread
from notifications.models import Consent, Notification
from notifications.operations.consents import record_consents
from tests.cast import Cast
from tests.inbox.ada_twice import ADA, ADA_AGAIN, Two, later, lines, merge, two_of, writes
from tests.notifications.conftest import ask, make_type, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(cast: Cast) -> Two:
    """Ada and her brother are one customer, in one conversation."""
    two = two_of(cast)
    with tenant_context(cast.acme.id):
        merge(cast, two[0].customer, two[1].customer)
    return two


def take(cast: Cast, message: Message, name: str = "Her brother") -> Customer:
    address = Address.objects.get(id=message.address_id)
    return take_person_out(address=address, name=name, by=Author.of(cast.alice))


def test_what_came_by_the_address_goes_to_a_new_customer(cast: Cast, shared: Two) -> None:
    hers, his = shared
    with tenant_context(cast.acme.id):
        thread = find_thread(hers.thread_id, None)
        label_thread(thread=thread, labels=["card"], by=Author.of(cast.alice))
        assign_thread(thread=thread, assignee=cast.bob, team=None, by=Author.of(cast.alice))
        mark_read(thread=thread, member=cast.bob, read_count=3)
        made = take(cast, his)

        his.refresh_from_db()
        new = his.thread
        assert (made.name, new.customer_id, his.customer_id) == ("Her brother", made.id, made.id)
        assert (lines(find_thread(hers.thread_id, None)), lines(new)) == (["one", "three"], ["two", "four"])
        assert (new.status, new.assignee_id, new.labels) == ("open", cast.bob.id, ["card"])
        assert (new.inbound_count, new.last_text, new.waiting_since) == (2, "four", his.at)
        assert set(ThreadRead.objects.values_list("thread_id", "read_count")) == {
            (hers.thread_id, 2),
            (new.id, 1),
        }
        assert set(Address.objects.filter(customer=made).values_list("kind", flat=True)) > {"phone"}
        for row in Thread.objects.filter(joined_to=None):
            numbers = Message.objects.filter(thread=row).order_by("at").values_list("number", flat=True)
            assert list(numbers) == [1, 2]

    assert writes(cast, "five", ADA_AGAIN).thread_id == new.id
    assert writes(cast, "six", ADA).thread_id == hers.thread_id
    with tenant_context(cast.acme.id):
        told = Event.objects.get(type="customer.split").data
        assert (told["customer"]["id"], told["other"]["id"]) == (str(hers.customer_id), str(made.id))


def test_conversations_that_are_theirs_alone_go_whole(cast: Cast, shared: Two) -> None:
    hers, _ = shared
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        close_thread(thread=find_thread(hers.thread_id, None), by=alice)
        Thread.objects.update(closed_at=hers.thread.created_at.replace(year=2020))
    alone = writes(cast, "five", ADA_AGAIN)
    with tenant_context(cast.acme.id):
        add_note(thread=alone.thread, by=cast.alice, text="noted", client_ref="n")
        made = take(cast, alone)

        thread = find_thread(alone.thread_id, None)
        assert (thread.customer_id, lines(thread)) == (made.id, ["five", "noted"])
        assert Thread.objects.filter(customer=made, joined_to=None).exclude(status="closed").count() == 1


def test_what_is_under_way_follows_its_address(cast: Cast, shared: Two) -> None:
    hers, his = shared
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        thread = find_thread(hers.thread_id, None)
        said = reply(thread=thread, by=alice, text="Dear brother", client_ref="a", address=his.address)
        late = later(Message.objects.select_related("thread").get(id=hers.id), "late", cast)
        type(late).objects.filter(id=late.id).update(address=his.address_id)
        named = make_type(cast.alice)
        send(cast.alice, ask(named, to={"phone": f"+{ADA_AGAIN}"}))
        take(cast, his)

        for row in (said, late, his):
            row.refresh_from_db()
        assert {said.thread_id, late.thread_id, said.deliveries.get().order_key} == {his.thread_id}
        assert (find_thread(hers.thread_id, None).scheduled_count, his.thread.scheduled_count) == (0, 1)
        assert Notification.objects.count() == 1


def test_what_was_denied_is_denied_to_both(cast: Cast, shared: Two) -> None:
    hers, his = shared
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        given = [{"category": "marketing", "state": "denied"}, {"category": "utility", "state": "granted"}]
        record_consents(customer=hers.customer, given=given, source="form", by=alice)
        block_customer(customer=hers.customer, channel=cast.acme_number, by=alice)
        made = take(cast, his)

        denied = Consent.objects.filter(state="denied", category="marketing")
        assert set(denied.values_list("customer_id", flat=True)) == {hers.customer_id, made.id}
        granted = Consent.objects.filter(category="utility")
        assert set(granted.values_list("customer_id", flat=True)) == {hers.customer_id}
        blocked = Reach.objects.filter(blocked=True).values_list("address__customer", flat=True)
        assert set(blocked) == {hers.customer_id, made.id}


def test_merging_undoes_it(cast: Cast, shared: Two) -> None:
    hers, his = shared
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        change_customer(customer=Customer.objects.get(id=hers.customer_id), by=alice.actor, labels=["vip"])
        made = take(cast, his)
        mine = Customer.objects.get(id=hers.customer_id)
        token = preview_merge(survivor=mine, other=made).token
        again = merge_people(survivor=mine, other=made, token=token, by=alice)

        assert lines(find_thread(hers.thread_id, None)) == ["one", "two", "three", "four"]
        assert find_thread(hers.thread_id, None).inbound_count == 4
        split_people(merge=again, by=alice)
        his.refresh_from_db()
        assert (lines(find_thread(hers.thread_id, None)), lines(his.thread)) == (
            ["one", "three"],
            ["two", "four"],
        )


def test_a_merge_is_undone_after_somebody_was_taken_out(cast: Cast) -> None:
    hers, his = two_of(cast)
    third = writes(cast, "other", "447700900125")
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        merge(cast, hers.customer, his.customer)
        made = merge(cast, hers.customer, third.customer)
        take(cast, his)
        split_people(merge=made, by=alice)

        for row in Thread.objects.filter(joined_to=None):
            stored = Message.objects.filter(thread=row)
            assert row.inbound_count == stored.count()
            assert set(stored.values_list("customer_id", flat=True)) == {row.customer_id}
        assert lines(find_thread(third.thread_id, None)) == ["other"]


def test_who_is_alone_cannot_be_taken_out(cast: Cast) -> None:
    hers, _ = two_of(cast)
    with tenant_context(cast.acme.id), pytest.raises(OnlyPerson):
        take(cast, hers)
