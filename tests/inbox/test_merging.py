"""Two rows of one person become one, with all that hangs on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from common.tenancy import TenantForeignKey, tenant_context
from customers.models import Address, Customer, CustomerMerge
from customers.operations import (
    NotMergeable,
    Sighting,
    StaleMerge,
    change_customer,
    preview_merge,
    resolve_people,
)
from events.models import Event
from inbox.models import Call, Delivery, Message, Reach, ScheduledMessage, Thread, ThreadRead
from inbox.operations.authors import Author
from inbox.operations.blocks import block_customer
from inbox.operations.identities import confirm_identity
from inbox.operations.merging import merge_people, split_people
from inbox.operations.notes import add_note
from inbox.operations.reach import is_opted_out
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from inbox.operations.scheduled import cancel_scheduled, send_scheduled
from inbox.operations.seen import mark_read
from inbox.operations.threads import assign_thread, close_thread, label_thread, prioritize_thread
from inbox.queries.threads import ThreadFilter, find_thread, threads
from inbox.queries.timeline import Window, timeline
from notifications.models import Consent, ConsentState
from notifications.operations.consents import record_consents
from tests import hooks
from tests.cast import Cast
from tests.inbox.ada_twice import ADA, ADA_AGAIN, Two, later, lines, merge, two_of, writes
from tests.planner import count_anew, rows_read

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast: Cast) -> Two:
    return two_of(cast)


# ---------------------------------------------------------------- one


def test_both_histories_stand_in_one_thread(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        add_note(thread=second.thread, by=cast.alice, text="called", client_ref="n1")
        merge(cast, first.customer, second.customer)

        assert lines(first.thread) == ["one", "two", "three", "four", "called"]
        numbers = Message.objects.filter(thread=first.thread).order_by("at").values_list("number", flat=True)
        assert list(numbers) == [1, 2, 3, 4]
        assert (first.thread.inbound_count, first.thread.last_text) == (4, "four")
        assert [row.id for row in threads(ThreadFilter())] == [first.thread.id]
        assert set(Message.objects.values_list("customer_id", flat=True)) == {first.customer_id}
        assert set(Address.objects.values_list("customer_id", flat=True)) == {first.customer_id}
        opened = [one for one in timeline(first.thread, Window(100))["data"] if one["type"] == "event"]
        assert len(opened) == 2  # both conversations were opened once


def test_links_to_the_merged_lead_to_the_survivor(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        merge(cast, first.customer, second.customer)

        assert find_thread(second.thread_id, None).id == first.thread_id


def test_what_is_written_after_goes_on_in_the_one_thread(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        merge(cast, first.customer, second.customer)

    later = writes(cast, "five", ADA_AGAIN)

    assert (later.thread_id, later.customer_id, later.number) == (first.thread_id, first.customer_id, 5)


def test_what_has_to_leave_keeps_its_turn(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        reply(thread=first.thread, by=Author.of(cast.alice), text="a", client_ref="same")
        reply(thread=second.thread, by=Author.of(cast.alice), text="b", client_ref="same")
        made = merge(cast, first.customer, second.customer)

        assert set(Delivery.objects.values_list("order_key", flat=True)) == {first.thread_id}
        refs = (
            Message.objects.filter(direction="outbound").order_by("at").values_list("client_ref", flat=True)
        )
        assert list(refs) == ["same", None]
        split_people(merge=made, by=Author.of(cast.alice))
        assert set(Delivery.objects.values_list("order_key", flat=True)) == {
            first.thread_id,
            second.thread_id,
        }
        assert set(refs.all()) == {"same"}


def test_what_leaves_later_leaves_in_the_one_thread(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        soon, late = (later(message, "same", cast) for message in two)
        made = merge(cast, first.customer, second.customer)

        first.thread.refresh_from_db()
        assert first.thread.scheduled_count == 2
        message = send_scheduled(row=soon)
        assert message.thread_id == first.thread_id
        cancel_scheduled(row=late, by=Author.of(cast.alice))  # found where it stands now
        second_late = later(first, "more", cast)
        split_people(merge=made, by=Author.of(cast.alice))
        assert ScheduledMessage.objects.get(id=second_late.id).thread_id == first.thread_id
        first.thread.refresh_from_db()
        second.thread.refresh_from_db()
        assert (first.thread.scheduled_count, second.thread.scheduled_count) == (1, 0)


def test_calls_go_along_and_come_back_by_their_addresses(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        for one in two:
            Call.objects.create(
                channel=cast.acme_number, thread=one.thread, customer=one.customer, address=one.address,
                direction="outbound", state="ended", outcome="missed", ref="1", rang_at=timezone.now(),
            )  # fmt: skip
        made = merge(cast, first.customer, second.customer)

        assert set(Call.objects.values_list("thread", "customer")) == {(first.thread_id, first.customer_id)}
        split_people(merge=made, by=Author.of(cast.alice))
        assert set(Call.objects.values_list("thread", "customer", "address")) == {
            (one.thread_id, one.customer_id, one.address_id) for one in two
        }


def test_nothing_unread_counts_as_read(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        first.thread.refresh_from_db()
        mark_read(thread=first.thread, member=cast.bob, read_count=2)  # one, three; not two, four
        mark_read(thread=first.thread, member=cast.alice, read_count=2)
        second.thread.refresh_from_db()
        mark_read(thread=second.thread, member=cast.alice, read_count=2)
        merge(cast, first.customer, second.customer)

        reads = ThreadRead.objects.filter(thread=first.thread).values_list("member_id", "read_count")
        assert dict(reads) == {cast.bob.id: 1, cast.alice.id: 4}


def test_labels_priority_and_people_go_along(cast: Cast, two: Two) -> None:
    first, second = two
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        label_thread(thread=first.thread, labels=["card"], by=alice)
        label_thread(thread=second.thread, labels=["fraud", "card"], by=alice)
        prioritize_thread(thread=second.thread, priority=4, by=alice)
        assign_thread(thread=second.thread, assignee=cast.bob, team=None, by=alice)
        close_thread(thread=first.thread, by=alice)
        merge(cast, first.customer, second.customer)

        first.thread.refresh_from_db()
        assert first.thread.labels == ["card", "fraud"]
        assert (first.thread.priority, first.thread.assignee_id) == (4, cast.bob.id)
        assert first.thread.status == "open"


def test_past_conversations_stay_past(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        close_thread(thread=second.thread, by=Author.of(cast.alice))
        Thread.objects.filter(id=second.thread_id).update(closed_at=timezone.now() - timedelta(days=30))
        merge(cast, first.customer, second.customer)

        second.thread.refresh_from_db()
        assert (second.thread.customer_id, second.thread.status) == (first.customer_id, "closed")
        assert second.thread.joined_to_id is None
        assert lines(second.thread) == ["two", "four"]


# ---------------------------------------------------------------- wishes


def test_the_stricter_consent_counts(cast: Cast, two: Two) -> None:
    first, second = two
    alice = Author.of(cast.alice)
    yes, no = ({"category": "marketing", "state": state} for state in ("granted", "denied"))
    with tenant_context(cast.acme.id):
        record_consents(customer=first.customer, given=[yes], source="form", by=alice)
        record_consents(customer=second.customer, given=[no], source="form", by=alice)
        Reach.objects.filter(address__customer=second.customer).update(consent="opted_out")
        first.customer.refresh_from_db()
        denied = preview_merge(survivor=first.customer, other=second.customer).denied
        made = merge(cast, first.customer, second.customer)

        assert {(one["category"], one["channel"]) for one in denied} == {
            ("marketing", "*"),
            ("marketing", cast.acme_number.name),
        }
        assert Consent.objects.get(customer=first.customer).state == ConsentState.DENIED
        assert is_opted_out(channel=cast.acme_number, customer_id=first.customer_id)
        split_people(merge=made, by=alice)
        assert Consent.objects.get(customer=first.customer).state == ConsentState.GRANTED
        assert not is_opted_out(channel=cast.acme_number, customer_id=first.customer_id)


def test_who_is_blocked_is_blocked_with_every_address(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        block_customer(customer=second.customer, channel=cast.acme_number, by=Author.of(cast.alice))
        made = merge(cast, first.customer, second.customer)
        blocked = Reach.objects.filter(blocked=True)

        assert set(blocked.values_list("address__customer", flat=True)) == {first.customer_id}
        assert blocked.count() == Address.objects.count() == 4
        split_people(merge=made, by=Author.of(cast.alice))
        assert set(blocked.values_list("address__customer", flat=True)) == {second.customer_id}


def test_whom_somebody_has_to_confirm_stays_with_the_address(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        unsure = Reach.objects.filter(identity_changed_at__isnull=False)
        theirs = Reach.objects.filter(address__customer=second.customer)
        theirs.update(identity_key="k=", identity_changed_at=timezone.now())
        made = merge(cast, first.customer, second.customer)
        assert set(unsure.values_list("address__customer", flat=True)) == {first.customer_id}
        split_people(merge=made, by=Author.of(cast.alice))
        assert set(unsure.values_list("address__customer", flat=True)) == {second.customer_id}

        merge(cast, first.customer, second.customer)
        first.customer.refresh_from_db()
        confirm_identity(customer=first.customer, channel=cast.acme_number, by=Author.of(cast.alice))
        assert not unsure.exists()


# ---------------------------------------------------------------- what is refused


def test_a_stale_preview_is_refused(cast: Cast, two: Two) -> None:
    first, second = two
    alice = Author.of(cast.alice)
    changes: list[Callable[[], Any]] = [
        lambda: change_customer(customer=second.customer, by=alice.actor, name="Eve"),
        lambda: resolve_people([Sighting((("phone", f"+{ADA}"), ("email", "ada@people.example")))]),
        lambda: close_thread(thread=second.thread, by=alice),
        lambda: Reach.objects.filter(address__customer=second.customer).update(consent="opted_out"),
    ]
    with tenant_context(cast.acme.id):
        for change in changes:
            for one in (first.customer, second.customer):
                one.refresh_from_db()
            token = preview_merge(survivor=first.customer, other=second.customer).token
            change()
            with pytest.raises(StaleMerge) as refusal:
                merge_people(survivor=first.customer, other=second.customer, token=token, by=alice)
            assert refusal.value.preview.token != token
        assert not CustomerMerge.objects.exists()


def test_nobody_is_merged_twice_or_parted_in_the_wrong_order(cast: Cast, two: Two) -> None:
    first, second = two
    third = writes(cast, "other", "447700900125").customer
    alice = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        with pytest.raises(NotMergeable):
            preview_merge(survivor=first.customer, other=first.customer)
        made = merge(cast, first.customer, second.customer)
        second.customer.refresh_from_db()
        with pytest.raises(NotMergeable):
            preview_merge(survivor=third, other=second.customer)
        again = merge(cast, third, first.customer)
        with pytest.raises(NotMergeable):
            split_people(merge=made, by=alice)
        split_people(merge=again, by=alice)
        split_people(merge=made, by=alice)
        with pytest.raises(NotMergeable):
            split_people(merge=made, by=alice)
        assert lines(second.thread) == ["two", "four"]


def test_merging_and_undoing_are_facts_with_an_actor(cast: Cast, two: Two) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        made = merge(cast, first.customer, second.customer)
    with tenant_context(cast.acme.id):
        split_people(merge=made, by=Author.of(cast.alice))
    with tenant_context(cast.acme.id):
        merged, split = Event.objects.filter(type__in=["customer.merged", "customer.split"]).order_by("seq")
        assert merged.data["joined"] == {str(second.thread_id): str(first.thread_id)}
        assert merged.data["merged"]["id"] == str(second.customer_id)
        assert {merged.actor["name"], split.actor["name"]} == {cast.alice.name}
        assert split.data["other"]["id"] == str(second.customer_id)


# ---------------------------------------------------------------- the house


def test_every_table_that_knows_customers_takes_part() -> None:
    """A new key to Customer needs a place in a room's belongings; then it is named here."""
    known = {
        "customers.Address", "customers.Customer", "customers.CustomerMerge",
        "inbox.Call", "inbox.Message", "inbox.Thread",
        "notifications.CampaignRow", "notifications.Consent", "notifications.ConsentChange",
        "notifications.Notification", "notifications.Preference",
        "inbox.StartedWith",  # a provider's count of people we began with: stays, which is the stricter
    }  # fmt: skip
    found = {
        model._meta.label
        for model in apps.get_models()
        for key in model._meta.local_fields
        if isinstance(key, TenantForeignKey) and key.related_model is Customer
    }
    assert found == known


