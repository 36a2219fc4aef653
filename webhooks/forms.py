"""Forms of the console's pages about webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import SharedForm, described
from webhooks.models import TYPE_CHARS, URL_CHARS, Endpoint, Format, State
from webhooks.operations.endpoints import checked_url
from webhooks.operations.errors import WebhookRefused
from webhooks.patterns import is_pattern
from webhooks.words import FORMATS, GROUPS

_STATES = [
    (State.WAITING.value, gettext_lazy("Waits")),
    (State.DELIVERED.value, gettext_lazy("Delivered")),
    (State.FAILED.value, gettext_lazy("Given up")),
]


class EndpointForm(SharedForm):
    """An endpoint, new or as it is stored."""

    url = forms.CharField(
        label=gettext_lazy("Address of your server"),
        max_length=URL_CHARS,
        widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "https://"}),
        help_text=gettext_lazy("It gets each event as a POST, and answers 2xx within 15 seconds."),
    )
    description = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What your colleagues know it by, such as “Order system”."),
    )
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Listens to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen here and below: all events."),
    )
    others = forms.CharField(
        label=gettext_lazy("Single types"),
        max_length=2_000,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("With commas between them: message.received, *.failed"),
    )
    format = forms.ChoiceField(label=gettext_lazy("Tells"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, endpoint: Endpoint | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stored=_stored(endpoint), **kwargs)
        choices = [(one, described(words, about)) for one, (words, about) in GROUPS.items()]
        self.fields["groups"].choices = choices  # type: ignore[attr-defined]
        formats = [(one, described(words, about)) for one, (words, about) in FORMATS.items()]
        self.fields["format"].choices = formats  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        try:
            return checked_url(self.cleaned_data["url"])
        except WebhookRefused as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean_others(self) -> str:
        found = self.cleaned_data["others"].replace(",", " ").split()
        for one in found:
            if not is_pattern(one):
                raise forms.ValidationError(
                    _("“%s” is no type of events, nor a pattern like message.*.") % one
                )
        return ", ".join(found)

    def said(self) -> dict[str, Any]:
        """As operations take it."""
        found = self.cleaned_data
        types = [*found["groups"], *filter(None, found["others"].split(", "))]
        said = {"url": found["url"], "description": found["description"], "types": types}
        return said | ({"event_format": found["format"]} if found["format"] else {})


def _stored(endpoint: Endpoint | None) -> dict[str, Any]:
    if endpoint is None:
        return {"url": "", "description": "", "groups": [], "others": "", "format": Format.FULL.value}
    return {
        "url": endpoint.url,
        "description": endpoint.description,
        "groups": sorted(one for one in endpoint.types if one in GROUPS),
        "others": ", ".join(one for one in endpoint.types if one not in GROUPS),
        "format": endpoint.event_format,
    }


class DeliveryFilter(forms.Form):
    """Which deliveries; anything unknown means all."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("All")), *_STATES], required=False
    )
    type = forms.CharField(
        label=gettext_lazy("Type"),
        required=False,
        max_length=TYPE_CHARS,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "message.*", "dir": "ltr"}),
    )

    def chosen(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}
