"""The form of a username, with Meta's rules."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_whatsapp.username_calls import LEAST, MOST, is_username


class UsernameForm(forms.Form):
    """A name by which people find the business."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        min_length=LEAST,
        max_length=MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Letters a to z, digits, dots and underscores, 3 to 35 of them, with a letter among them. No dot "
            "at the beginning or end, not “www” first and no ending like .com."
        ),
    )

    def clean_username(self) -> str:
        """In small letters, without the “@”."""
        name: str = self.cleaned_data["username"].strip().removeprefix("@").lower()
        if not is_username(name):
            raise forms.ValidationError(_("This does not follow the rules below."))
        return name