def test_a_big_conversation_is_moved_in_few_statements(
    cast: Cast, two: Two, django_assert_max_num_queries: Any
) -> None:
    first, second = two
    now = int(timezone.now().timestamp())
    many = [hooks.text_message(f"wamid.m{n}", f"m{n}", phone=ADA_AGAIN, at=now - 90) for n in range(60)]
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=many))
    drain()
    with tenant_context(cast.acme.id), django_assert_max_num_queries(72):
        merge(cast, first.customer, second.customer)


def test_a_big_conversation_is_moved_in_time_while_the_planner_believes_it_is_empty(
    cast: Cast, two: Two
) -> None:
    """Autovacuum had counted the messages before these came: each was numbered by reading all of them."""
    first, second = two
    now = int(timezone.now().timestamp())
    many = [hooks.text_message(f"wamid.m{n}", f"m{n}", phone=ADA_AGAIN, at=now - 90) for n in range(200)]
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=many))
    drain()
    count_anew("inbox_message")
    with tenant_context(cast.acme.id):
        before = rows_read("inbox_message")
        made = merge(cast, first.customer, second.customer)
        joined = rows_read("inbox_message")
        split_people(merge=made, by=Author.of(cast.alice))
        parted = rows_read("inbox_message")

    assert joined - before <= 30 * 200
    assert parted - joined <= 30 * 200
