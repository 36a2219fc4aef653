"""What a number sends along, as its admins chose here: kept in the channel's config, Meta is not asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from channels_whatsapp.direct import SETTING as DIRECT_SEND
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

    def flattened(self) -> Json:
        """The fields as ``options_of`` has them."""
        return {name: self.cleaned_data[name] for name in OPTIONS}


#: What is chosen while nobody has chosen.
OPTIONS: Json = {DIRECT_SEND: False}


def options_of(config: Json) -> Json:
    """What a channel's config says of them, in the fields' own types."""
    return {name: _typed(config.get(name), usual) for name, usual in OPTIONS.items()}


def _typed(value: Any, usual: Any) -> Any:
    return value if isinstance(value, type(usual)) else usual
