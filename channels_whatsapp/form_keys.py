"""The key with which phones encrypt what people fill into forms whose pages a server of the business makes.

Meta signs the public key for a number; the private one never leaves the business.
https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/implementingyourflowendpoint
(September 2026)
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_whatsapp.graph import Body, ask, do, must_be, rows_of
from channels_whatsapp.values import word
from inbox.ports import Account, Json

BITS, CHARS = 2048, 2_000
EDGE = "whatsapp_business_encryption"
KEY, STATUS = "business_public_key", "business_public_key_signature_status"


class BadKey(ValueError):
    """A text that is not the public key Meta wants; says why, for people."""


def checked_key(text: str) -> str:
    """The key as it is sent. Raises BadKey."""
    pem = "\n".join(line.strip() for line in text.strip().splitlines())
    if "PRIVATE KEY" in pem:
        raise BadKey(_("This is the private key. Keep it to yourself, and paste the public one."))
    try:
        found = load_pem_public_key(pem.encode())
    except (ValueError, TypeError):
        raise BadKey(_("This is no public key that begins with BEGIN PUBLIC KEY.")) from None
    if not isinstance(found, RSAPublicKey) or found.key_size != BITS:
        raise BadKey(_("Meta wants an RSA key of 2,048 bits."))
    return f"{pem}\n"


class FormKeyForm(forms.Form):
    """The public key."""

    key = forms.CharField(
        label=gettext_lazy("Public key"),
        max_length=CHARS,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "RSA of 2,048 bits, as it stands in the file: from BEGIN PUBLIC KEY to END PUBLIC KEY."
        ),
    )

    def clean_key(self) -> str:
        try:
            return checked_key(self.cleaned_data["key"])
        except BadKey as wrong:
            self.data = {**self.data, "key": ""}  # it may be the private one, which no page shows again
            raise forms.ValidationError(str(wrong)) from None


def read_key(account: Account) -> Json:
    """{status, key}: "valid", "mismatch" (the number was registered anew since) or "none"; the public key.

    Raises SendError."""
    answer: Any = ask(account, "GET", account.external_id, EDGE)
    rows = rows_of(answer) if "data" in answer else [answer]
    found = rows[0] if rows else {}
    must_be(not rows or bool(found.keys() & {STATUS, KEY}), "about the key")
    status = word(found, STATUS).lower()
    key = word(found, KEY, CHARS)
    return {"status": status if status in {"valid", "mismatch"} else "none", "key": key}


def set_key(account: Account, *, key: str) -> Json:
    """Have Meta sign this key; gives how it stands. Raises SendError."""
    do(account, "POST", account.external_id, EDGE, body=Body(data={KEY: key}))
    return {"status": "valid", "key": key}
