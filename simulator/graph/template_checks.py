"""What the provider refuses when a template is created or edited, with its own codes."""

import re
from typing import Any

from simulator.errors import GraphError
from simulator.graph.carousels import check_carousel

Json = dict[str, Any]
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
_SLOT = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_NAMED = re.compile(r"[a-z_][a-z0-9_]*")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_PARTS = {
    "HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST",
}  # fmt: skip
_BODY_MAX, _SHORT_MAX, _BUTTON_MAX, _BUTTONS = 1024, 60, 25, 10
_MOST = {"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "OTP": 1, "FLOW": 1, "CATALOG": 1, "VOICE_CALL": 1,
         "REQUEST_CONTACT_INFO": 1}  # fmt: skip
# Seconds the provider tries to deliver, by category: least, most, its own.
TTL_S = {
    "AUTHENTICATION": (30, 900, 600), "UTILITY": (30, 43_200, 2_592_000),
    "MARKETING": (43_200, 2_592_000, 2_592_000),
}  # fmt: skip


def check(template: Json) -> None:
    """Raises GraphError for the first thing that is wrong."""
    if not _NAME.fullmatch(str(template.get("name") or "")):
        raise _invalid("Param name may have small letters, digits and underscores, and 512 characters.")
    if not _LANGUAGE.fullmatch(str(template.get("language") or "")):
        raise _invalid(f"Param language: {template.get('language')!r} is no language.")
    if template.get("category") not in CATEGORIES:
        raise _invalid(f"Param category must be one of {{{', '.join(CATEGORIES)}}}.")
    check_parts(template["category"], template.get("components"))
    check_ttl(template["category"], template.get("message_send_ttl_seconds"))


def check_ttl(category: str, seconds: Any) -> None:
    """Raises GraphError for a time to live that the category does not take. None: nothing was said."""
    least, most, _ = TTL_S[category]
    fits = type(seconds) is int and (least <= seconds <= most or (seconds == -1 and category != "MARKETING"))
    if seconds is not None and not fits:
        raise _invalid(f"Param message_send_ttl_seconds must be {least} to {most} for {category}.")


def check_parts(category: str, given: Any) -> None:
    """Raises GraphError for components that cannot be."""
    if not isinstance(given, list) or not given or not all(isinstance(part, dict) for part in given):
        raise _invalid("Param components must be a list of objects.")
    parts = {str(part.get("type")).upper(): part for part in given}
    if len(parts) < len(given):
        raise _invalid("Every type of component may stand once.")
    if "BODY" not in parts:
        raise GraphError(2388072, "The template has no BODY.")
    if unknown := parts.keys() - _PARTS:
        raise _invalid(f"There is no component of the type {min(unknown)}.")
    if category == "AUTHENTICATION":
        _check_code(parts)
        return
    _check_header(parts.get("HEADER"))
    _check_body(parts["BODY"])
    _check_footer(parts.get("FOOTER"))
    _check_buttons(parts.get("BUTTONS"))
    for card in check_carousel(category, parts) if "CAROUSEL" in parts else []:
        _check_header(card["HEADER"])
        _check_buttons(card["BUTTONS"])
        if "BODY" in card:
            _check_body(card["BODY"])


def _invalid(why: str) -> GraphError:
    return GraphError(100, why, message=f"(#100) {why}")


def _check_header(header: Json | None) -> None:
    if header is None:
        return
    form = str(header.get("format") or "").upper()
    example = header.get("example") or {}
    if form == "TEXT":
        text = header.get("text")
        slots = _SLOT.findall(text) if isinstance(text, str) else []
        if not isinstance(text, str) or not text or "\n" in text or len(slots) > 1:
            raise GraphError(2388047, "The header is empty, has line breaks or more than one parameter.")
        if len(text) > _SHORT_MAX:
            raise GraphError(2388040, f"The header may have {_SHORT_MAX} characters.")
        if slots and not (example.get("header_text") or example.get("header_text_named_params")):
            raise _invalid("Missing sample parameters in the HEADER.")
    elif form in ("IMAGE", "VIDEO", "DOCUMENT", "GIF"):
        handles = example.get("header_handle")
        if not isinstance(handles, list) or not handles or not str(handles[0]).startswith("4::"):
            raise GraphError(2388047, "The header needs example.header_handle from the upload API.")
    elif form != "LOCATION":
        raise GraphError(2388047, f"There is no header of the format {form}.")


