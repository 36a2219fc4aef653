"""Phone numbers as people, programs and spreadsheets write them. Pure."""

from __future__ import annotations

import re

import phonenumbers
from django.utils.translation import gettext as _

#: What a program makes of a number that it took for a measure: the nought is no digit of it.
_DECIMAL = re.compile(r"^(\+?[0-9]{7,15})[.,]0+$")
#: What a spreadsheet shows of a long number: its last digits are lost.
_ROUNDED = re.compile(r"^\+?[0-9]([.,][0-9]+)?E\+?[0-9]{1,2}$", re.IGNORECASE)


class NotAPhone(ValueError):
    """No number can be read from this; the sentence says why."""


def read_phone(text: str) -> str:
    """A number with its country code, in any spelling, as E.164. Raises NotAPhone."""
    text = _DECIMAL.sub(r"\1", text.strip())
    if _ROUNDED.match(text):
        raise NotAPhone(
            _("A spreadsheet has rounded this number, its last digits are lost. Format the column as text.")
        )
    text = text.replace("(+", "+(", 1).removeprefix("00")
    try:
        number = phonenumbers.parse(text if text.startswith("+") else f"+{text}", None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise NotAPhone(_("Write the number with its country code, like +447700900123."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
