"""Connecting a WhatsApp number: what a person copies from Meta's pages, checked for the usual mix-ups."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_whatsapp.graph import BASE_URL, PROOF
from channels_whatsapp.sending import MARKETING_API

CONFIG = ("display_phone_number", "waba_id", MARKETING_API, PROOF)
SECRETS = ("access_token", "app_secret", "verify_token")


def new_verify_token() -> str:
    """A token for Meta to show us when it checks our address."""
    return secrets.token_urlsafe(24)


class IdField(forms.RegexField):
    """A number Meta gives to things: digits only."""

    def __init__(self, **options: Any) -> None:
        messages = {"invalid": _("This is a number of 5 to 20 digits, without “+” or spaces.")}
        super().__init__(regex=r"^[0-9]{5,20}$", max_length=20, error_messages=messages, **options)


class SecretField(forms.CharField):
    """Shown as dots and never written back into a page; no spaces in it, which copying easily adds."""

    widget = forms.PasswordInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2_000, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text.isascii() or any(character.isspace() for character in text):
            raise forms.ValidationError(
                _("Copy it again: it holds spaces or characters that cannot belong to it.")
            )
        return text


class ConnectForm(forms.Form):
    """Gives {"name", "external_id", "config", "secrets", "base_url"} as its cleaned data."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("How your team calls this number, for example “Orders”.")
    )
    display_phone_number = forms.CharField(
        label=_("Phone number"), max_length=32, help_text=_("With country code, for example +44 7700 900201.")
    )
    external_id = IdField(
        label=_("Phone number ID"),
        help_text=_("In the app's dashboard under WhatsApp › API Setup. It is not the phone number."),
    )
    waba_id = IdField(
        label=_("WhatsApp Business Account ID"),
        help_text=_("On the same page, below the phone number ID. Needed for templates and for checking."),
    )
    access_token = SecretField(
        label=_("Access token"),
        help_text=_(
            "Business settings › Users › System users › Generate token, with whatsapp_business_messaging and "
            "whatsapp_business_management. The token on the API Setup page ends after a day."
        ),
    )
    app_secret = SecretField(
        label=_("App secret"),
        help_text=_(
            "In the app's dashboard under App settings › Basic. It proves that a webhook comes from Meta."
        ),
    )
    verify_token = SecretField(
        label=_("Verify token"),
        required=False,
        initial=new_verify_token,
        widget=forms.TextInput,  # It has to be copied to the other side.
        help_text=_("Any text; you enter the same under WhatsApp › Configuration beside the callback URL."),
    )
    marketing_api = forms.BooleanField(
        label=_("Send marketing by the Marketing Messages API"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-advanced": ""}),
        help_text=_(
            "Its terms are accepted in WhatsApp Manager first. Only there the time to live of a marketing "
            "template counts. A template with a GIF leaves that way in any case."
        ),
    )
    app_proof = forms.BooleanField(
        label=_("Prove each call with the app secret"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-advanced": ""}),
        help_text=_("Where the app's advanced settings say Require app secret."),
    )
    base_url = forms.CharField(
        label=_("Address of the API"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": BASE_URL, "data-advanced": ""}),
        help_text=_("Leave empty, unless you use another server that speaks the same API."),
    )

    def clean_display_phone_number(self) -> str:
        """As webhooks show it: digits with “+”."""
        digits = "".join(
            character for character in self.cleaned_data["display_phone_number"] if character.isdecimal()
        )
        if not (digits.isascii() and 5 <= len(digits) <= 15):
            raise forms.ValidationError(_("This is not a phone number with country code."))
        return f"+{digits}"

    def clean_verify_token(self) -> str:
        """Made here when left empty."""
        return self.cleaned_data["verify_token"] or new_verify_token()

    def clean_base_url(self) -> str:
        """Only its shape; whether it may be called is decided when it is called."""
        url: str = self.cleaned_data["base_url"].strip().rstrip("/")
        try:
            parts = urlsplit(url)
            wrong = (
                parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment
            )
        except ValueError:
            wrong = True
        if url and (wrong or parts.username):
            raise forms.ValidationError(_("This is not an address like https://graph.facebook.com."))
        return url

    def clean(self) -> dict[str, Any]:
        """Sort the fields the way a channel keeps them."""
        found = self.cleaned_data
        if found.get("external_id") and f"+{found['external_id']}" == found.get("display_phone_number"):
            self.add_error(
                "external_id", _("This is the phone number; the phone number ID is another number.")
            )
        if self.errors:
            return found
        return {
            "name": found["name"],
            "external_id": found["external_id"],
            "config": {key: found[key] for key in CONFIG},
            "secrets": {key: found[key] for key in SECRETS},
            "base_url": found["base_url"],
        }
