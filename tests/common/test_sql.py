"""Rows written many at a time come back as Django would have written them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from customers.models import Customer
from tests.cast import Cast

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
