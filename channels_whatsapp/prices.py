"""What WhatsApp messages are charged as: one each, when delivered, by category and the recipient's country.

https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing (September 2026). Since
1 October 2026 service messages cost what utility messages do, beyond a thousand a month and number that are
free, and utility templates are no longer free inside the window. Statuses tell the category and whether a
message is free, never the amount.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from inbox.ports import Charge, Tariff, Use

TARIFF = Tariff(
    "message",
    gettext_lazy(
        "Each delivered message costs, by its category and the recipient's country. Nothing is charged for "
        "people who came from an ad within the last 72 hours, and for a number's first 1,000 service "
        "messages of a month. The provider tells which messages were free, and no amounts."
    ),
    ("marketing", "utility", "authentication", "authentication_international", "service"),
)
#: Their category → ours; a service message has the price of a utility message where no other is listed.
_CATEGORIES = {
    "marketing_lite": ("marketing",),
    "authentication_international": ("authentication_international", "authentication"),
    "service": ("service", "utility"),
    "group_marketing": ("marketing",),
    "group_utility": ("utility",),
    "group_service": ("service", "utility"),
}
_DELIVERED = {"", "delivered", "read"}


def _planned(use: Use) -> str:
    """What it will be charged as, while Meta has said nothing."""
    if directly := use.content.get("direct"):
        return str(directly["category"])
    return "" if use.kind == "template" else "service"


def charge(use: Use) -> Charge | None:
    """One message, free where the provider says so."""
    if use.status not in _DELIVERED:
        return None
    said = str(use.pricing.get("category") or "").replace("-", "_")
    category = said or use.category or _planned(use)
    is_free = use.pricing.get("billable") is False or str(use.pricing.get("type") or "").startswith("free")
    return Charge(1, _CATEGORIES.get(category, (category,) if category else ()), is_free=is_free)
