"""What calls are charged as: by the begun minute, from when somebody or something answers.

https://www.twilio.com/en-us/voice/pricing (November 2026); a price is named later, in the list of calls.
"""

from __future__ import annotations

import re
from math import ceil

from django.utils.translation import gettext_lazy

from inbox.ports import Charge, Tariff, Use, told_price

TARIFF = Tariff(
    "minute",
    gettext_lazy(
        "Each begun minute costs, by the recipient's country, once the call is answered, by a voicemail too. "
        "The provider names the price later. Before a call its length is taken from its script, said once."
    ),
)
#: Words a calm voice says in a second, and the longest call there is.
_WORDS_PER_S, _LONGEST_S = 2.4, 14_400
_PAUSE = re.compile(r"\[pause ([0-9]{1,3})")


def charge(use: Use) -> Charge | None:
    """By the minutes it took; of one that is only planned, by the minutes its words take."""
    told, currency = told_price(use.pricing)
    seconds = use.content.get("duration_s") if use.status else _spoken(use.text)
    if not isinstance(seconds, (int, float)) or (seconds <= 0 and told is None):
        return None
    minutes = max(1, ceil(min(seconds, _LONGEST_S) / 60))
    return Charge(minutes, told=told, currency=currency)


def _spoken(text: str) -> float:
    pauses = sum(int(seconds) for seconds in _PAUSE.findall(text))
    return max(1.0, len(text.split()) / _WORDS_PER_S + pauses)
