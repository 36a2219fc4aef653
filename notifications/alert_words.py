"""The words people read for alerts and their rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import AlertRule, Watched
from notifications.words_of_money import money

WATCHED: dict[str, Any] = {
    "failures": gettext_lazy("Messages fail"),
    "template": gettext_lazy("A template cannot be sent"),
    "silence": gettext_lazy("A channel is silent"),
    "delay": gettext_lazy("Messages leave late"),
    "cost": gettext_lazy("A day costs much"),
}
ABOUT: dict[str, Any] = {
    "failures": gettext_lazy("When so large a part of the messages of the last minutes fails."),
    "template": gettext_lazy("When one is paused, rejected, disabled or of low quality."),
    "silence": gettext_lazy("When no message has come in for so long."),
    "delay": gettext_lazy(
        "When a message waits to leave for so long; campaigns wait by design and do not count."
    ),
    "cost": gettext_lazy("When one day, in UTC, comes to so much in one currency, tests included."),
}
#: What a threshold is of: (label, start).
THRESHOLDS: dict[str, tuple[Any, str]] = {
    "failures": (gettext_lazy("From how many percent on"), "10"),
    "silence": (gettext_lazy("After how many hours"), "24"),
    "delay": (gettext_lazy("After how many seconds"), "120"),
    "cost": (gettext_lazy("From which amount on"), "100"),
}


def rule_words(rule: AlertRule) -> str:
    """What a rule waits for, in one line."""
    most = f"{rule.threshold.normalize():f}" if isinstance(rule.threshold, Decimal) else str(rule.threshold)
    if rule.watched == Watched.FAILURES:
        words = _("%(percent)s %% or more of the last %(minutes)d minutes fail, %(least)d at least")
        return words % {"percent": most, "minutes": rule.window_min, "least": rule.at_least}
    if rule.watched == Watched.SILENCE:
        return _("no message in for %s hours") % most
    if rule.watched == Watched.DELAY:
        return _("the oldest message waits for %s seconds") % most
    if rule.watched == Watched.COST:
        return _("a day comes to %s") % money(rule.threshold, rule.currency)
    return _("one is paused, rejected, disabled or of low quality")
