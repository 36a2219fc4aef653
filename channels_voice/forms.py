"""Connecting a number that calls people."""

from __future__ import annotations

from telephony.forms import ConnectForm as TelephoneForm


class ConnectForm(TelephoneForm):
    """A phone number of the account."""
