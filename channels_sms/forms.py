"""Connecting a number that sends text messages, or a messaging service."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from telephony.forms import ConnectForm as TelephoneForm
from telephony.forms import e164

_SERVICE = re.compile("MG[0-9a-fA-F]{32}")


class ConnectForm(TelephoneForm):
    """A phone number, or the SID of a messaging service, which chooses among its numbers."""

    external_id = forms.CharField(
        label=_("Phone number or messaging service"),
        max_length=40,
        help_text=_(
            "With country code, for example +44 20 7946 0123; or the service's SID, which begins with MG."
        ),
    )

    def clean_external_id(self) -> str:
        """E.164, or the SID as it is."""
        text: str = self.cleaned_data["external_id"].strip()
        return text if _SERVICE.fullmatch(text) else e164(text)
