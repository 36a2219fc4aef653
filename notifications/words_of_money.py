"""Amounts as people read them, and words of prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from notifications.variables import PLACES

UNITS: dict[str, Any] = {
    "message": gettext_lazy("message"),
    "segment": gettext_lazy("segment"),
    "minute": gettext_lazy("minute"),
}
CATEGORIES: dict[str, Any] = {
    "": gettext_lazy("Every category"),
    "marketing": gettext_lazy("Marketing"),
    "utility": gettext_lazy("Utility"),
    "authentication": gettext_lazy("Authentication"),
    "authentication_international": gettext_lazy("Authentication, international"),
    "service": gettext_lazy("Service"),
}
SOURCES: dict[str, Any] = {
    "told": gettext_lazy("named by the provider"),
    "listed": gettext_lazy("by your price list"),
    "free": gettext_lazy("free of charge"),
    "unknown": gettext_lazy("unknown price"),
}


def digits(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency's own decimals, and more only where they say something: 12.40, 0.0553."""
    if amount is None:
        return ""
    least, exact = PLACES.get(currency, 2), amount.normalize()
    exponent = exact.as_tuple().exponent
    places = max(least, -exponent if isinstance(exponent, int) else 0)
    return f"{amount:.{min(places, 6)}f}"


def money(amount: Decimal | None, currency: str) -> str:
    """12.40 EUR"""
    return f"{digits(amount, currency)} {currency}".strip()
