"""In which country a phone number is, as price lists name countries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers


@dataclass(frozen=True, slots=True)
class Place:
    """region: "GB", "" when it is not known; code: "+44"."""

    region: str = ""
    code: str = ""

    @property
    def name(self) -> str:
        """The best that is known, "" for nothing."""
        return self.region or self.code


NOWHERE = Place()


@lru_cache(maxsize=4096)
def place_of(phone: str) -> Place:
    """The place of a number in E.164."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return NOWHERE
    # A number of a range that nobody was given yet counts as one of the largest country of its code.
    region = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(
        number.country_code or 0
    )
    return Place(region if region.isalpha() and region != "ZZ" else "", f"+{number.country_code}")


def is_country(text: str) -> bool:
    """Whether a price list may name it: "", a region that has telephones, or a calling code."""
    if text.startswith("+"):
        return text[1:].isdecimal() and int(text[1:]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return not text or text in phonenumbers.SUPPORTED_REGIONS
