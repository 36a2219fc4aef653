"""The form of a number's settings."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_whatsapp.setting_calls import ALWAYS, OTHER, OURS, TooManySpans, hours_of
from common.forms import SharedForm, described
from inbox.ports import Json
from tenants.hours import Hours

#: What is a switch; when calls are taken is the one thing that is none.
SWITCHES = ("identity_check", "calling", "call_button", "callback", "voicemail")


class SettingsForm(SharedForm):
    """stored: see ``flat``."""

    identity_check = forms.BooleanField(
        required=False,
        label=gettext_lazy("Check that it is still the same person"),
        help_text=gettext_lazy(
            "When somebody's security code changes, because of a new phone or because somebody else took the "
            "number over, messages to them wait until one of your team confirms in the conversation who it "
            "is."
        ),
    )
    calling = forms.BooleanField(
        required=False,
        label=gettext_lazy("Customers may call this number on WhatsApp"),
        help_text=gettext_lazy("Calls ring in the inbox. Meta wants a limit of 2,000 people a day for it."),
    )
    call_button = forms.BooleanField(
        required=False,
        label=gettext_lazy("Show the call button in chats and in the profile"),
        help_text=gettext_lazy("Phones may take up to seven days to show a change."),
    )
    callback = forms.BooleanField(
        required=False,
        label=gettext_lazy("Whoever calls may be called back"),
        help_text=gettext_lazy("A call gives your team the permission to call back, without a question."),
    )
    voicemail = forms.BooleanField(
        required=False,
        label=gettext_lazy("Voicemail"),
        help_text=gettext_lazy("Whom nobody answers can speak a message; it comes as a voice message."),
    )
    call_hours = forms.ChoiceField(label=gettext_lazy("When calls are taken"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = described(_("In the opening hours"), _("As they are now, with the coming holidays."))
        choices = [(ALWAYS, _("Always")), (OURS, ours)]
        if self.stored["call_hours"] == OTHER:
            choices.append((OTHER, _("As it was set in WhatsApp Manager")))
        cast(forms.ChoiceField, self.fields["call_hours"]).choices = choices

    def flattened(self) -> Json:
        """The fields as ``flat`` has them."""
        return {name: self.cleaned_data[name] for name in (*SWITCHES, "call_hours")}


def flat(settings: Json, hours: Hours, today: date) -> Json:
    """Settings as the form's fields. hours: our own, to tell whether they are the ones that are set."""
    switches = {name: settings[name] for name in SWITCHES}
    return {**switches, "call_hours": _when(settings["hours"], hours, today)}


def _when(found: Json, hours: Hours, today: date) -> str:
    if not found:
        return ALWAYS
    try:
        ours = hours_of(hours, today)
    except TooManySpans:
        return OTHER
    past = [one for one in found["closed"] if one[0] >= today.isoformat()]
    return OURS if {**found, "closed": past} == ours else OTHER


def settings_of(fields: Json, now: Json, hours: Hours, today: date) -> Json:
    """The form's fields as ``setting_calls.read_settings`` gives them. now: as Meta has it.

    Raises TooManySpans."""
    found = {name: fields[name] for name in SWITCHES}
    if fields["call_hours"] == OTHER:
        return {**now, **found}
    return {**now, **found, "hours": {} if fields["call_hours"] == ALWAYS else hours_of(hours, today)}
