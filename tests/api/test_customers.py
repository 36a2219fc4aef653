"""Customers: found in any spelling, changed by one writer at a time."""

from __future__ import annotations

from typing import Any

import pytest

from common.tenancy import tenant_context
from customers.models import Customer
from inbox.models import Reach, Thread
from tests.api.caller import Caller
from tests.api.conftest import Writes
from tests.cast import Cast


def test_a_customer_shows_every_way_to_reach_them(cast: Cast, thread: Thread, program: Caller) -> None:
    customer = program.get(f"customers/{thread.customer_id}").data

    kinds = {address["kind"] for address in customer["addresses"]}
    assert "phone" in kinds
    assert {row["channel_id"] for row in customer["reach"]} == {str(cast.acme_number.id)}
    assert all(row["window_until"] > row["last_inbound_at"] for row in customer["reach"])
    with tenant_context(cast.acme.id):
        assert len(customer["reach"]) == Reach.objects.count()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Grace", "Ada"]),
        ({"q": "gra"}, ["Grace"]),
        ({"q": "+44 7700 900-123"}, ["Ada"]),
        ({"q": "00447700900777"}, ["Grace"]),
        ({"q": "777"}, ["Grace"]),
        ({"q": "nobody"}, []),
        ({"address": "+447700900777"}, ["Grace"]),
        ({"address": "447700900777"}, []),
        ({"external_id": "crm-1"}, ["Ada"]),
        ({"external_id": "crm-1", "q": "gra"}, []),
    ],
)
def test_customers_are_found(
    cast: Cast, writes: Writes, program: Caller, query: dict[str, Any], expected: list[str]
) -> None:
    ada = writes("Hello", name="Ada").thread.customer_id
    writes("Hello", phone="447700900777", name="Grace")
    program.patch(f"customers/{ada}", {"external_id": "crm-1"})

    assert [one["name"] for one in program.get("customers", **query).data["data"]] == expected


def test_what_is_left_out_stays(thread: Thread, program: Caller) -> None:
    path = f"customers/{thread.customer_id}"
    before = program.get(path).data

    program.patch(path, {"language": "pt-BR", "attributes": {"plan": "gold", "since": 2019}})
    after = program.patch(path, {"labels": ["vip"]}).data

    assert (after["name"], after["language"], after["labels"]) == (before["name"], "pt-BR", ["vip"])
    assert after["attributes"] == {"plan": "gold", "since": 2019}
    assert after["version"] == before["version"] + 2
    assert after["reach"] == before["reach"]


def test_of_two_writers_the_second_learns_of_the_first(
    thread: Thread, program: Caller, bob_calls: Caller
) -> None:
    path = f"customers/{thread.customer_id}"
    version = program.get(path).data["version"]
    bob_calls.patch(path, {"name": "Ada L.", "version": version})

    answer = program.patch(path, {"name": "A. Lovelace", "version": version})

    assert (answer.status, answer.code) == (409, "conflict")
    assert (answer.data["customer"]["name"], answer.data["customer"]["version"]) == ("Ada L.", version + 1)


def test_your_own_id_belongs_to_one_customer(thread: Thread, writes: Writes, program: Caller) -> None:
    other = writes("Hello", phone="447700900777").thread.customer_id
    program.patch(f"customers/{thread.customer_id}", {"external_id": "crm-1"})

    answer = program.patch(f"customers/{other}", {"external_id": "crm-1"})

    assert (answer.status, answer.code, answer.pointers) == (409, "conflict", ["/external_id"])
    assert program.patch(f"customers/{thread.customer_id}", {"external_id": None}).status == 200
    assert program.patch(f"customers/{other}", {"external_id": "crm-1"}).status == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "x" * 201}, "/name"),
        ({"attributes": ["a"]}, "/attributes"),
        ({"labels": "vip"}, "/labels"),
        ({"addresses": []}, "/addresses"),
        ({"version": 0}, "/version"),
        ({"timezone": "Tokio"}, "/timezone"),
    ],
)
def test_a_wrong_change_is_refused(thread: Thread, program: Caller, body: Any, pointer: str) -> None:
    assert program.patch(f"customers/{thread.customer_id}", body).pointers == [pointer]


def test_a_change_is_told(thread: Thread, program: Caller) -> None:
    program.patch(f"customers/{thread.customer_id}", {"name": "Ada L."})

    event = program.get("events", type="customer.updated").data["data"][-1]
    assert (event["data"]["customer"]["name"], event["actor"]["kind"]) == ("Ada L.", "api_key")


def test_charlie_of_globex_sees_none_of_it(cast: Cast, thread: Thread, charlie_calls: Caller) -> None:
    path = f"customers/{thread.customer_id}"

    assert charlie_calls.get(path).status == 404
    assert charlie_calls.patch(path, {"name": "Mine"}).status == 404
    assert charlie_calls.get("customers", q="Ada").data["data"] == []
    with tenant_context(cast.acme.id):
        assert Customer.objects.get().name == "Ada Tester"
