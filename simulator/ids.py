"""Names of things, as the provider writes them: message ids, media ids, user ids, phone numbers."""

import base64
import hashlib
import os
import re
import secrets
from functools import lru_cache

import phonenumbers

USER_ID = re.compile(r"^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$")
GROUP_ID = re.compile(r"Y2FwaV9ncm91cDo[A-Za-z0-9_-]{4,}")
# The first bytes of a message id say its direction; the rest is random and never repeats.
_FROM_CUSTOMER, _FROM_BUSINESS = b"\x1d\x18\x0c", b"\x1d\x18\x11"


def new_message_id(*, from_customer: bool) -> str:
    """A unique `wamid.` id: opaque, case-sensitive, may end in `=`."""
    head = _FROM_CUSTOMER if from_customer else _FROM_BUSINESS
    return "wamid." + base64.b64encode(head + os.urandom(32)).decode()


def new_group_id(digits: str) -> str:
    """The id of a group of this business number: base64 without a mark of its own."""
    inner = f"capi_group:{digits}:{secrets.randbelow(10**17):017d}"
    return base64.urlsafe_b64encode(inner.encode()).decode().rstrip("=")


def new_sid(prefix: str) -> str:
    """An id of the telephone company: two letters and 32 hexadecimal digits."""
    return prefix + os.urandom(16).hex()


def new_media_id() -> str:
    """A media id: 15 digits, as in `media.id`."""
    return str(10**14 + secrets.randbelow(9 * 10**14))


def new_trace_id() -> str:
    """The `fbtrace_id` of an answer."""
    return "A" + base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")


def digits_of(number: str) -> str:
    """Only the digits of a phone number as people write it: `+44 7700 900123` → `447700900123`."""
    return re.sub(r"[^0-9]", "", number)


@lru_cache(maxsize=50_000)
def whatsapp_id(number: str) -> str:
    """The account behind a dialled number: not always the same digits (Brazil, Argentina, Mexico).

    A Brazilian mobile outside the big-city codes is known without its ninth digit, an Argentinian one with
    `549`, a Mexican one with `521`, whichever way it was dialled. A group's id stays as it is.
    """
    if GROUP_ID.fullmatch(number):
        return number
    digits = digits_of(number)
    if re.fullmatch(r"55[3-9][1-9]9[6-9]\d{7}", digits):
        return digits[:4] + digits[5:]
    if re.fullmatch(r"54[1-8]\d{9}", digits):
        return "549" + digits[2:]
    if re.fullmatch(r"52[2-9]\d{9}", digits):
        return "521" + digits[2:]
    return digits


@lru_cache(maxsize=50_000)
def country_of(wa_id: str) -> str:
    """The two letters of a number's country; `ZZ` when no country has such a number."""
    try:
        parsed = phonenumbers.parse("+" + wa_id, None)
    except phonenumbers.NumberParseException:
        return "ZZ"
    return phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )


@lru_cache(maxsize=50_000)
def is_in_the_us(wa_id: str) -> bool:
    """Whether this is surely a number of the United States: numbers nobody has are in no country."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse("+" + wa_id, None)) == "US"
    except phonenumbers.NumberParseException:
        return False


def country_dial_code(wa_id: str) -> str:
    """The dialling code of a number's country: `44`."""
    return str(phonenumbers.country_code_for_region(country_of(wa_id)))


@lru_cache(maxsize=50_000)
def user_id(business_id: str, wa_id: str) -> str:
    """The business-scoped user id: one per business portfolio and user, always the same."""
    digest = hashlib.sha256(f"{business_id}:{wa_id}".encode()).digest()
    return f"{country_of(wa_id)}.{10**15 + int.from_bytes(digest[:16]) % (9 * 10**15)}"


@lru_cache(maxsize=10_000)
def identity_key(wa_id: str, set_up: int) -> str:
    """What WhatsApp knows a user's phone by; another one each time it is set up anew."""
    return base64.b64encode(hashlib.sha256(f"{wa_id}:{set_up}".encode()).digest()[:8]).decode()


@lru_cache(maxsize=10_000)
def formatted_number(digits: str) -> str:
    """A number as Graph shows it in GET answers: `+44 7700 900201`."""
    try:
        parsed = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return "+" + digits
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
