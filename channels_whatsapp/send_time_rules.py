"""How long WhatsApp may go on trying to deliver a template's messages, by category. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/time-to-live
(September 2026)
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_whatsapp.findings import Draft, Finding

MINUTE, HOUR, DAY = 60, 3_600, 86_400
#: Stands for 30 days; one-time codes and utility take it, whose own bounds end before.
THIRTY_DAYS = -1
#: Category → the least and the most.
BOUNDS = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}
SAID: dict[str, Promise] = {
    "AUTHENTICATION": gettext_lazy("A one-time code takes 30 seconds to 15 minutes, or 30 days."),
    "UTILITY": gettext_lazy("Utility takes 30 seconds to 12 hours, or 30 days."),
    "MARKETING": gettext_lazy("Marketing takes 12 hours to 30 days."),
}
#: What the editor offers.
CHOICES: dict[int, Promise] = {
    30: gettext_lazy("30 seconds"),
    MINUTE: gettext_lazy("1 minute"),
    2 * MINUTE: gettext_lazy("2 minutes"),
    5 * MINUTE: gettext_lazy("5 minutes"),
    10 * MINUTE: gettext_lazy("10 minutes"),
    15 * MINUTE: gettext_lazy("15 minutes"),
    HOUR: gettext_lazy("1 hour"),
    3 * HOUR: gettext_lazy("3 hours"),
    6 * HOUR: gettext_lazy("6 hours"),
    12 * HOUR: gettext_lazy("12 hours"),
    DAY: gettext_lazy("1 day"),
    3 * DAY: gettext_lazy("3 days"),
    7 * DAY: gettext_lazy("7 days"),
    14 * DAY: gettext_lazy("14 days"),
    30 * DAY: gettext_lazy("30 days"),
}


def is_allowed(category: str, seconds: int) -> bool:
    """Whether WhatsApp takes this time for a template of this category."""
    least, most = BOUNDS.get(category, (30, 30 * DAY))
    return least <= seconds <= most or (seconds == THIRTY_DAYS and category != "MARKETING")


def send_time_findings(draft: Draft) -> Iterator[Finding]:
    """A time outside of what the category takes."""
    seconds = draft.send_ttl_s
    if seconds is not None and not is_allowed(draft.category, seconds):
        what = _("WhatsApp does not take this time for the category.")
        yield Finding("send_ttl_s", what, str(SAID.get(draft.category, "")))


def ttl_words(seconds: int | None) -> str:
    """A time in words; "" when it is WhatsApp's own."""
    if seconds is None:
        return ""
    if seconds == THIRTY_DAYS:
        return str(CHOICES[30 * DAY])
    return str(CHOICES.get(seconds) or _("%d seconds") % seconds)


def as_sent(category: str, seconds: int) -> int:
    """30 days as the category wants to hear them."""
    return THIRTY_DAYS if seconds == 30 * DAY and category != "MARKETING" else seconds
