"""The form of one rule: only what matters for what it watches."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import SharedForm
from inbox.models import Channel
from notifications.alert_words import ABOUT, THRESHOLDS
from notifications.models import AlertRule, Watched
from notifications.queries.alerts import told_members
from tenants.models import Member


class RuleForm(SharedForm):
    """One rule. watched: what; it never changes. Shows what is stored, or what is usual."""

    channel_id = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    threshold = forms.DecimalField(min_value=0, max_digits=14, decimal_places=6)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3)
    at_least = forms.IntegerField(
        label=gettext_lazy("At least so many failures"), min_value=1, max_value=1_000_000
    )
    window_min = forms.IntegerField(
        label=gettext_lazy("Of the last minutes"), min_value=5, max_value=1_440, help_text=ABOUT["failures"]
    )
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Who is told"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nobody chosen: everybody who sets up channels."),
    )
    by_mail = forms.BooleanField(
        label=gettext_lazy("By e-mail, too"),
        required=False,
        help_text=gettext_lazy("They always read it in the console, and your programs hear it as an event."),
    )
    repeat_h = forms.IntegerField(
        label=gettext_lazy("Say it again after so many hours"),
        min_value=0,
        max_value=720,
        help_text=gettext_lazy("While it lasts. 0: only once."),
    )
    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, *args: Any, watched: str, rule: AlertRule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stored=_stored(rule, watched), **kwargs)
        for name in _left_out(watched):
            del self.fields[name]
            self.stored.pop(name, None)
        if watched in THRESHOLDS:
            self.fields["threshold"].label = THRESHOLDS[watched][0]
        every = [("", _("Every channel"))]
        channels = [(str(row.id), row.name) for row in Channel.objects.order_by("name", "id")]
        self.fields["channel_id"].choices = every + channels  # type: ignore[attr-defined]
        people = Member.objects.filter(is_active=True).order_by("name", "id")
        self.fields["members"].choices = [(str(one.id), one.name) for one in people]  # type: ignore[attr-defined]
        self.everybody = ", ".join(told_members([]).order_by("name").values_list("name", flat=True))

    def said(self) -> dict[str, Any]:
        """The rule's fields."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return found | {"channel_id": found.get("channel_id") or None}


def _left_out(watched: str) -> list[str]:
    found = [] if watched == Watched.COST else ["currency"]
    if watched != Watched.FAILURES:
        found += ["at_least", "window_min"]
    return [*found, "threshold"] if watched == Watched.TEMPLATE else found


def _stored(rule: AlertRule | None, watched: str) -> dict[str, Any]:
    if rule is None:
        start = THRESHOLDS.get(watched, ("", "0"))[1]
        usual = {"currency": "EUR", "at_least": 3, "window_min": 60, "repeat_h": 24}
        off = {"channel_id": "", "members": [], "by_mail": False, "is_on": True}
        return {"threshold": start, **usual, **off}
    return {
        "channel_id": str(rule.channel_id or ""),
        "threshold": f"{rule.threshold.normalize():f}",
        "currency": rule.currency,
        "at_least": rule.at_least,
        "window_min": rule.window_min,
        "members": sorted(map(str, rule.members)),
        "by_mail": rule.by_mail,
        "repeat_h": rule.repeat_h,
        "is_on": rule.is_on,
    }
