"""The consent register, and what one person may choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.api.pages import BY_ID, Page
from customers.models import Customer
from inbox.channels import adapters
from inbox.models import Channel
from notifications.models import Category, Consent, ConsentChange, NotificationType, Preference
from notifications.models.people import EVERY_CHANNEL
from notifications.queries.lists import kind_label
from notifications.queries.log import people_like

HISTORY_MAX = 200


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the register."""

    customer: Customer
    consents: list[Consent]


@dataclass(frozen=True, slots=True)
class Line:
    """One category for one person: what holds for all channels, and what differs per kind."""

    category: str
    cells: list[tuple[str, str, str]]  # (channel kind or *, its label, granted | denied | "")


@dataclass(frozen=True, slots=True)
class Register:
    """Everything the page of one person shows."""

    customer: Customer
    lines: list[Line]
    history: list[ConsentChange]
    wishes: list[tuple[NotificationType, bool]]


def register_page(
    *, limit: int, after: str | None = None, person: str = "", state: str = ""
) -> Page[Customer]:
    """People who said something, the newest first."""
    said = Consent.objects.filter(state=state) if state else Consent.objects.all()
    rows = Customer.objects.filter(id__in=said.values("customer"))
    if person:
        rows = Customer.objects.filter(id__in=people_like(person))
    return BY_ID.page(rows, limit=limit, after=after)


def register_rows(customers: Sequence[Customer]) -> list[Person]:
    """What each of them said: one statement."""
    found: dict[UUID, list[Consent]] = {one.id: [] for one in customers}
    for row in Consent.objects.filter(customer__in=customers).order_by("category", "channel"):
        found[row.customer_id].append(row)
    return [Person(one, found[one.id]) for one in customers]


def kinds_in_use() -> list[str]:
    """Kinds of channel this tenant has, in the order of their words."""
    have = set(Channel.objects.filter(is_active=True).values_list("kind", flat=True))
    return sorted((kind for kind in adapters() if kind in have), key=kind_label)


def register_of(customer: Customer) -> Register:
    """What one person agreed to, with its history, and the types they may decline."""
    rows = {(row.category, row.channel): row.state for row in Consent.objects.filter(customer=customer)}
    kinds = [EVERY_CHANNEL, *kinds_in_use()]
    lines = [
        Line(category, [(kind, _label(kind), rows.get((category, kind), "")) for kind in kinds])
        for category in Category.values
    ]
    history = ConsentChange.objects.filter(customer=customer).order_by("-at", "-id")[:HISTORY_MAX]
    return Register(customer, lines, list(history), wishes_of(customer))


def _label(kind: str) -> Any:
    return "" if kind == EVERY_CHANNEL else kind_label(kind)


def wishes_of(customer: Customer) -> list[tuple[NotificationType, bool]]:
    """The published types that are not mandatory, and whether the person wants each."""
    types = NotificationType.objects.filter(
        mandatory=False, archived_at__isnull=True, current__isnull=False
    ).exclude(category=Category.AUTHENTICATION)
    said = dict(Preference.objects.filter(customer=customer).values_list("type_id", "wanted"))
    return [(one, said.get(one.id, True)) for one in types.order_by("name", "id")]
