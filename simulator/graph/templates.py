"""Templates: found by name and language, their parameters checked and filled in."""

import hashlib
import re
from typing import Any

from simulator.errors import GraphError
from simulator.graph.builtin_templates import BUILT_IN
from simulator.graph.carousels import cards_given
from simulator.models import Number

Json = dict[str, Any]
_SLOT = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_BAD_SPACE = re.compile(r"[\n\t]| {5,}")
_REFUSED_BY_STATUS = {"PAUSED": 132015, "DISABLED": 132016}
_SENDABLE = ("APPROVED", "FLAGGED")
_MEDIA_FORMATS = ("IMAGE", "VIDEO", "GIF", "DOCUMENT")
_BODY_MAX = 1024


def of_number(number: Number) -> list[Json]:
    """All templates of a number's account, those it was given first; deleted ones are gone."""
    found: dict[tuple[str, str], Json] = {}
    for template in [*number.templates, *BUILT_IN]:
        found.setdefault((template["name"], template["language"]), template)
    return [_whole(number, template) for template in found.values() if template.get("status") != "DELETED"]


def _whole(number: Number, template: Json) -> Json:
    usual = {"status": "APPROVED", "parameter_format": "POSITIONAL"}
    return {**usual, **template, "id": id_of(number, template)}


def named(number: Number, name: str, language: str) -> Json | None:
    """The account's template of this name in this language."""
    for template in [*number.templates, *BUILT_IN]:
        if (template["name"], template["language"]) == (name, language):
            return None if template.get("status") == "DELETED" else _whole(number, template)
    return None


def find(number: Number, body: Json) -> Json:
    """The template a message names. Raises GraphError when there is none or it may not be sent."""
    name, language = body.get("name"), (body.get("language") or {}).get("code")
    if not name or not language:
        raise GraphError(131008, "Parameters 'name' and 'language.code' are mandatory for type 'template'.")
    template = named(number, str(name), str(language))
    if template is not None:
        status = template["status"]
        if status in _REFUSED_BY_STATUS:
            raise GraphError(_REFUSED_BY_STATUS[status], f"Template {name} is {status.lower()}.")
        if status in _SENDABLE:
            return template
    raise GraphError(132001, f"template name ({name}) does not exist in {language}")


def by_id(number: Number, template_id: str) -> Json | None:
    """The template with this id, if the number's account has it."""
    return next((template for template in of_number(number) if template["id"] == template_id), None)


def render(template: Json, body: Json) -> Json:
    """{header, offer, body, footer, buttons, cards} as the customer sees it. Raises GraphError."""
    given = body.get("components") or []
    if not isinstance(given, list) or not all(isinstance(component, dict) for component in given):
        raise GraphError(100, "Param template['components'] must be a list of objects.")
    parts = {part["type"].upper(): part for part in template["components"]}
    text = _filled("body", parts["BODY"]["text"], _parameters(given, "body"))
    if len(text) > _BODY_MAX:
        raise GraphError(132005, f"The filled text is {len(text)} characters long; {_BODY_MAX} are allowed.")
    return {
        "name": template["name"],
        "language": template["language"],
        "header": _header(parts["HEADER"], _parameters(given, "header")) if "HEADER" in parts else None,
        "body": text,
        "footer": parts.get("FOOTER", {}).get("text"),
        "offer": _offer(parts["LIMITED_TIME_OFFER"], given) if "LIMITED_TIME_OFFER" in parts else None,
        "buttons": _buttons(parts, given),
        "cards": _cards(parts["CAROUSEL"]["cards"], given) if "CAROUSEL" in parts else [],
        "asks_to_call": "CALL_PERMISSION_REQUEST" in parts,
    }


def _offer(part: Json, given: list[Json]) -> Json:
    """{text, ends_ms}: the words of an offer and when it ends, if it does. Raises GraphError."""
    about = part["limited_time_offer"]
    [said, *_] = [*_parameters(given, "limited_time_offer"), {}]
    ends = (said.get("limited_time_offer") or {}).get("expiration_time_ms")
    if about.get("has_expiration") and type(ends) is not int:
        raise GraphError(131008, "limited_time_offer: expiration_time_ms is required")
    return {"text": about.get("text"), "ends_ms": ends if about.get("has_expiration") else None}


def _cards(cards: list[Json], given: list[Json]) -> list[Json]:
    """{header, body, buttons} of each card. Raises GraphError."""
    return [_card(card, said) for card, said in zip(cards, cards_given(given, len(cards)), strict=True)]


def _card(card: Json, given: list[Json]) -> Json:
    parts = {part["type"].upper(): part for part in card["components"]}
    text = _filled("body", parts["BODY"]["text"], _parameters(given, "body")) if "BODY" in parts else ""
    header = _header(parts["HEADER"], _parameters(given, "header"))
    return {"header": header, "body": text, "buttons": _buttons(parts, given)}


def _buttons(parts: dict[str, Json], given: list[Json]) -> list[Json]:
    buttons = parts.get("BUTTONS", {}).get("buttons", [])
    return [_button(index, button, given) for index, button in enumerate(buttons)]


def _parameters(given: list[Json], kind: str) -> list[Json]:
    """The parameters of one component."""
    return [
        parameter
        for component in given
        if str(component.get("type", "")).lower() == kind
        for parameter in component.get("parameters") or []
    ]


