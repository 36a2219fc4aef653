"""Rows written many at a time come back as Django would have written them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from common.ids import uuid7
from common.sql import among, insert_rows, insert_values, update_from_values
from common.tenancy import tenant_context
from customers.models import Address, Customer
from tests.cast import Cast
from tests.planner import count_anew

pytestmark = pytest.mark.django_db

ATTRIBUTES: list[dict[Any, Any]] = [
    {},
    {"city": "Zürich", "list": [1, 2.5, None, True]},
    {7: "a key that is no text"},
    {"account": 2**70},
    {"quote": "a \"word\" in 'quotes' and 100 %s"},
]


def test_documents_of_any_shape_are_kept(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        rows = [Customer(id=uuid7(), name=f"No. {n}", attributes=a) for n, a in enumerate(ATTRIBUTES)]
        insert_rows(rows)

        kept = Customer.objects.in_bulk([row.id for row in rows])

        saved = Customer.objects.create(name="by Django", attributes=ATTRIBUTES[2])
        saved.refresh_from_db()
        assert [kept[row.id].attributes for row in rows if 7 not in row.attributes] == [
            given for given in ATTRIBUTES if 7 not in given
        ]
        assert kept[rows[2].id].attributes == saved.attributes == {"7": ATTRIBUTES[2][7]}


def test_defaults_and_times_are_those_of_the_model(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        before = timezone.now()
        insert_rows([row := Customer(name="Ünal % Söhne")])

        kept = Customer.objects.get(id=row.id)

        assert (kept.name, kept.external_id, kept.tenant_id) == ("Ünal % Söhne", None, cast.acme.id)
        assert before <= kept.created_at <= timezone.now()
        assert not row._state.adding  # as after ``save``


SAID = "100 % 'Söhne' %s \\"


def test_what_all_rows_have_alike_is_kept_in_each(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        rows = [Customer(name=SAID, language=language) for language in ("de", "ar", "de")]
        insert_rows(rows)

        kept = Customer.objects.in_bulk([row.id for row in rows])

        assert [(kept[row.id].name, kept[row.id].language) for row in rows] == [
            (SAID, "de"), (SAID, "ar"), (SAID, "de"),
        ]  # fmt: skip


def test_plain_values_become_rows_with_the_models_defaults(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        ids = [str(uuid7()), str(uuid7())]
        insert_values(Customer, ("name", "id"), [("Ada", ids[0]), (SAID, ids[1])])
        insert_values(Customer, ("name", "id"), [])

        ada, other = Customer.objects.filter(among("id", ids)).order_by("id")
        assert (ada.name, ada.version, ada.attributes, ada.labels) == ("Ada", 1, {}, [])
        assert (other.name, other.tenant_id) == (SAID, cast.acme.id)
        assert other.created_at is not None


def test_rows_are_found_among_many_ids_or_words(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        rows = [Customer(name=f"No. {n}") for n in range(3)]
        insert_rows(rows)
        addresses = [
            Address(customer=row, kind="email", value=f"{row.name}, {{}}'@x.example") for row in rows
        ]
        insert_rows(addresses)

        def found(**conditions: Any) -> set[str]:
            [(name, values)] = conditions.items()
            return {row.customer.name for row in Address.objects.filter(among(name, values))}

        assert found(customer=[row.id for row in rows[:2]]) == {"No. 0", "No. 1"}
        assert found(value=[row.value for row in addresses[1:]] + [None]) == {"No. 1", "No. 2"}
        assert found(customer=[]) == set()


def test_a_row_made_fast_is_the_one_that_django_makes(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        ada = Customer.objects.create(name="Ada")
        said = {"id": uuid7(), "customer": ada, "kind": "phone", "value": "+447700900201"}

        made, usual = Address.made(**said), Address(**said)

        assert [getattr(made, field.attname) for field in Address._meta.concrete_fields] == [
            getattr(usual, field.attname) for field in Address._meta.concrete_fields
        ]
        assert made.customer is ada
        assert made._state.adding
        made.save()
        assert Customer.made().attributes is not Customer.made().attributes


def test_a_row_that_was_read_fast_reads_the_rest_when_asked(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        Customer.objects.create(name="Ada", language="en")

        row = Customer.objects.only("name").get(name="Ada")

        assert row.get_deferred_fields() >= {"language", "version"}
        assert (row.language, row._state.adding, row._state.db) == ("en", False, "default")
        row.name = "Ada L."
        row.save()
        assert Customer.objects.get(id=row.id).name == "Ada L."


RENAME = """
UPDATE customers_customer c SET name = v.name FROM (VALUES %s) AS v (tenant_id, id, name)
WHERE c.tenant_id = v.tenant_id AND c.id = v.id AND c.id = ANY (:these)
RETURNING c.id
"""


def test_no_row_is_compared_with_all_values_while_the_planner_knows_of_none(cast: Cast) -> None:
    """Autovacuum counted before these were committed, or their tenant is a new one among big ones."""
    with tenant_context(cast.acme.id):
        people = [Customer(id=uuid7(), name=f"No. {n}") for n in range(100)]
        insert_rows(people)
        count_anew("customers_customer")
        named = [(cast.acme.id, person.id, f"Called {n}") for n, person in enumerate(people)]
        how: dict[str, Any] = {"values": named, "template": "(%s::uuid, %s::uuid, %s)"}

        plan = "\n".join(line for (line,) in update_from_values(f"EXPLAIN {RENAME}", **how))
        assert "Nested Loop" not in plan, plan

        assert len(update_from_values(RENAME, **how)) == 100
        assert Customer.objects.filter(name__startswith="Called").count() == 100
