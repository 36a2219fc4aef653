"""Finding or making the people behind a batch of messages, and editing one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from common.sql import among, insert_rows, lock_keys, update_from_values
from common.tenancy import require_tenant
from customers.models import Address, Customer
from events import bus

Key = tuple[str, str]

NAME_MAX = 200


class StaleCustomer(Exception):
    """Somebody changed this customer meanwhile; `customer` is the newer row."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(_("The customer was changed meanwhile."))
        self.customer = customer


class ExternalIdTaken(Exception):
    """Another customer has this external id."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One person as a message showed them: addresses as (kind, value), the most lasting first."""

    keys: tuple[Key, ...]
    name: str = ""
    label: str = ""


@dataclass(slots=True)
class Known:
    """Addresses found or made: (kind, value) → row."""

    addresses: dict[Key, Address] = field(default_factory=dict)

    def address_of(self, sighting: Sighting) -> Address:
        """The most lasting address of a person seen."""
        return self.addresses[sighting.keys[0]]

    def all_of(self, sighting: Sighting) -> list[Address]:
        """Every address of a person seen that belongs to the same customer."""
        first = self.address_of(sighting)
        rows = (self.addresses[key] for key in sighting.keys)
        return [row for row in rows if row.customer_id == first.customer_id]


def resolve_people(sightings: Sequence[Sighting]) -> Known:
    """Find or make a customer and addresses for everyone in a batch: a handful of statements, however many.

    A person is known by any of the addresses shown; addresses new to us join that customer. When two
    addresses already belong to two customers, each keeps its own (joining people is a person's decision).
    Writes Customer and Address; safe against other workers by advisory locks on the addresses.
    """
    hold_people()
    known = Known(_find_whole({key for sighting in sightings for key in sighting.keys}))
    missing = {key for sighting in sightings for key in sighting.keys if key not in known.addresses}
    if missing:
        tenant = require_tenant()
        lock_keys([f"{tenant}|{kind}|{value}" for kind, value in missing])
        known.addresses |= _find_whole(missing)
        _make(sightings, known)
    return known


def hold_people(*, alone: bool = False) -> None:
    """Nobody merges or splits customers of the tenant until the commit. alone: who does it waits for all who
    are storing something about people. Always a transaction's first lock, so that nobody waits in a ring.
    """
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"people|{require_tenant()}"])


def find_addresses(keys: Iterable[Key]) -> dict[Key, Address]:
    """Those that are known, with their customers."""
    rows = _with_keys(keys).select_related("customer")
    return {(row.kind, row.value): row for row in rows}


def _with_keys(keys: Iterable[Key]) -> QuerySet[Address]:
    wanted: dict[str, list[str]] = {}
    for kind, value in keys:
        wanted.setdefault(kind, []).append(value)
    condition = Q(pk__in=[])
    for kind, values in wanted.items():
        condition |= Q(kind=kind) & Q(among("value", values))
    return Address.objects.filter(condition)


def _find_whole(keys: Iterable[Key]) -> dict[Key, Address]:
    """The addresses with these keys and every other one of the same people: each person is one row, and has
    the list as ``queries.addresses_ahead`` gives it."""
    owners = set(_with_keys(keys).values_list("customer_id", flat=True))
    if not owners:
        return {}
    rows = list(Address.objects.filter(among("customer", owners)))
    people = {row.id: row for row in Customer.objects.filter(among("id", owners))}
    for person in people.values():
        person.address_list = []
    for row in rows:
        row.refer(customer=people[row.customer_id])
        row.customer.address_list.append(row)
    return {(row.kind, row.value): row for row in rows}


def _make(sightings: Sequence[Sighting], known: Known) -> None:
    customers: list[Customer] = []
    addresses: list[Address] = []
    for sighting in sightings:
        beside = next((known.addresses[key] for key in sighting.keys if key in known.addresses), None)
        owner = beside.customer if beside else Customer.made(name=sighting.name[:NAME_MAX])
        if beside is None:
            owner.address_list = []
            customers.append(owner)
        for kind, value in sighting.keys:
            if (kind, value) not in known.addresses:
                row = Address.made(customer=owner, kind=kind, value=value, label=sighting.label[:NAME_MAX])
                row.beside = beside.id if beside else None
                beside = beside or row  # what is shown together stays together, whoever is merged later
                known.addresses[kind, value] = row
                owner.address_list.append(row)
                addresses.append(row)
    insert_rows(customers)
    insert_rows(addresses)


def replace_address(
    *, old: Key, new: Key, also: Sequence[Key] = ()
) -> Literal["replaced", "known", "unknown"]:
    """Follow a person whose number or id changed: `new` joins the customer of `old`, which stays on record.

    "known": the new address was theirs already; "unknown": nobody has the old one. Writes Address.
    """
    found = find_addresses([old, new])
    if old not in found:
        return "unknown"
    if new in found and found[new].customer_id == found[old].customer_id:
        return "known"
    resolve_people([Sighting(keys=(old, new, *also))])
    return "replaced"


def learn_addresses(shown: Mapping[Key, UUID]) -> None:
    """Keep addresses that a provider's answers showed, each beside the id of the one we wrote to, whoever
    has that now; known ones stay."""
    if not shown:
        return
    have = find_addresses(shown)
    beside = Address.objects.in_bulk(list(shown.values()))
    fresh = [
        Address(customer_id=beside[key].customer_id, kind=kind, value=value, beside=key)
        for (kind, value), key in shown.items()
        if (kind, value) not in have
    ]
    insert_rows(fresh, on_conflict="DO NOTHING")


