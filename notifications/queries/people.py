"""What a customer agreed to, with its history."""

from __future__ import annotations

from customers.models import Customer
from notifications import wire
from notifications.models import Consent, ConsentChange, Preference
from notifications.shapes import consents_shape

HISTORY_MAX = 200


def consents_answer(customer: Customer) -> wire.Consents:
    """Consents, their history (newest first) and preferences of one customer."""
    rows = list(Consent.objects.filter(customer=customer).order_by("category", "channel"))
    history = list(ConsentChange.objects.filter(customer=customer).order_by("-at", "-id")[:HISTORY_MAX])
    wishes = Preference.objects.filter(customer=customer).select_related("type")
    return consents_shape(rows, history, {row.type.key: row.wanted for row in wishes})
