"""Forms of the console's pages about campaigns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.zoned_times import ZonedTimeField
from inbox.channels import adapters
from notifications import words
from notifications.campaign_words import FIELDS
from notifications.campaign_words import ROWS as ROW_WORDS
from notifications.campaigns.columns import DATA, PERSON
from notifications.campaigns.files import MAX_BYTES
from notifications.forms import Filter
from notifications.models import Campaign, Category, NotificationType, TypeVersion
from notifications.operations.campaigns import PACE
from notifications.queries.campaigns import ROW_STATES
from notifications.variables import slots_in


def types_to_send() -> list[tuple[str, str]]:
    """Published types that a campaign may use, by name."""
    rows = NotificationType.objects.filter(archived_at=None, current__isnull=False)
    rows = rows.exclude(category=Category.AUTHENTICATION).order_by("name", "id")
    return list(rows.values_list("key", "name"))


class NameForm(forms.Form):
    """What a campaign is called and what it sends."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("For you and your colleagues; nobody else reads it."),
    )
    type = forms.ChoiceField(label=gettext_lazy("What is sent"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = types_to_send()  # type: ignore[attr-defined]


class FileForm(NameForm):
    """A campaign from a file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text=gettext_lazy(
            "CSV with a first line that names the columns; at most 100,000 rows and 20 MB. Commas, "
            "semicolons or tabs; as Excel, Numbers or a database saves it."
        ),
    )
    once_each = forms.BooleanField(
        label=gettext_lazy("Write to each person once"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Further rows for the same person are listed and left out."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file has more than 20 MB. Split it into several campaigns."))
        return file


HELP: dict[str, Any] = {
    "phone": gettext_lazy("With its country code. People nobody knows yet are made from it."),
    "external_id": gettext_lazy("Finds people you know already, without their number."),
}


class ColumnsForm(forms.Form):
    """Which column is what."""

    def __init__(self, campaign: Campaign, samples: Mapping[int, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—")]
        for place, name in enumerate(campaign.header):
            shown = samples.get(place, "")[:40]
            choices.append((str(place), f"{name} · {shown}" if shown else name))
        for name in PERSON:
            self._add(name, FIELDS[name], choices, campaign, HELP.get(name, ""))
        for one in campaign.version.variables:
            kind = words.TYPES.get(one["type"], one["type"])
            field = self._add(f"{DATA}{one['name']}", one["name"], choices, campaign, kind)
            field.required = bool(one.get("required", True))

    def _add(self, name: str, label: Any, choices: Any, campaign: Campaign, help_text: Any) -> forms.Field:
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=choices,
            required=False,
            help_text=help_text,
            initial=str(campaign.columns.get(name, "")),
            error_messages={"required": _("This variable is required; choose its column.")},
        )
        return self.fields[name]

    def chosen(self) -> dict[str, int]:
        """{field: place} of the columns that were chosen."""
        return {name: int(place) for name, place in self.cleaned_data.items() if place}

    def people(self) -> list[Any]:
        """The fields about the person."""
        return [self[name] for name in PERSON]

    def variables(self) -> list[Any]:
        """The fields about what is said."""
        return [self[name] for name in self.fields if name.startswith(DATA)]


def _days(*many: int) -> list[tuple[str, Any]]:
    return [("", "—"), *((str(n), _("%d days") % n) for n in many)]


class PeopleForm(Filter):
    """People by what is known of them."""

    label = forms.CharField(label=gettext_lazy("Label of the customer"), required=False, max_length=60)
    thread_label = forms.CharField(
        label=gettext_lazy("Label of a conversation"), required=False, max_length=60
    )
    language = forms.CharField(
        label=gettext_lazy("Language"),
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"placeholder": "pt"}),
    )
    consent = forms.ChoiceField(label=gettext_lazy("Said yes to"), required=False)
    address = forms.ChoiceField(label=gettext_lazy("Can be reached by"), required=False)
    attribute = forms.CharField(label=gettext_lazy("Attribute"), required=False, max_length=60)
    value = forms.CharField(label=gettext_lazy("with the value"), required=False, max_length=200)
    heard_days = forms.ChoiceField(label=gettext_lazy("Wrote within"), required=False)
    silent_days = forms.ChoiceField(label=gettext_lazy("Silent for"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted({kind for one in adapters().values() for kind in one.address_kinds})
        choices: dict[str, list[tuple[str, Any]]] = {
            "consent": [("", "—"), *((one, words.CATEGORIES[one]) for one in Category.values)],
            "address": [("", "—"), *((kind, words.address_words(kind)) for kind in kinds)],
            "heard_days": _days(1, 7, 30, 90, 365),
            "silent_days": _days(7, 30, 90, 365),
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]


class TextsForm(forms.Form):
    """What a segment's variables say: texts with slots of what is known of each person."""

    def __init__(self, version: TypeVersion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = slots_in(version.contents)
        for one in version.variables:
            name = one["name"]
            start = f"{{{{{name}}}}}" if name in {"name", "first_name"} else ""
            self.fields[f"text_{name}"] = forms.CharField(
                label=name,
                required=bool(one.get("required", True)) and name in used,
                max_length=2000,
                initial=start,
                help_text=str(words.TYPES.get(one["type"], one["type"])),
            )

    def texts(self) -> dict[str, str]:
        """{variable: text} of those that say something."""
        return {name.removeprefix("text_"): text for name, text in self.cleaned_data.items() if text}


class CountField(forms.IntegerField):
    """A number as it stands on the page, with the signs between its thousands or without."""

    def to_python(self, value: Any) -> int | None:
        number: int | None = super().to_python(re.sub("[.,'’\\s]", "", str(value or "")))
        return number


class WhenForm(forms.Form):
    """When a campaign begins: now, or at a time by the house's clock."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[("now", gettext_lazy("Now")), ("later", gettext_lazy("At a time"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    send_at = ZonedTimeField(label=gettext_lazy("Day and time"), required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            if isinstance(one, ZonedTimeField):
                one.stand_in(zone)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if "send_at" in self.errors or "when" in self.errors:
            return found
        if found["when"] == "later" and not found["send_at"]:
            self.add_error("send_at", _("Choose the day and the time."))
        elif found["when"] == "now" and found["send_at"] and "send_at" in self.changed_data:
            self.add_error("when", _("A time is written below. Choose “At a time”, or empty it."))
        return found

    def asked(self) -> dict[str, Any]:
        """What the operations take: a time to come, or none for now."""
        found = dict(self.cleaned_data)
        return found | {"send_at": found["send_at"] if found.pop("when") == "later" else None}


class StartForm(WhenForm):
    """How fast, when, and the typed word that it is meant."""

    per_minute = forms.IntegerField(
        label=gettext_lazy("People per minute"),
        min_value=PACE[0],
        max_value=PACE[1],
        help_text=gettext_lazy("Codes, fraud alerts and answers of agents go before it at any pace."),
    )
    expires_at = ZonedTimeField(
        label=gettext_lazy("Nobody later than"),
        required=False,
        help_text=gettext_lazy("Empty: only the type’s own time to live counts."),
    )
    recipients = CountField(
        label=gettext_lazy("Type the number of recipients"),
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    field_order = ("per_minute", "when", "send_at", "expires_at", "recipients")


class RowFilter(Filter):
    """Which rows to list."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), *((one, ROW_WORDS[one].words) for one in ROW_STATES)],
    )