def _filled(where: str, text: str, parameters: list[Json]) -> str:
    """A text with its slots filled, by position or by name. Raises GraphError."""
    slots = list(dict.fromkeys(_SLOT.findall(text)))
    named = any(not slot.isdigit() for slot in slots)
    if len(parameters) != len(slots):
        counts = (
            f"number of localizable_params ({len(parameters)}) does not match the expected number of params"
        )
        raise GraphError(132000, f"{where}: {counts} ({len(slots)})")
    values = {}
    for index, parameter in enumerate(parameters):
        slot = parameter.get("parameter_name") if named else str(index + 1)
        values[slot] = _value(where, parameter)
    missing = [slot for slot in slots if slot not in values]
    if missing:
        raise GraphError(132000, f"{where}: no parameter named {', '.join(missing)}")
    return _SLOT.sub(lambda match: values[match[1]], text)


def _value(where: str, parameter: Json) -> str:
    """The text of one parameter. Raises GraphError."""
    kind = str(parameter.get("type", "")).lower()
    if kind in ("currency", "date_time"):
        value = (parameter.get(kind) or {}).get("fallback_value")
    elif kind == "text":
        value = parameter.get("text")
    else:
        raise GraphError(
            132012, f"{where}: Format mismatch, expected TEXT, received {kind.upper() or 'UNKNOWN'}"
        )
    if not isinstance(value, str) or not value.strip():
        raise GraphError(131008, f"{where}: a parameter has no text")
    if _BAD_SPACE.search(value):
        raise GraphError(
            132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        )
    return value


def _header(part: Json, parameters: list[Json]) -> Json:
    """The header: a text, or a file still to be looked up under `file`. Raises GraphError."""
    form = part.get("format", "TEXT").upper()
    if form == "TEXT":
        return {"kind": "text", "text": _filled("header", part["text"], parameters)}
    kind = form.lower()
    got = str(parameters[0].get("type", "")).lower() if parameters else "unknown"
    if got != kind or not isinstance(parameters[0].get(kind), dict):
        raise GraphError(132012, f"header: Format mismatch, expected {form}, received {got.upper()}")
    said: Json = parameters[0][kind]
    if form not in _MEDIA_FORMATS:
        return {"kind": kind, "text": said.get("name") or said.get("address"), "location": said}
    if bool(said.get("id")) == bool(said.get("link")):
        raise GraphError(132012, f"header: {kind} needs an id or a link")
    return {"kind": kind, "text": None, "file": said}


def _button(index: int, button: Json, given: list[Json]) -> Json:
    """A button as it can be pressed; a reply's payload is its text when none was sent. Raises GraphError."""
    parameters = [
        parameter
        for component in given
        if str(component.get("type", "")).lower() == "button" and str(component.get("index")) == str(index)
        for parameter in component.get("parameters") or []
    ]
    first = parameters[0] if parameters else {}
    kind = button["type"].lower()
    shown: Json = {"kind": kind, "text": button.get("text")}
    if kind == "quick_reply":
        return shown | {"payload": first.get("payload") or button["text"]}
    if kind == "url":
        return shown | {"url": _url(index, button["url"], parameters)}
    if kind == "phone_number":
        return shown | {"phone_number": button["phone_number"]}
    if kind == "copy_code":
        if not first.get("coupon_code"):
            raise GraphError(131008, f"Button at index {index} of type CopyCode requires a parameter")
        return shown | {
            "text": button.get("text") or "Copy offer code",
            "code": str(first["coupon_code"])[:20],
        }
    if kind == "flow":
        return shown | _form(button, first)
    if kind == "voice_call":
        return shown | {"ttl_minutes": _call_minutes(index, button, parameters)}
    return shown | ({"text": "Share contact info"} if kind == "request_contact_info" else {})


def _form(button: Json, given: Json) -> Json:
    """A form with a server is another thing to press than one that the phone fills in by itself."""
    said = given.get("action") or {}
    is_served = str(button.get("flow_action")).lower() == "data_exchange"
    return {
        "kind": "form" if is_served else "flow",
        "flow_token": said.get("flow_token", "unused"),
        "began": said.get("flow_action_data") or {},
    }


def _call_minutes(index: int, button: Json, parameters: list[Json]) -> int:
    """How long the button may be pressed: as the message says, as the template does, else a week."""
    said = [one["ttl_minutes"] for one in parameters if "ttl_minutes" in one]
    minutes = said[0] if said else button.get("ttl_minutes", 10_080)
    if type(minutes) is not int or not 1 <= minutes <= 43_200:
        raise GraphError(131009, f"Button at index {index}: ttl_minutes must be 1 to 43200.")
    return minutes


def _url(index: int, url: str, parameters: list[Json]) -> str:
    if not _SLOT.search(url):
        return url
    if not parameters:
        raise GraphError(131008, f"Button at index {index} of type Url requires a parameter")
    return _SLOT.sub(lambda match: _value("button", parameters[0]), url)


def id_of(number: Number, template: Json) -> str:
    """Always the same id for the same template of an account."""
    key = f"{number.waba_id}:{template['name']}:{template['language']}"
    digest = hashlib.sha256(key.encode()).digest()
    return str(10**14 + int.from_bytes(digest[:8]) % (9 * 10**14))
