"""What text messages are charged as: by the segment, once the carrier has them, delivered or not.

https://www.twilio.com/en-us/sms/pricing (November 2026); a price is named later, in the list of messages.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from channels_sms.segments import count_segments
from inbox.ports import Charge, Tariff, Use, told_price

TARIFF = Tariff(
    "segment",
    gettext_lazy(
        "Each segment costs, by the recipient's country, also when the phone never gets it. A segment is 160 "
        "plain or 70 other characters; of longer texts 153 or 67 each. The provider names the price later."
    ),
)
_BEFORE = {"queued", "sending", "held", "cancelled", "uncertain"}


def charge(use: Use) -> Charge | None:
    """By segments, unless the provider has named the price."""
    told, currency = told_price(use.pricing)
    has_left = use.status not in _BEFORE and use.status != "failed"
    if not has_left and told is None:
        return None
    return Charge(max(1, count_segments(use.text).segments), told=told, currency=currency)
