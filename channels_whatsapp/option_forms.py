"""What a number sends along, as its admins chose here: kept in the channel's config, Meta is not asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from channels_whatsapp.direct import SETTING as DIRECT_SEND
from channels_whatsapp.sending import MARKETING_ACTIVITY, MARKETING_FALLBACK
from common.forms import SharedForm
from inbox.ports import Json


class OptionsForm(SharedForm):
    """stored: see ``options_of``."""

    direct_send = forms.BooleanField(
        required=False,
        label=gettext_lazy("Direct Send: write after 24 hours without a template"),
        help_text=gettext_lazy(
            "Texts of up to 1,024 characters about what a customer has ordered or asked for, never "
            "advertising. Meta makes a template of each and charges it as utility. Meta must have enabled it "
            "for this number; if it refuses, that is shown on the channel's page."
        ),
    )

    marketing_fallback = forms.BooleanField(
        required=False,
        label=gettext_lazy("Marketing that cannot go by its own API goes by the usual way"),
        help_text=gettext_lazy(
            "Otherwise Meta refuses what its Marketing Messages API cannot send, and the message fails with "
            "the reason. It only concerns numbers and templates that use that API."
        ),
    )
    marketing_activity = forms.ChoiceField(
        required=False,
        label=gettext_lazy("What Meta learns of marketing messages"),
        choices=[
            ("", gettext_lazy("As set in WhatsApp Manager")),
            (
                "on",
                gettext_lazy("Whether they were read and tapped, to choose better whom it delivers them to"),
            ),
            ("off", gettext_lazy("Nothing beyond delivering them")),
        ],
        widget=forms.RadioSelect,
    )

    def flattened(self) -> Json:
        """The fields as ``options_of`` has them."""
        return {name: self.cleaned_data[name] for name in OPTIONS}


#: What is chosen while nobody has chosen.
OPTIONS: Json = {DIRECT_SEND: False, MARKETING_FALLBACK: False, MARKETING_ACTIVITY: ""}


def options_of(config: Json) -> Json:
    """What a channel's config says of them, in the fields' own types."""
    return {name: _typed(config.get(name), usual) for name, usual in OPTIONS.items()}


def _typed(value: Any, usual: Any) -> Any:
    return value if isinstance(value, type(usual)) else usual
