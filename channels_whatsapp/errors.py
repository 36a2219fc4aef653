"""What each of the provider's error codes means to us: one table for answers and for ``failed`` statuses.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
(read in September 2026; codes seen only in public projects included). Logic goes by the code: status and
title change without notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from channels_whatsapp.hints import advice
from channels_whatsapp.values import LINE_CHARS, line, record, word
from common.untrusted import BadJson, read_json
from inbox.ports import Hold, Json, ProviderError, Reason, What

DAY_S = 86_400.0

#: What a person can do.
ACCESS = "Put a valid access token into this channel, then check the connection."
NUMBER = "Look at the number in WhatsApp Manager › Phone numbers and register it again."
APPEAL = "Ask for a review in Meta's Business Support Home."
NAME = "Have the display name approved in WhatsApp Manager › Phone numbers."
PAYMENT = "Put the payment method right in WhatsApp Manager › Billing."
MARKETING = "Switch marketing messages on for this account, or send it by the Marketing Messages API."
QUALITY = "Write only to people who asked for it; WhatsApp Manager › Insights shows who did not."
CATEGORIES = "Put the templates into the category they belong to."
DIRECT = "Send a template instead. When Meta allows Direct Send, save the number's sending options again."


class Ruling(NamedTuple):
    """permanent: the same message cannot work later; retry_after_s: not before, if nobody says otherwise;
    may_have_sent: the provider itself does not know whether the message left; is_held: it may leave later,
    when its template may be used again; holds: what else of this number would be refused too, and so waits;
    fix: what a person can do about it."""

    reason: Reason
    title: str
    permanent: bool = True
    retry_after_s: float | None = None
    may_have_sent: bool = False
    is_held: bool = False
    holds: What | None = None
    fix: str = ""

    def hold(self, detail: str) -> Hold | None:
        """What waits because of this answer; detail: the provider's own sentence."""
        why = ": ".join(filter(None, (self.title, detail)))
        return Hold(self.holds, why.rstrip(".") + ".", self.fix) if self.holds else None


def _stop(reason: Reason, title: str, fix: str, what: What = "all") -> Ruling:
    """Only a person can end this, so everything of this kind waits."""
    return Ruling(reason, title, holds=what, fix=fix)


def _too_bad(title: str, fix: str) -> Ruling:
    """Writing on would cost the number: the message and all its like wait."""
    return Ruling("throttled", title, permanent=False, retry_after_s=900, holds="started", fix=fix)


def _later(reason: Reason, title: str, retry_after_s: float | None = None) -> Ruling:
    return Ruling(reason, title, permanent=False, retry_after_s=retry_after_s)


def _perhaps_sent(title: str) -> Ruling:
    return Ruling("unavailable", title, permanent=False, may_have_sent=True)