# ---------------------------------------------------------------- names


@dataclass(frozen=True, slots=True)
class Naming:
    """What somebody is called from a moment on; name "": the address book no longer says."""

    keys: tuple[Key, ...]
    name: str
    at: datetime


Named = Literal["named", "known", "late", "unknown"]


def name_people(namings: Sequence[Naming], *, by: Mapping[str, Any], shape: Any) -> list[Named]:
    """Let addresses be called what an address book calls them; the latest word counts, whenever it comes.

    People we did not know are made. A customer takes the new name over as long as nobody changed theirs here.
    Returns what became of each. Writes Customer, Address, Event `customer.updated`.
    """
    resolve_people([Sighting(one.keys, one.name) for one in namings if one.name])
    rows = _locked({key for one in namings for key in one.keys})
    changed: dict[UUID, Customer] = {}
    renamed: dict[UUID, Address] = {}
    outcomes: list[Named] = []
    for one in namings:
        address = next((rows[key] for key in one.keys if key in rows), None)
        outcomes.append(outcome := _name(address, one))
        if address and outcome == "named":
            if one.name and _follows(address, one.name):
                address.customer.name = one.name[:NAME_MAX]
                changed[address.customer_id] = address.customer
            address.label, address.named_at = one.name[:NAME_MAX], one.at
            renamed[address.id] = address
    _save_names(renamed.values(), changed.values(), by, shape)
    return outcomes


def _locked(keys: set[Key]) -> dict[Key, Address]:
    """The addresses there are, one Customer object for all of a customer's."""
    ids = sorted(row.id for row in find_addresses(keys).values())
    locked = Address.objects.filter(id__in=ids).select_for_update(of=("self",)).order_by("id")
    rows = list(locked.select_related("customer").prefetch_related("customer__addresses"))
    people = {row.customer_id: row.customer for row in rows}
    for row in rows:
        row.customer = people[row.customer_id]
    return {(row.kind, row.value): row for row in rows}


def _name(address: Address | None, naming: Naming) -> Named:
    if address is None:
        return "unknown"
    if address.named_at and address.named_at > naming.at:
        return "late"
    if address.named_at == naming.at and address.label == naming.name[:NAME_MAX]:
        return "known"
    return "named"


def _follows(address: Address, name: str) -> bool:
    """Does the customer take over the new name? Not one that a person gave them here."""
    current = address.customer.name
    is_ours = address.customer.version > 1 and current not in {"", address.label}
    return not is_ours and current != name[:NAME_MAX]


def _save_names(
    addresses: Iterable[Address], customers: Iterable[Customer], by: Mapping[str, Any], shape: Any
) -> None:
    told = [(row.tenant_id, row.id, row.label, row.named_at) for row in addresses]
    update_from_values(_SAVE_LABELS, told, template="(%s::uuid, %s::uuid, %s, %s::timestamptz)")
    people = list(customers)
    names = [(row.tenant_id, row.id, row.name) for row in people]
    versions = dict(update_from_values(_SAVE_NAMES, names, template="(%s::uuid, %s::uuid, %s)"))
    for person in people:
        person.version = versions[person.id]
        bus.record("customer.updated", {"customer": shape(person)}, actor=by, customer_id=person.id)


_SAVE_LABELS = """
UPDATE customers_address a SET label = v.label, named_at = v.named_at
FROM (VALUES %s) AS v (tenant_id, id, label, named_at)
WHERE a.tenant_id = v.tenant_id AND a.id = v.id AND a.id = ANY (:these)
"""
_SAVE_NAMES = """
UPDATE customers_customer c SET name = v.name, version = c.version + 1
FROM (VALUES %s) AS v (tenant_id, id, name)
WHERE c.tenant_id = v.tenant_id AND c.id = v.id AND c.id = ANY (:these)
RETURNING c.id, c.version
"""

# ---------------------------------------------------------------- editing

#: What people may edit, through the page or the API.
EDITABLE = ("name", "language", "timezone", "attributes", "labels", "external_id")


def change_customer(
    *, customer: Customer, by: Mapping[str, Any], version: int | None = None, shape: Any = None, **fields: Any
) -> Customer:
    """Write some fields of a customer.

    version: the one the editor saw; raises StaleCustomer with the newer row when it has moved on. shape:
    turns the row into the event's JSON. Writes Customer, Event `customer.updated`. Raises ExternalIdTaken.
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    rows = Customer.objects.filter(id=customer.id)
    if version is not None:
        rows = rows.filter(version=version)
    try:
        with transaction.atomic():
            changed = rows.update(**fields, version=F("version") + 1)
    except IntegrityError:
        raise ExternalIdTaken(_("Another customer has this external id.")) from None
    customer.refresh_from_db()
    if not changed:
        raise StaleCustomer(customer)
    data = (
        {"customer": shape(customer)} if shape else {"customer": {"id": customer.id, "name": customer.name}}
    )
    bus.record("customer.updated", data, actor=by, customer_id=customer.id)
    return customer


def customer_of(address_id: UUID) -> Customer:
    """The customer an address belongs to."""
    return Address.objects.select_related("customer").get(id=address_id).customer
