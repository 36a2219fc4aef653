"""Connecting a number of a telephone company: what a person copies from its console, checked for mix-ups."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from telephony.rest import BASE_URL

SECRETS = ("auth_token", "shared_key", "api_key_sid", "api_key_secret")


class SecretField(forms.CharField):
    """Shown as dots and never written back into a page; no spaces in it, which copying easily adds."""

    widget = forms.PasswordInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=400, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text.isascii() or any(character.isspace() for character in text):
            raise forms.ValidationError(
                _("Copy it again: it holds spaces or characters that cannot belong to it.")
            )
        return text


class SidField(forms.RegexField):
    """Two letters and 32 characters."""

    def __init__(self, prefix: str, **options: Any) -> None:
        messages = {"invalid": _("It begins with “%s” and has 34 characters.") % prefix}
        super().__init__(
            regex=rf"^{prefix}[0-9a-fA-F]{{32}}$", max_length=34, error_messages=messages, **options
        )


class ConnectForm(forms.Form):
    """Gives {"name", "external_id", "config", "secrets", "base_url"} as its cleaned data."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("How your team calls this number, for example “Alerts”.")
    )
    external_id = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        help_text=_("With country code, for example +44 20 7946 0123."),
    )
    account_sid = SidField(
        "AC", label=_("Account SID"), help_text=_("On the first page of the provider's console.")
    )
    auth_token = SecretField(
        label=_("Auth token"),
        help_text=_("Beside the account SID. It proves that a webhook comes from the provider."),
    )
    api_key_sid = SidField(
        "SK", label=_("API key SID"), required=False,
        help_text=_("If sending shall use an API key of its own instead of the auth token."),
    )  # fmt: skip
    api_key_secret = SecretField(
        label=_("API key secret"), required=False, help_text=_("Shown once, when the key is made.")
    )
    shared_key = SecretField(
        label=_("Webhook signing key"), required=False,
        help_text=_("Only if your account signs webhooks with SHA-256 and a key of its own."),
    )  # fmt: skip
    base_url = forms.CharField(
        label=_("Address of the API"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": BASE_URL, "data-advanced": ""}),
        help_text=_("Leave empty, unless you use a region or another server that speaks the same API."),
    )

    def clean_external_id(self) -> str:
        """E.164."""
        return e164(self.cleaned_data["external_id"])

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
            raise forms.ValidationError(_("This is not an address like https://api.twilio.com."))
        return url

    def clean(self) -> dict[str, Any]:
        """Sort the fields the way a channel keeps them."""
        found = self.cleaned_data
        if bool(found.get("api_key_sid")) != bool(found.get("api_key_secret")) and not self.errors:
            self.add_error("api_key_secret", _("An API key has a SID and a secret: give both, or neither."))
        if self.errors:
            return found
        return {
            "name": found["name"],
            "external_id": found["external_id"],
            "config": {"account_sid": found["account_sid"], "display_phone_number": found["external_id"]},
            "secrets": {key: found[key] for key in SECRETS if found[key]},
            "base_url": found["base_url"],
        }


def e164(text: str) -> str:
    """The number with “+” and digits only. Raises ValidationError."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise forms.ValidationError(_("This is not a phone number with country code."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
