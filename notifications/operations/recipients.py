"""Who a notification is for: customers found or made for a whole batch at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from common.sql import lock_keys, update_from_values
from common.tenancy import require_tenant
from customers.models import Address, Customer
from customers.operations import Sighting, resolve_people
from customers.queries import followed
from inbox.ports import PHONE

#: What a request says of its recipient: {"customer_id"}, {"external_id"}, {"phone"}, or the last two; "name",
#: "timezone".
To = Mapping[str, Any]


def find_recipients(asked: Sequence[To], *, make: bool) -> list[Customer | str]:
    """The customer of each request, or a sentence that says why there is none.

    make: make customers for phones nobody has, and note an external id given beside a phone, and a time zone
    of whoever has none. Writes Customer, Address then; a handful of statements.
    """
    by_id = _by_id({to["customer_id"] for to in asked if "customer_id" in to})
    by_external = _by_external({str(to["external_id"]) for to in asked if "external_id" in to})
    loose = [to for to in asked if "phone" in to and str(to.get("external_id")) not in by_external]
    by_phone = _by_phone(loose, make)
    if make:
        _note_external_ids(
            [(by_phone[to["phone"]], str(to["external_id"])) for to in loose if "external_id" in to]
        )
    found = [_pick(to, by_id, by_external, by_phone) for to in asked]
    _learn_zones(asked, found, make)
    return found


def _learn_zones(asked: Sequence[To], found: Sequence[Customer | str], make: bool) -> None:
    """Who has no time zone of their own gets the one that came with the request; a known one stays."""
    fresh: dict[UUID, Customer] = {}
    for to, who in zip(asked, found, strict=True):
        if isinstance(who, Customer) and to.get("timezone") and not who.timezone:
            who.timezone = str(to["timezone"])
            fresh[who.id] = who
    if make:
        tenant = require_tenant()
        values = [(tenant, key, who.timezone) for key, who in sorted(fresh.items())]
        update_from_values(_LEARN_ZONES, values, template="(%s::uuid, %s::uuid, %s)")


def _pick(
    to: To,
    by_id: Mapping[UUID, Customer],
    by_external: Mapping[str, Customer],
    by_phone: Mapping[str, Customer],
) -> Customer | str:
    if "customer_id" in to:
        return by_id.get(to["customer_id"]) or "There is no customer with this id."
    if (known := by_external.get(str(to.get("external_id")))) is not None:
        return known
    if "phone" in to:
        return by_phone.get(to["phone"]) or Customer(name=to.get("name", ""))
    return "There is no customer with this external id; give a phone too to make one."


def _by_id(ids: set[UUID]) -> dict[UUID, Customer]:
    return followed(Customer.objects.filter(id__in=ids)) if ids else {}


def _by_external(ids: set[str]) -> dict[str, Customer]:
    rows = list(Customer.objects.filter(external_id__in=ids)) if ids else []
    now = followed(rows)
    return {str(row.external_id): now[row.id] for row in rows}


def _by_phone(asked: Sequence[To], make: bool) -> dict[str, Customer]:
    names: dict[str, str] = {}
    for to in asked:  # one of several requests for a phone may name its person
        names[str(to["phone"])] = names.get(str(to["phone"])) or str(to.get("name", ""))
    if not names:
        return {}
    if not make:
        rows = Address.objects.filter(kind=PHONE, value__in=names).select_related("customer")
        return {row.value: row.customer for row in rows}
    known = resolve_people([Sighting(((PHONE, phone),), name) for phone, name in names.items()])
    return {phone: known.addresses[PHONE, phone].customer for phone in names}


def _note_external_ids(pairs: Sequence[tuple[Customer, str]]) -> None:
    """Give customers that have none the external id that came with their phone."""
    fresh = {external: customer for customer, external in pairs if customer.external_id is None}
    if not fresh:
        return
    tenant = require_tenant()
    lock_keys([f"{tenant}|external|{external}" for external in fresh])
    taken = set(Customer.objects.filter(external_id__in=fresh).values_list("external_id", flat=True))
    values = []
    for external, customer in fresh.items():
        if external not in taken and customer.external_id is None:
            customer.external_id = external
            values.append((tenant, customer.id, external))
    update_from_values(_NOTE, values, template="(%s::uuid, %s::uuid, %s)")


_NOTE = """
UPDATE customers_customer c SET external_id = v.external_id, version = c.version + 1
FROM (VALUES %s) AS v (tenant_id, id, external_id)
WHERE c.tenant_id = v.tenant_id AND c.id = v.id AND c.id = ANY (:these) AND c.external_id IS NULL
"""
_LEARN_ZONES = """
UPDATE customers_customer c SET timezone = v.zone, version = c.version + 1
FROM (VALUES %s) AS v (tenant_id, id, zone)
WHERE c.tenant_id = v.tenant_id AND c.id = v.id AND c.id = ANY (:these) AND c.timezone = ''
"""
