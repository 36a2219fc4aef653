"""The words people read for states, categories and kinds of value: the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as in_words
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Word:
    """What a state is called. tone: a class of state.css; icon: a name in /icons.svg."""

    words: Any
    tone: str
    icon: str


STATES = {
    "queued": Word(_("Queued"), "blue", "hourglass"),
    "scheduled": Word(_("Scheduled"), "blue", "alarm-clock"),
    "held": Word(_("Held"), "warn", "moon"),
    "throttled": Word(_("Throttled"), "warn", "circle-slash"),
    "batched": Word(_("Batched"), "blue", "inbox"),
    "skipped": Word(_("Skipped"), "mute", "circle-slash"),
    "sent": Word(_("Sent"), "blue", "check"),
    "delivered": Word(_("Delivered"), "ok", "check-check"),
    "read": Word(_("Read"), "ok", "eye"),
    "answered": Word(_("Answered"), "ok", "reply"),
    "failed": Word(_("Failed"), "bad", "circle-alert"),
    "expired": Word(_("Expired"), "warn", "clock"),
    "cancelled": Word(_("Cancelled"), "mute", "x"),
    "simulated": Word(_("Simulated"), "mute", "circle-dashed"),
}
STEPS = {
    "waiting": Word(_("waiting"), "mute", "circle-dashed"),
    "trying": Word(_("on its way"), "blue", "hourglass"),
    "reached": Word(_("reached"), "ok", "check"),
    "timed_out": Word(_("silent, given up"), "warn", "hourglass"),
    "failed": Word(_("failed"), "bad", "circle-alert"),
    "skipped": Word(_("skipped"), "mute", "circle-slash"),
    "unneeded": Word(_("not needed"), "mute", "check"),
}
CATEGORIES = {
    "authentication": _("Authentication"),
    "utility": _("Utility"),
    "marketing": _("Marketing"),
}
TYPES = {
    "text": _("Text"),
    "money": _("Money"),
    "phone": _("Phone number"),
    "date": _("Date or time"),
    "number": _("Number"),
    "url": _("Web address"),
    "code": _("Code"),
}
REACHES = {
    "accepted": _("accepted by the provider"),
    "sent": _("sent"),
    "delivered": _("delivered"),
    "read": _("read"),
    "answered": _("answered"),
}
LANES = {
    "urgent": _("Urgent: before everything else"),
    "utility": _("Utility: before marketing"),
    "marketing": _("Marketing: after everything else"),
}
PRIORITY_WORDS = {
    "none": _("None"),
    "low": _("Low"),
    "normal": _("Normal"),
    "high": _("High"),
    "urgent": _("Urgent"),
}
#: Parts of a version, for saying where something is wrong.
PARTS = {
    "ladder": _("Ladder"),
    "variables": _("Variables"),
    "actions": _("Actions"),
    "digest": _("Digest"),
    "throttle": _("Limit"),
}
CONSENTS = {
    "granted": Word(_("Yes"), "ok", "check"),
    "denied": Word(_("No"), "bad", "circle-slash"),
}
UNKNOWN = Word("?", "mute", "circle-dashed")
#: Kinds of address that are no channel's own.
ADDRESSES = {"phone": _("Phone number"), "email": _("Email")}
#: Names of languages as their own people write them.
LANGUAGES = {
    "ar": "العربية", "de": "Deutsch", "en": "English", "en-GB": "English (UK)", "en-US": "English (US)",
    "es": "Español", "fa": "فارسی", "fr": "Français", "he": "עברית", "hi": "हिन्दी", "id": "Indonesia",
    "it": "Italiano", "ja": "日本語", "nl": "Nederlands", "pl": "Polski", "pt": "Português",
    "pt-BR": "Português (Brasil)", "pt-PT": "Português (Portugal)", "ru": "Русский", "tr": "Türkçe",
    "uk": "Українська", "ur": "اردو", "zh": "中文",
}  # fmt: skip
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


def language_name(code: str) -> str:
    """ "Português (Brasil)"; a code nobody named is shown as it is."""
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0]) or code


def address_words(kind: str) -> str:
    """ "Phone number"; a channel's own kind as it calls it: "whatsapp id" """
    return str(ADDRESSES.get(kind) or kind.replace("_", " "))


def direction(code: str) -> str:
    """ltr or rtl"""
    return "rtl" if code.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def patience(seconds: int) -> str:
    """ "45 s", "2 min", "1 h 30 min", "3 days" """
    if seconds < 60:
        return in_words("%d s") % seconds
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        both = {"minutes": minutes, "seconds": rest}
        return in_words("%(minutes)d min %(seconds)d s") % both if rest else in_words("%d min") % minutes
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        both = {"hours": hours, "minutes": minutes}
        return in_words("%(hours)d h %(minutes)d min") % both if minutes else in_words("%d h") % hours
    both = {"days": hours // 24, "hours": hours % 24}
    return in_words("%(days)d d %(hours)d h") % both if both["hours"] else in_words("%d d") % both["days"]


#: Whose clock quiet hours go by (``notifications.clocks``).
WHOSE_CLOCK = {
    "customer": _("by their own time zone"),
    "number": _("by the time zone of their number"),
    "house": _("by the time zone of the house; theirs is not known"),
}
