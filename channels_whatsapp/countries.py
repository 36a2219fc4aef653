"""Whom WhatsApp delivers nothing of a kind, wherever it is sent from.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates: none
to numbers of the United States since April 2025; Meta takes the message and reports it failed (131049).
"""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext as _

from channels_whatsapp.people import is_user_id
from inbox.ports import PHONE, Claim

WITHOUT_MARKETING = "US"


def why_barred(*, to: Claim, category: str) -> str:
    """See ``inbox.ports.BarsPeople``. What is in doubt is left to Meta."""
    if category != "marketing" or country_of(to) != WITHOUT_MARKETING:
        return ""
    return _(
        "WhatsApp delivers no marketing to numbers of the United States. Choose another channel, or a "
        "template that is no marketing."
    )


@lru_cache(maxsize=10_000)
def country_of(to: Claim) -> str:
    """The two letters of an address's country; "" when it is not sure."""
    if to.kind != PHONE:
        return to.value[:2] if is_user_id(to.value) else ""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(to.value)) or ""
    except phonenumbers.NumberParseException:
        return ""
