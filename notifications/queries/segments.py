"""People by what is known of them: labels, language, consent, address, attribute, when they last wrote."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from math import isfinite
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.models import Address, Customer
from inbox.models import Reach, Thread
from notifications.models import Consent, ConsentState

#: What a segment may say; all of it holds at once. thread_label: of any conversation, open or closed;
#: heard_days: wrote within so many days; silent_days: did not.
FIELDS = (
    "label", "thread_label", "language", "consent", "address", "attribute", "value", "heard_days",
    "silent_days",
)  # fmt: skip


def people_in(segment: Mapping[str, Any]) -> QuerySet[Customer]:
    """The customers a segment means now; an empty one means all."""
    rows = Customer.objects.all()
    if label := segment.get("label"):
        rows = rows.filter(labels__contains=[label])
    if label := segment.get("thread_label"):
        rows = rows.filter(id__in=Thread.objects.filter(labels__contains=[label]).values("customer"))
    if language := segment.get("language"):
        rows = rows.filter(Q(language=language) | Q(language__startswith=f"{language}-"))
    if category := segment.get("consent"):
        rows = rows.filter(id__in=_said(category, ConsentState.GRANTED)).exclude(
            id__in=_said(category, ConsentState.DENIED)
        )
    if kind := segment.get("address"):
        rows = rows.filter(id__in=Address.objects.filter(kind=kind).values("customer"))
    if name := segment.get("attribute"):
        rows = rows.filter(_has(str(name), segment.get("value") or ""))
    if days := segment.get("heard_days"):
        rows = rows.filter(id__in=_heard(int(days)))
    if days := segment.get("silent_days"):
        rows = rows.exclude(id__in=_heard(int(days)))
    return rows


def _said(category: str, state: str) -> QuerySet[Any]:
    return Consent.objects.filter(category=category, state=state).values("customer")


def _heard(days: int) -> QuerySet[Any]:
    since = timezone.now() - timedelta(days=days)
    return Reach.objects.filter(last_inbound_at__gt=since).values("address__customer")


def _has(name: str, value: str) -> Q:
    """An attribute as people write it: a number may be kept as one."""
    if not value:
        return Q(attributes__has_key=name)
    found = Q(attributes__contains={name: value})
    with suppress(ValueError):
        number = float(value)
        if isfinite(number):  # “inf” is a word here; JSON has no such number
            found |= Q(attributes__contains={name: int(number) if number.is_integer() else number})
    if value in {"true", "false"}:
        found |= Q(attributes__contains={name: value == "true"})
    return found


def known_of(customer: Customer) -> dict[str, str]:
    """{slot: text} that a segment's texts may use: the customer's own fields, then their attributes."""
    own = {
        "name": customer.name,
        "first_name": customer.name.partition(" ")[0],
        "external_id": customer.external_id or "",
        "language": customer.language,
    }
    return {str(name): _plain(value) for name, value in customer.attributes.items()} | own


def _plain(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
