"""Who else may be the same person: the same number in another spelling, e-mail address or own id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Upper

from customers.models import Address, Customer
from inbox.queries.search import people_ids

#: A number's last digits, which are the same however its beginning is written.
TAIL = 8
#: How many likely people are looked at for each address.
NEAR = 40
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Duplicate:
    """customer: with addresses; reasons: number, email, external_id."""

    customer: Customer
    reasons: Sequence[str]


def likely_duplicates(customer: Customer) -> list[Duplicate]:
    """Other customers who look like this one, those with more reasons first; nothing is decided here."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for address in Address.objects.filter(customer=customer).order_by("id"):
        for other in _near(address):
            if reason := same_address(address, other):
                found[other.customer_id].add(reason)
    for key in _same_external_id(customer):
        found[key].add("external_id")
    found.pop(customer.id, None)
    rows = Customer.objects.filter(id__in=list(found), merged_into=None).prefetch_related("addresses")
    rows_by_reasons = sorted(rows, key=lambda row: (-len(found[row.id]), row.id))
    return [Duplicate(row, sorted(found[row.id])) for row in rows_by_reasons[:SHOWN]]


def _near(address: Address) -> Iterable[Address]:
    """Addresses of people found by an index with this one's last digits, or with this mail address."""
    digits = _digits(address.value)
    text = digits[-TAIL:] if len(digits) >= TAIL else address.value
    people = people_ids(text, NEAR)
    return Address.objects.filter(customer_id__in=people).exclude(customer_id=address.customer_id)


def same_address(one: Address, other: Address) -> str:
    """Why two addresses look like one person's: "number", "email" or ""."""
    if "@" in one.value and "@" in other.value:
        return "email" if one.value.strip().casefold() == other.value.strip().casefold() else ""
    return "number" if _is_number(one) and _is_number(other) and _same_number(one, other) else ""


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal()).lstrip("0")


def _is_number(address: Address) -> bool:
    return not any(letter.isalpha() for letter in address.value) and len(_digits(address.value)) >= TAIL


def _same_number(one: Address, other: Address) -> bool:
    """+351 912 345 678, 00351912345678 and 0912 345 678: one ends as the other, down to its trunk zero."""
    short, long = sorted((_digits(one.value), _digits(other.value)), key=len)
    return long.endswith(short) and len(long) - len(short) <= 3


def _same_external_id(customer: Customer) -> list[UUID]:
    """Spelt in other letters, with spaces around, or as the id without them."""
    if not customer.external_id:
        return []
    folded = customer.external_id.strip().upper()
    rows = Customer.objects.annotate(folded=Upper("external_id"))
    same = rows.filter(Q(folded=folded) | Q(folded=folded.replace(" ", "")))
    return list(same.values_list("id", flat=True)[:SHOWN])
