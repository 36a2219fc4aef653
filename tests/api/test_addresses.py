"""Addresses of a customer, added and taken away by hand."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from common.tenancy import tenant_context
from customers.models import Address
from events.models import Event
from inbox.models import Message, Thread
from tests.api.caller import Caller
from tests.api.conftest import Writes, customer_writes
from tests.cast import Cast

WORK = "+447700900777"


def values(customer: dict[str, Any]) -> set[str]:
    return {one["value"] for one in customer["addresses"]}


def test_a_number_is_added_once_and_has_a_window_of_its_own(
    cast: Cast, bob_calls: Caller, charlie_calls: Caller, thread: Thread
) -> None:
    path = f"customers/{thread.customer_id}/addresses"

    made = bob_calls.post(path, {"phone": "0044 7700 900777", "label": "Work"})
    again = bob_calls.post(path, {"phone": WORK})

    assert (made.status, again.status) == (201, 201)
    assert WORK in values(made.data)
    assert (made.data["version"], again.data["version"]) == (2, 2)
    (new,) = [one for one in made.data["addresses"] if one["value"] == WORK]
    assert new["label"] == "Work"
    with tenant_context(cast.acme.id):
        told = Event.objects.filter(type="customer.updated").order_by("seq")
        assert [WORK in values(one.data["customer"]) for one in told] == [True]
    chosen = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Hi", "address_id": new["id"]})
    assert (chosen.status, chosen.code) == (409, "window_closed")  # it never wrote to us
    assert charlie_calls.post(path, {"phone": WORK}).status == 404
    assert charlie_calls.delete(f"{path}/{new['id']}").status == 404


def test_an_address_of_another_customer_names_them(
    cast: Cast, bob_calls: Caller, writes: Writes, thread: Thread
) -> None:
    other = writes("Hello", phone="447700900777", name="Bea Tester")
    foreign = customer_writes(cast.globex_number, "Hello", phone="447700900778")

    refused = bob_calls.post(f"customers/{thread.customer_id}/addresses", {"phone": WORK})

    assert (refused.status, refused.code) == (409, "conflict")
    assert "Bea Tester" in refused.data["detail"]
    assert refused.data["customer"]["id"] == str(other.customer_id)
    mine = bob_calls.post(f"customers/{thread.customer_id}/addresses", {"phone": "+447700900778"})
    assert mine.status == 201  # what other tenants know is nobody's business here
    with tenant_context(cast.globex.id):
        assert Address.objects.get(kind="phone").customer_id == foreign.customer_id


def test_what_is_no_address_is_said_before_anything_is_written(bob_calls: Caller, thread: Thread) -> None:
    path = f"customers/{thread.customer_id}/addresses"
    wrong = [
        {"phone": "12"}, {"phone": "no number"}, {}, {"kind": "phone", "value": WORK}, {"kind": "email"},
        {"kind": "carrier_pigeon", "value": "Joe"}, {"phone": WORK, "kind": "whatsapp_id", "value": "GB.1"},
    ]  # fmt: skip

    assert [bob_calls.post(path, body).status for body in wrong] == [400] * len(wrong)
    assert bob_calls.get(f"customers/{thread.customer_id}").data["version"] == 1


def test_only_an_address_that_was_never_used_goes(cast: Cast, bob_calls: Caller, thread: Thread) -> None:
    path = f"customers/{thread.customer_id}/addresses"
    made = bob_calls.post(path, {"phone": WORK}).data
    (new,) = [one["id"] for one in made["addresses"] if one["value"] == WORK]
    (used,) = [one["id"] for one in made["addresses"] if one["value"] == "+447700900123"]

    kept = bob_calls.delete(f"{path}/{used}")
    gone = bob_calls.delete(f"{path}/{new}")

    assert (kept.status, kept.code) == (409, "conflict")
    assert (gone.status, WORK in values(gone.data)) == (200, False)
    assert bob_calls.delete(f"{path}/{new}").status == 404
    assert bob_calls.delete(f"{path}/{uuid4()}").status == 404
    with tenant_context(cast.acme.id):
        assert Message.objects.filter(address_id=used).count() == 0  # its window alone keeps it