def _check_body(body: Json) -> None:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise GraphError(2388072, "The body has no text.")
    if len(text) > _BODY_MAX:
        raise GraphError(2388040, f"The body may have {_BODY_MAX} characters.")
    slots = list(dict.fromkeys(_SLOT.findall(text)))
    if not slots:
        return
    _check_slots(slots)
    plain = text.strip()
    if _SLOT.match(plain) or re.search(r"\}\}$", plain):
        raise GraphError(2388299, "Variables can't be at the start or end of the template.")
    if re.search(r"\}\}\s*\{\{", plain):
        raise GraphError(2388072, "Two variables stand next to each other.")
    if len(re.findall(r"\w+", _SLOT.sub(" ", plain))) < 2 * len(slots) + 1:
        raise GraphError(2388293, "This template has too many variables for its length.")
    _check_samples(slots, body.get("example") or {})


def _check_slots(slots: list[str]) -> None:
    if all(slot.isdigit() for slot in slots):
        if sorted(map(int, slots)) != list(range(1, len(slots) + 1)):
            raise GraphError(2388072, "The parameters must be {{1}}, {{2}}, … without gaps.")
    elif not all(_NAMED.fullmatch(slot) for slot in slots):
        raise GraphError(2388072, "Parameters are all numbered, or named in small letters.")


def _check_samples(slots: list[str], example: Json) -> None:
    named = [pair.get("param_name") for pair in example.get("body_text_named_params") or []]
    rows = example.get("body_text") or []
    row = rows[0] if rows and isinstance(rows[0], list) else rows
    if not (set(slots) <= set(named) or len(row) == len(slots)):
        raise _invalid("Missing sample parameters in the BODY.")


def _check_footer(footer: Json | None) -> None:
    text = (footer or {}).get("text")
    if footer is not None and (not isinstance(text, str) or not text or _SLOT.search(text)):
        raise GraphError(2388073, "The footer is empty or has parameters.")
    if footer is not None and len(str(text)) > _SHORT_MAX:
        raise GraphError(2388040, f"The footer may have {_SHORT_MAX} characters.")


def _check_buttons(part: Json | None) -> None:
    buttons = (part or {}).get("buttons") or []
    if part is not None and not 1 <= len(buttons) <= _BUTTONS:
        raise _invalid(f"A template may have 1 to {_BUTTONS} buttons.")
    kinds = [str(button.get("type")).upper() for button in buttons]
    for kind in set(kinds):
        if kinds.count(kind) > _MOST.get(kind, _BUTTONS):
            raise _invalid(f"Too many buttons of the type {kind}.")
    marks = "".join("q" if kind == "QUICK_REPLY" else "o" for kind in kinds)
    if re.search("qo+q|oq+o", marks):
        raise _invalid("Quick reply buttons must be grouped together.")
    for button in buttons:
        _check_button(button)


def _check_button(button: Json) -> None:
    kind, text = str(button.get("type")).upper(), button.get("text")
    if kind == "OTP":
        raise _invalid("OTP buttons are for AUTHENTICATION templates.")
    if kind not in ("COPY_CODE", "REQUEST_CONTACT_INFO") and (not isinstance(text, str) or not text):
        raise _invalid("A button needs a text.")
    if len(str(text or "")) > _BUTTON_MAX:
        raise GraphError(2388040, f"A button's text may have {_BUTTON_MAX} characters.")
    if kind == "URL":
        url = str(button.get("url") or "")
        if not url.startswith(("http://", "https://")):
            raise _invalid("The button's url is not valid.")
        if _SLOT.search(url) and not button.get("example"):
            raise _invalid("Missing sample parameters in the URL button.")
    minutes = button.get("ttl_minutes", 1)
    if kind == "VOICE_CALL" and (type(minutes) is not int or not 1 <= minutes <= 43_200):
        raise _invalid("ttl_minutes must be 1 to 43200.")
    if kind == "COPY_CODE" and not button.get("example"):
        raise _invalid("Missing sample parameters in the COPY_CODE button.")


def _check_code(parts: dict[str, Json]) -> None:
    if parts["BODY"].get("text") or "HEADER" in parts:
        raise GraphError(2388072, "The text of AUTHENTICATION templates is fixed, and there is no header.")
    minutes = parts.get("FOOTER", {}).get("code_expiration_minutes")
    if "FOOTER" in parts and (not isinstance(minutes, int) or not 1 <= minutes <= 90):
        raise GraphError(2388073, "code_expiration_minutes must be 1 to 90.")
    buttons = parts.get("BUTTONS", {}).get("buttons") or []
    if [str(button.get("type")).upper() for button in buttons] != ["OTP"]:
        raise _invalid("An AUTHENTICATION template has one button of the type OTP.")