CODES: dict[int, Ruling] = {
    # Access
    0: _stop("auth", "Access token refused", ACCESS),
    3: Ruling("config", "The app lacks this capability"),
    10: _stop("auth", "Permission denied", ACCESS),
    190: _stop("auth", "Access token expired or invalid", ACCESS),
    131005: _stop("auth", "Access denied", ACCESS),
    # Too fast
    4: _later("throttled", "Too many calls of the app", 60),
    613: _later("throttled", "Too many calls", 10),
    80007: _later("throttled", "Too many calls of the account", 60),
    130429: _later("throttled", "Rate limit of the number hit", 2),
    131048: _too_bad("Stopped because many people blocked or reported this number", QUALITY),
    131056: _later("throttled", "Too many messages to this person in a short time", 6),
    131064: _too_bad("Limited because templates were put in the wrong category", CATEGORIES),
    131208: _later("throttled", "Too many calls for groups", 60),
    138002: _later("throttled", "As many calls run as this number may have", 30),
    138005: _later("throttled", "Too many calls were started in a short time", 60),
    133016: Ruling("throttled", "Registered or deregistered too often; wait 72 hours"),
    136024: Ruling("throttled", "No code was sent: the number is verified, or too many were asked for"),
    139103: Ruling("throttled", "Block list limit, or the person has not written in 24 hours"),
    # The provider's own trouble; the first two may have sent the message all the same
    131000: _perhaps_sent("Something went wrong at the provider"),
    131016: _perhaps_sent("Service unavailable"),
    1: _later("unavailable", "Unknown error of the provider"),
    2: _later("unavailable", "Service down or overloaded"),
    131057: _later("unavailable", "The account is in maintenance", 60),
    133004: _later("unavailable", "Server temporarily unavailable"),
    133015: _later("unavailable", "The number was just deleted; wait 5 minutes", 300),
    134101: _later("unavailable", "The template is still being copied", 600),
    134102: _later("unavailable", "The template is unavailable", 60),
    138004: _later("unavailable", "Connection error of a call"),
    139102: _later("unavailable", "The block list is being changed", 5),
    2494100: _later("unavailable", "The number is in maintenance", 60),
    # The account must be put right by a person
    33: _stop("config", "The number was deleted, or its id is wrong", NUMBER),
    368: _stop("config", "Blocked for policy violations", APPEAL),
    130497: Ruling("recipient", "This business may not write to people in this country"),
    131031: _stop("config", "The account is locked", APPEAL),
    131037: _stop("config", "The display name needs approval", NAME, "started"),
    131042: _stop("config", "Payment problem of the account", PAYMENT, "started"),
    131044: Ruling("config", "No payment method"),
    131045: _stop("config", "The number's certificate is wrong; register the number again", NUMBER),
    131055: Ruling("config", "This method is not allowed for this number"),
    131063: _stop("config", "Marketing templates are switched off for this account", MARKETING, "marketing"),
    133000: Ruling("config", "Deregistration was not completed"),
    133005: Ruling("config", "Wrong two-step PIN"),
    133006: Ruling("config", "The number must be verified first"),
    133008: Ruling("config", "Too many wrong PINs"),
    133009: Ruling("config", "PIN entered too fast"),
    136025: Ruling("config", "The verification code is wrong or too old"),
    133010: _stop("config", "The number is not registered", NUMBER),
    134011: Ruling("config", "Payment terms are not accepted"),
    138000: Ruling("config", "Calling is not switched on for this number"),
    138013: Ruling("config", "Calls to customers are not possible from this number's country"),
    138014: Ruling("config", "Calling was switched off for low quality"),
    138015: Ruling("config", "The messaging limit is too low for calling"),
    138018: Ruling("config", "Calling is not set up for this number: its app must hear of calls"),
    139200: _stop("config", "Direct Send is blocked for this number", DIRECT, "direct"),
    1752041: Ruling("config", "Duplicate onboarding request"),
    2388019: Ruling("config", "The account has as many templates as it may"),
    # The person cannot be reached this way
    130403: Ruling("recipient", "This person was blocked by us"),
    130472: Ruling("recipient", "This person is part of an experiment of the provider"),
    131020: Ruling("recipient", "Bad group"),
    131021: Ruling("recipient", "A number cannot write to itself"),
    131026: Ruling("recipient", "This person cannot be reached on WhatsApp"),
    131030: Ruling("recipient", "A test number may only write to its listed recipients"),
    131041: Ruling("recipient", "Unknown group"),
    131049: Ruling("recipient", "Held back: this person gets enough marketing", retry_after_s=DAY_S),
    131062: Ruling("recipient", "This template needs a phone number, not a user id"),
    138001: Ruling("recipient", "This person cannot be called on WhatsApp now"),
    138006: Ruling("recipient", "This person has not allowed calls: ask them first"),
    138007: Ruling("recipient", "The call did not come about in time"),
    138009: Ruling("recipient", "This person was asked to allow calls already: once a day, twice a week"),
    138012: Ruling("recipient", "This person was called as often as is allowed today"),
    138017: Ruling("recipient", "This person has allowed calls for good: call them"),
    138019: Ruling("recipient", "The sound could not be set up"),
    138020: Ruling("recipient", "The sound was cut off on its way"),
    138021: Ruling("recipient", "No sound came from here"),
    138022: Ruling("recipient", "No sound reached the customer"),
    138023: Ruling("recipient", "The call was accepted, but no sound came from here"),
    137000: Ruling("identity_changed", "The person's identity changed and must be confirmed", is_held=True),
    131050: Ruling("opted_out", "This person stopped marketing messages"),
    131047: Ruling("window_closed", "More than 24 hours since this person last wrote: send a template"),
    # The message itself
    100: Ruling("invalid", "Invalid parameter"),
    131008: Ruling("invalid", "A required parameter is missing"),
    138003: Ruling("invalid", "This call was answered already"),
    131009: Ruling("invalid", "A parameter's value is not valid"),
    131051: Ruling("invalid", "Unsupported type of message"),
    131052: Ruling("invalid", "The file could not be fetched"),
    131053: Ruling("invalid", "The file's type or coding is not accepted"),
    131059: Ruling("invalid", "Invalid cursor"),
    131060: Ruling("invalid", "Message currently unavailable"),
    132000: Ruling("invalid", "Number of template parameters does not match"),
    132001: Ruling("invalid", "The template does not exist in this language, or is not approved"),
    132005: Ruling("invalid", "The filled-in template is too long"),
    132007: Ruling("invalid", "The template breaks a rule of format or characters"),
    132008: Ruling("invalid", "A template parameter's value is not valid"),
    132012: Ruling("invalid", "A template parameter has the wrong format"),
    132015: Ruling("invalid", "The template is paused for low quality", is_held=True),
    132016: Ruling("invalid", "The template is disabled for low quality", is_held=True),
    132018: Ruling("invalid", "A template parameter is not accepted"),
    132068: Ruling("invalid", "The flow is blocked"),
    132069: _later("throttled", "The flow is slowed down to 10 messages an hour", 360),
    134100: Ruling("invalid", "Only marketing templates go this way"),
    135000: Ruling("invalid", "The request was refused without a reason"),
    139100: Ruling("invalid", "Some people could not be blocked"),
    139101: Ruling("invalid", "The block list is full"),
    2388023: Ruling("invalid", "This language of the template is being deleted"),
    2388024: Ruling("invalid", "This language of the template exists already"),
    2388040: Ruling("invalid", "A field of the template is too long"),
    2388047: Ruling("invalid", "The template's header has the wrong format"),
    2388072: Ruling("invalid", "The template's body has the wrong format"),
    2388073: Ruling("invalid", "The template's footer has the wrong format"),
    2388293: Ruling("invalid", "Too many variables for so short a text"),
    2388299: Ruling("invalid", "A variable stands at the start or end of the text"),
}

