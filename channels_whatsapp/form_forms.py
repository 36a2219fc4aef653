"""The address of the business's own system, which says what forms show."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

URL_CHARS = 2_000


class BadAddress(ValueError):
    """This cannot be called; says why, for people."""


def checked_address(text: str) -> str:
    """Only its shape; whether it may be called is decided when it is called. Raises BadAddress."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        wrong = parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment
    except ValueError:
        wrong = True
    if url and (wrong or parts.username or " " in url):
        raise BadAddress(_("This is not an address like https://shop.example/forms."))
    return url


class FormAddressForm(forms.Form):
    """Whom forms are asked of."""

    url = forms.CharField(
        label=gettext_lazy("Address of your system"),
        max_length=URL_CHARS,
        required=False,
        widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "https://"}),
        help_text=gettext_lazy(
            "It gets each step of a form as JSON and has eight seconds to answer. Empty: nobody is asked."
        ),
    )

    def clean_url(self) -> str:
        try:
            return checked_address(self.cleaned_data["url"])
        except BadAddress as wrong:
            raise forms.ValidationError(str(wrong)) from None
