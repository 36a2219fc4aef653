"""The connect form of any channel, for a new account and for one already connected. Nothing is saved here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import LinesField, SharedForm, merge, secret_names, seen_token
from inbox.channels import adapter_for
from inbox.models import Channel, Outcome
from inbox.operations.channels import channel_secrets

#: What a provider's id of an account may never become: webhooks find the channel by it.
FIXED = "external_id"

#: How long the secret before is accepted after a change: hours → in words.
OVERLAPS = {
    "168": gettext_lazy("7 days: a provider may repeat webhooks it signed before for so long"),
    "24": gettext_lazy("24 hours"),
    "1": gettext_lazy("1 hour"),
    "0": gettext_lazy("Not at all: it ends at once, because somebody else may know it"),
}

PERIODS = {
    "1": gettext_lazy("Last hour"),
    "24": gettext_lazy("Last 24 hours"),
    "168": gettext_lazy("Last 7 days"),
}


def connect_form(kind: str, data: QueryDict | None = None) -> forms.Form:
    """The form for a new account. Raises UnknownChannel."""
    return adapter_for(kind).connect_form(data)


def own_secrets(channel: Channel) -> list[tuple[str, str]]:
    """(label, value) of the secrets a person hands to the provider, e.g. a verify token.

    They are the ones the connect form does not hide.
    """
    form, kept = connect_form(channel.kind), channel_secrets(channel)
    shown = [name for name in kept if name in form.fields and name not in secret_names(form)]
    return [(str(form.fields[name].label), kept[name]) for name in shown]


def identity_label(kind: str) -> str:
    """What the secret is called that proves a webhook, e.g. "App secret"; "" for a kind without one."""
    names = adapter_for(kind).hook_secrets[:1]
    fields = connect_form(kind).fields
    return next((str(fields[name].label) for name in names if name in fields), "")


class ChannelForm:
    """The connect form over a connected account: secrets left empty stay as they are and never come out.

    form: the adapter's own, for rendering; `is_valid` gives name, config, secrets and base_url in `wanted`.
    """

    def __init__(self, channel: Channel, data: QueryDict | None = None) -> None:
        self.channel = channel
        self.kept = channel_secrets(channel)
        self.stored = {
            **self.kept,
            **channel.config,
            "name": channel.name,
            FIXED: channel.external_id,
            "base_url": channel.base_url,
        }
        self.form = self._form(data)
        self.secrets = secret_names(self.form)
        self.wanted: dict[str, Any] = {}

    def is_valid(self) -> bool:
        """Check as a whole with the stored secrets filled in, then forget them."""
        if not self.form.is_bound:
            return False
        typed = self.form.data
        self.form.data = self._filled(typed)
        is_valid = self.form.is_valid()
        self.form.data = typed
        return is_valid and self._agrees(typed)

    @property
    def seen(self) -> str:
        """For the hidden field `seen`: two admins may have the page open."""
        return seen_token(self._shown())

    def _shown(self) -> dict[str, str]:
        """What the page shows of the row."""
        hidden = {FIXED, *self.secrets}
        return {
            name: str(value)
            for name, value in self.stored.items()
            if name in self.form.fields and name not in hidden
        }

    def _agrees(self, typed: Any) -> bool:
        found = self.form.cleaned_data
        flat = {**found["config"], **found["secrets"], "name": found["name"], "base_url": found["base_url"]}
        theirs, clashes = merge(typed.get("seen", ""), self._shown(), flat)
        self.wanted = {
            "name": theirs.get("name", found["name"]),
            "base_url": theirs.get("base_url", found["base_url"]),
            "config": {**self.channel.config, **found["config"], **_only(theirs, found["config"])},
            "secrets": self._new({**found["secrets"], **_only(theirs, found["secrets"])}),
        }
        for name, sentence in clashes.items():
            self.form.add_error(name, sentence)
        return not clashes

    def _form(self, data: QueryDict | None) -> forms.Form:
        form = adapter_for(self.channel.kind).connect_form(data, initial=self.stored)
        form.fields[FIXED].disabled = True
        for name in secret_names(form):
            form.fields[name].required = False
            form.initial.pop(name, None)
            form.fields[name].widget.attrs["placeholder"] = _("Leave empty to keep it")
        return form

    def _filled(self, typed: Any) -> QueryDict:
        whole: QueryDict = typed.copy()
        for name, value in self.kept.items():
            if not whole.get(name):
                whole[name] = value
        return whole

    def _new(self, secrets: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in secrets.items() if self.kept.get(name) != value}


def _only(values: dict[str, Any], names: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


class OverlapForm(forms.Form):
    """How long the secret before goes on being accepted beside a new one."""

    old_secret_h = forms.ChoiceField(
        label=gettext_lazy("Accept the one before for"), choices=list(OVERLAPS.items())
    )

    def until(self, now: datetime) -> datetime | None:
        """When it ends; None when nobody chose."""
        self.full_clean()
        hours = self.cleaned_data.get("old_secret_h") if self.is_bound else None
        return now + timedelta(hours=int(hours)) if hours else None


class ReceiptFilter(forms.Form):
    """Which receipts to list; anything unknown means all."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("", gettext_lazy("All")), *((one.value, one.label) for one in Outcome)],
        required=False,
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    hours = forms.ChoiceField(
        label=gettext_lazy("Time"), choices=[("", gettext_lazy("Any time")), *PERIODS.items()], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = Channel.objects.order_by("name", "id").values_list("id", "name")
        field = cast(forms.ChoiceField, self.fields["channel"])
        field.choices = [("", _("All")), *((str(key), name) for key, name in channels)]

    def chosen(self) -> dict[str, str]:
        """The filters that were understood."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class SavedReplyForm(SharedForm):
    """A saved reply. may_share: whether it can be made for everybody."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("A few words to find it by.")
    )
    text = LinesField(
        label=gettext_lazy("Text"),
        max_length=4096,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=gettext_lazy(
            "These are filled for each customer: {{customer.name}}, {{customer.first_name}}, "
            "{{customer.phone}}, {{customer.email}}, {{customer.external_id}}, {{customer.<attribute>}}, "
            "{{agent.name}}, {{agent.first_name}}, {{agent.email}}, {{workspace.name}}."
        ),
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("For everybody (otherwise only you see it)"), required=False
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]


class InboxForm(forms.Form):
    """What is set for one inbox."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    auto_assign = forms.BooleanField(
        label=gettext_lazy("Give new conversations to members who are online"),
        required=False,
        help_text=gettext_lazy(
            "Whoever has the fewest open conversations gets the next one, up to their own limit. Nobody "
            "who is busy or away gets any. A conversation of a team stays in its team."
        ),
    )
    first_answer_min = forms.IntegerField(
        label=gettext_lazy("First answer within, in minutes"),
        required=False,
        min_value=1,
        max_value=43_200,
        help_text=gettext_lazy("Only minutes in which you are open count. Empty: nothing is promised."),
    )
    next_answer_min = forms.IntegerField(
        label=gettext_lazy("Every further answer within, in minutes"),
        required=False,
        min_value=1,
        max_value=43_200,
    )