#: Codes that need no words of their own.
FAMILIES: tuple[tuple[Iterable[int], Ruling], ...] = (
    (range(200, 300), _stop("auth", "The token lacks a permission", ACCESS)),
    (range(131201, 131216), Ruling("recipient", "The group cannot be written to")),
    (range(138000, 138024), Ruling("recipient", "The call was not possible")),
    (range(139000, 139005), Ruling("invalid", "The flow could not be changed")),
    (range(147001, 147006), Ruling("config", "The username cannot be taken")),
    (range(2593107, 2593110), Ruling("config", "History and contacts cannot be copied now")),
)
CODES = {**{code: ruling for family, ruling in FAMILIES for code in family}, **CODES}

#: Subcode of code 100: the object named in the address (number, file, template) is not there for this token.
UNKNOWN_OBJECT = 33


def code_of(error: Json) -> int | None:
    """The code as a number; providers in between send it as text."""
    digits = word(error, "code")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 12 else None


def detail_of(error: Json) -> str:
    """The sentence for people, wherever this version of the API put it; "" when there is none."""
    data = error.get("error_data")
    if isinstance(data, str):
        try:
            data = read_json(data.encode())
        except BadJson:
            return data[:LINE_CHARS]
    return line(record(data), "details") or line(error, "error_user_msg") or line(error, "message")


def provider_error(errors: Any) -> ProviderError | None:
    """The first of a list of errors as webhooks carry them; None when there is none."""
    first = record(errors[0]) if isinstance(errors, list) and errors else {}
    if not first:
        return None
    code = code_of(first)
    ruling = CODES.get(code) if code is not None else None
    title = line(first, "title") or line(first, "message") or (ruling.title if ruling else "")
    detail = detail_of(first)
    if ruling is None:
        return ProviderError(word(first, "code"), title, detail)
    said = advice(code, ruling.title, ruling.fix)
    return ProviderError(word(first, "code"), title, detail, ruling.reason, ruling.hold(detail), said)
