"""Merging customers over the API: look, merge, see it everywhere, undo; Charlie sees nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from common.tenancy import tenant_context
from customers.models import Address, Customer
from customers.operations import Sighting, change_customer, resolve_people
from inbox.models import Message
from inbox.operations.authors import Author
from tests.api.caller import Caller
from tests.api.conftest import Writes
from tests.cast import Cast


@pytest.fixture
def two(writes: Writes) -> tuple[Message, Message]:
    """Ada wrote, and wrote again from another phone."""
    return writes("one", phone="447700900701"), writes("two", phone="447700900702")


def test_two_people_become_one_and_two_again(
    bob_calls: Caller, charlie_calls: Caller, two: tuple[Message, Message]
) -> None:
    first, second = two
    base = f"customers/{first.customer_id}"

    preview = bob_calls.get(f"{base}/merge_preview", other=str(second.customer_id)).data
    assert preview["figures"] == {
        "addresses": 2, "threads": 1, "joined": 1, "messages": 1, "notes": 0, "notifications": 0,
    }  # fmt: skip
    body = {"other_id": str(second.customer_id), "token": preview["token"]}
    assert charlie_calls.post(f"{base}/merges", body).status == 404
    made = bob_calls.post(f"{base}/merges", body)
    assert (made.status, made.data["merged"]["id"]) == (201, str(second.customer_id))

    assert bob_calls.get(f"customers/{second.customer_id}").data["id"] == str(first.customer_id)
    assert bob_calls.get(f"threads/{second.thread_id}").data["id"] == str(first.thread_id)
    assert len(bob_calls.get("threads").data["data"]) == 1
    assert len(bob_calls.get("threads", customer=str(second.customer_id)).data["data"]) == 1
    assert len(bob_calls.get("customers").data["data"]) == 1
    assert bob_calls.get("search", q=str(second.thread_id)).data["people"][0]["thread_id"] == str(
        first.thread_id
    )
    heard = bob_calls.get("messages", thread=str(second.thread_id)).data["data"]
    assert [row["text"] for row in heard] == ["two", "one"]
    said = {"text": "Hello", "client_ref": "1"}
    assert bob_calls.post(f"threads/{second.thread_id}/messages", said).data["thread_id"] == str(
        first.thread_id
    )
    assert [row["id"] for row in bob_calls.get(f"{base}/merges").data["data"]] == [made.data["id"]]

    undo = f"{base}/merges/{made.data['id']}"
    assert charlie_calls.delete(undo).status == 404
    assert bob_calls.delete(undo).data["id"] == str(first.customer_id)
    assert bob_calls.delete(undo).code == "conflict"
    assert bob_calls.get(f"customers/{second.customer_id}").data["id"] == str(second.customer_id)
    assert len(bob_calls.get("threads").data["data"]) == 2


def test_a_stale_preview_carries_the_new_one(bob_calls: Caller, two: tuple[Message, Message]) -> None:
    first, second = two
    base = f"customers/{first.customer_id}"
    old = bob_calls.get(f"{base}/merge_preview", other=str(second.customer_id)).data["token"]
    bob_calls.patch(f"customers/{second.customer_id}", {"name": "Eve"})

    refused = bob_calls.post(f"{base}/merges", {"other_id": str(second.customer_id), "token": old})

    assert (refused.status, refused.code) == (409, "conflict")
    token = refused.data["preview"]["token"]
    again = bob_calls.post(f"{base}/merges", {"other_id": str(second.customer_id), "token": token})
    assert again.status == 201


def test_both_own_ids_lead_to_the_one_person(cast: Cast, bob_calls: Caller, two: Any) -> None:
    first, second = two
    with tenant_context(cast.acme.id):
        for message, external_id in zip(two, ("A-1", "B-2"), strict=True):
            change_customer(customer=message.customer, by=Author.of(cast.bob).actor, external_id=external_id)
    base = f"customers/{first.customer_id}"
    preview = bob_calls.get(f"{base}/merge_preview", other=str(second.customer_id)).data
    assert preview["differences"] == [{"field": "external_id", "kept": "A-1", "dropped": "B-2"}]
    bob_calls.post(f"{base}/merges", {"other_id": str(second.customer_id), "token": preview["token"]})

    for external_id in ("A-1", "B-2"):
        found = bob_calls.get("customers", external_id=external_id).data["data"]
        assert [row["id"] for row in found] == [str(first.customer_id)]


def test_somebody_is_taken_out_of_a_shared_record(
    bob_calls: Caller, charlie_calls: Caller, two: tuple[Message, Message]
) -> None:
    first, second = two
    base = f"customers/{first.customer_id}"
    token = bob_calls.get(f"{base}/merge_preview", other=str(second.customer_id)).data["token"]
    bob_calls.post(f"{base}/merges", {"other_id": str(second.customer_id), "token": token})
    body = {"address_id": str(second.address_id), "name": "Her brother"}

    assert charlie_calls.post(f"{base}/splits", body).status == 404
    made = bob_calls.post(f"{base}/splits", body)

    assert (made.status, made.data["name"]) == (201, "Her brother")
    assert str(second.address_id) in {one["id"] for one in made.data["addresses"]}
    [thread] = bob_calls.get("threads", customer=made.data["id"]).data["data"]
    assert thread["last_message"]["text"] == "two"
    again = bob_calls.post(f"{base}/splits", body)
    assert (again.code, again.pointers) == ("validation_failed", ["/address_id"])
    alone = bob_calls.post(f"customers/{made.data['id']}/splits", body)
    assert (alone.status, alone.code) == (409, "conflict")


def _person(*keys: tuple[str, str], **fields: Any) -> Customer:
    sighting = Sighting(keys, "Ada")
    customer = resolve_people([sighting]).address_of(sighting).customer
    Customer.objects.filter(id=customer.id).update(**fields)
    return customer


def test_likely_duplicates_are_found_by_number_mail_and_own_id(
    cast: Cast, bob_calls: Caller, charlie_calls: Caller
) -> None:
    with tenant_context(cast.acme.id):
        ada = _person(("phone", "+351912345678"), ("email", "Ada@People.example"), external_id="c-17")
        by_number = _person(("telegram_phone", "00351912345678"))
        by_mail = _person(("email", "ada@people.example"))
        by_id = _person(("phone", "+351900000001"), external_id="C-17")
        _person(("phone", "+351912345679"))
        assert Address.objects.count() == 6

    found = bob_calls.get(f"customers/{ada.id}/duplicates").data["data"]

    assert {row["customer"]["id"]: row["reasons"] for row in found} == {
        str(by_number.id): ["number"],
        str(by_mail.id): ["email"],
        str(by_id.id): ["external_id"],
    }
    assert charlie_calls.get(f"customers/{ada.id}/duplicates").status == 404


def test_a_merge_is_undone_though_somebody_else_has_the_own_id_by_now(
    cast: Cast, bob_calls: Caller, two: tuple[Message, Message]
) -> None:
    first, second = two
    base = f"customers/{first.customer_id}"
    bob_calls.patch(f"customers/{second.customer_id}", {"external_id": "B-2"})
    token = bob_calls.get(f"{base}/merge_preview", other=str(second.customer_id)).data["token"]
    merge = bob_calls.post(f"{base}/merges", {"other_id": str(second.customer_id), "token": token}).data
    assert bob_calls.patch(base, {"external_id": "A-1"}).status == 200
    with tenant_context(cast.acme.id):
        third = _person(("phone", "+351912345678"), external_id="B-2")

    undone = bob_calls.delete(f"{base}/merges/{merge['id']}")

    assert (undone.status, undone.data["external_id"]) == (200, "A-1")
    assert bob_calls.get(f"customers/{second.customer_id}").data["external_id"] is None
    assert bob_calls.get(f"customers/{third.id}").data["external_id"] == "B-2"
