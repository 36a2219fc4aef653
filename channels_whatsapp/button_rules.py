"""What WhatsApp will refuse in the buttons of a template. Pure; the table says what each type needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_whatsapp.findings import Finding
from channels_whatsapp.template_parts import VARIABLE, kind_of, records, sample_of, text_of, variables
from channels_whatsapp.values import word
from inbox.ports import Json

BUTTONS_MAX, TEXT_CHARS, URL_CHARS, PHONE_CHARS, CODE_CHARS = 10, 25, 2000, 20, 20
APPS_MAX, CALL_MINUTES = 5, range(1, 43_201)
OTP_TYPES = ("COPY_CODE", "ONE_TAP", "ZERO_TAP")
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")
_HASH_CHARS = 11


@dataclass(frozen=True, slots=True)
class ButtonRule:
    """most: how many of the type; needs_text: whether its words are ours; field: what else it must have."""

    label: Promise
    most: int
    needs_text: bool = True
    field: str = ""


BUTTONS: dict[str, ButtonRule] = {
    "QUICK_REPLY": ButtonRule(gettext_lazy("Quick reply"), 10),
    "URL": ButtonRule(gettext_lazy("Open a page"), 2, field="url"),
    "PHONE_NUMBER": ButtonRule(gettext_lazy("Call a number"), 1, field="phone_number"),
    "COPY_CODE": ButtonRule(gettext_lazy("Copy an offer code"), 1, needs_text=False, field="example"),
    "FLOW": ButtonRule(gettext_lazy("Open a form"), 1, field="flow_id"),
    "CATALOG": ButtonRule(gettext_lazy("Show the catalogue"), 1),
    "MPM": ButtonRule(gettext_lazy("Show products"), 1),
    "SPM": ButtonRule(gettext_lazy("Show a product"), 1),
    "VOICE_CALL": ButtonRule(gettext_lazy("Call on WhatsApp"), 1),
    "REQUEST_CONTACT_INFO": ButtonRule(gettext_lazy("Ask for the phone number"), 1, needs_text=False),
    "OTP": ButtonRule(gettext_lazy("Hand over a code"), 1, needs_text=False),
}


def button_findings(buttons: list[Json], where: str, *, is_code: bool = False) -> Iterator[Finding]:
    """Everything that stands against these buttons. is_code: they belong to a one-time code."""
    if len(buttons) > BUTTONS_MAX:
        what = _("There are %d buttons.") % len(buttons)
        yield Finding(where, what, _("Keep ten at most."))
    kinds = [kind_of(button) for button in buttons]
    for kind in dict.fromkeys(kinds):
        rule = BUTTONS.get(kind)
        if rule and kinds.count(kind) > rule.most:
            what = _("“%(label)s” stands %(count)d times.") % {
                "label": rule.label,
                "count": kinds.count(kind),
            }
            yield Finding(where, what, _("WhatsApp takes it %d times at most.") % rule.most)
    yield from _order(kinds, where)
    yield from _twins(buttons, where)
    for n, button in enumerate(buttons):
        yield from _button(button, f"{where}.{n}", is_code=is_code)


def _order(kinds: list[str], where: str) -> Iterator[Finding]:
    """Quick replies stand together, all before or all after the others."""
    marks = "".join("q" if kind == "QUICK_REPLY" else "o" for kind in kinds)
    if re.search("qo+q|oq+o", marks):
        what = _("Quick replies and other buttons are mixed.")
        yield Finding(where, what, _("Put all quick replies first, or all of them last."))


def _twins(buttons: list[Json], where: str) -> Iterator[Finding]:
    texts = [text_of(button, "text").strip().casefold() for button in buttons]
    for n, text in enumerate(texts):
        if text and text in texts[:n]:
            what = _("Two buttons say “%s”.") % text_of(buttons[n])
            yield Finding(f"{where}.{n}.text", what, _("Give each other words."))


def _button(button: Json, where: str, *, is_code: bool) -> Iterator[Finding]:
    kind, text = kind_of(button), text_of(button, "text")
    rule = BUTTONS.get(kind)
    if rule is None:
        yield Finding(f"{where}.type", _("There is no such button."), _("Choose a type of the list."))
        return
    if kind == "OTP" and not is_code:
        fix = _("Choose another type, or the category authentication.")
        yield Finding(f"{where}.type", _("Only one-time codes have this button."), fix)
        return
    if rule.needs_text and not text.strip():
        yield Finding(f"{where}.text", _("The button has no words."), _("Write what it does."))
    if len(text) > TEXT_CHARS:
        what = _("%(chars)d characters; a button takes %(most)d.") % {
            "chars": len(text),
            "most": TEXT_CHARS,
        }
        yield Finding(f"{where}.text", what, _("Shorten it."))
    if VARIABLE.search(text):
        fix = _("Write it out.")
        yield Finding(f"{where}.text", _("The words of a button take no variables."), fix)
    if not is_code and (look := CHECKS.get(kind)):
        yield from look(button, where)
    if kind == "OTP":
        yield from _otp(button, where)


def _url(button: Json, where: str) -> Iterator[Finding]:
    url, names = text_of(button, "url").strip(), variables(text_of(button, "url"))
    if not _is_address(VARIABLE.sub("x", url)):
        fix = _("Write the whole address, beginning with https://.")
        yield Finding(f"{where}.url", _("This is no address of a page."), fix)
        return
    if len(url) > URL_CHARS:
        yield Finding(f"{where}.url", _("The address is longer than 2,000 characters."), _("Shorten it."))
    if (urlsplit(VARIABLE.sub("x", url)).hostname or "").endswith(("wa.me", "whatsapp.com")):
        fix = _("Link to your own page.")
        yield Finding(f"{where}.url", _("WhatsApp does not take links to itself."), fix)
    if names and (names != ["1"] or not VARIABLE.sub("\0", url).endswith("\0")):
        fix = _("Write one variable, {{1}}, at the very end.")
        yield Finding(f"{where}.url", _("The variable of an address stands at its end."), fix)
    elif names and not _is_address(sample_of(button)):
        fix = _("Write a whole address as it could be sent.")
        yield Finding(f"{where}.example", _("The address has no sample."), fix)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text


def _phone(button: Json, where: str) -> Iterator[Finding]:
    number = word(button, "phone_number")
    digits = re.sub(r"[ ().-]", "", number)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits) or len(number) > PHONE_CHARS:
        fix = _("Write it with country code, like +44 7700 900201, in 20 characters at most.")
        yield Finding(f"{where}.phone_number", _("This is no phone number."), fix)


def _offer_code(button: Json, where: str) -> Iterator[Finding]:
    code = sample_of(button).strip()
    if not code:
        yield Finding(f"{where}.example", _("The code has no sample."), _("Write one, like SPRING20."))
    elif len(code) > CODE_CHARS:
        fix = _("Use 20 characters at most.")
        yield Finding(f"{where}.example", _("The code is too long."), fix)


def _flow(button: Json, where: str) -> Iterator[Finding]:
    if not (word(button, "flow_id") or word(button, "flow_name") or text_of(button, "flow_json")):
        fix = _("Copy its id from WhatsApp Manager › Flows.")
        yield Finding(f"{where}.flow_id", _("The button names no form."), fix)


def _voice_call(button: Json, where: str) -> Iterator[Finding]:
    minutes = button.get("ttl_minutes")
    if minutes is not None and (type(minutes) is not int or minutes not in CALL_MINUTES):
        fix = _("Write 1 to 43,200 minutes, which are 30 days, or leave it empty for a week.")
        yield Finding(f"{where}.ttl_minutes", _("The button cannot be pressed for that long."), fix)


CHECKS = {
    "URL": _url, "PHONE_NUMBER": _phone, "COPY_CODE": _offer_code, "FLOW": _flow, "VOICE_CALL": _voice_call,
}  # fmt: skip


def _otp(button: Json, where: str) -> Iterator[Finding]:
    kind = word(button, "otp_type").upper()
    if kind not in OTP_TYPES:
        fix = _("Choose copy, one tap or zero tap.")
        yield Finding(f"{where}.otp_type", _("The button does not say how the code is handed over."), fix)
        return
    if kind == "ZERO_TAP" and button.get("zero_tap_terms_accepted") is not True:
        fix = _("Accept them, or choose another way.")
        yield Finding(f"{where}.terms", _("Zero tap has terms of its own."), fix)
    if kind != "COPY_CODE":
        yield from _apps(button, where)


def _apps(button: Json, where: str) -> Iterator[Finding]:
    apps = records(button.get("supported_apps"))
    if not 1 <= len(apps) <= APPS_MAX:
        fix = _("Name one to five.")
        yield Finding(f"{where}.apps", _("The code must be handed to an app."), fix)
    for app in apps:
        is_named = _PACKAGE.fullmatch(word(app, "package_name"))
        if not is_named or len(word(app, "signature_hash")) != _HASH_CHARS:
            what = _("An app is not named rightly.")
            fix = _("Give its package name, like com.example.app, and its key hash of 11 characters.")
            yield Finding(f"{where}.apps", what, fix)
