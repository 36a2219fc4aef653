"""Bodies of messages to send: what must be there, how long it may be. Every refusal is the documented one."""

from collections.abc import Callable
from typing import Any

from simulator.errors import GraphError

Json = dict[str, Any]
MEDIA_KINDS = ("image", "video", "audio", "document", "sticker")
KINDS = (*MEDIA_KINDS, "text", "location", "contacts", "reaction", "interactive")
_CAPTION_MAX = {"image": 1024, "video": 1024, "document": 1024}
_HEADERS = ("text", "image", "video", "document")


def content_of(kind: str, params: Json) -> Any:
    """The body of this kind, checked. Raises GraphError."""
    if kind not in KINDS:
        known = ", ".join(sorted(name.upper() for name in (*KINDS, "template")))
        raise GraphError(100, f'Param type must be one of {{{known}}} - got "{kind}".')
    if kind == "contacts":
        return _contacts(params.get("contacts"))
    content = object_of(params, kind)
    _CHECKS[kind](kind, content)
    return content


def object_of(params: Json, name: str) -> Json:
    """A parameter that must be an object. Raises GraphError 131008 when it is missing."""
    value = params.get(name)
    if value is None:
        raise GraphError(131008, f"Parameter '{name}' is mandatory for type '{name}'.")
    if not isinstance(value, dict):
        raise GraphError(100, f"Param {name} must be a JSON object.")
    return value


def text_of(kind: str, content: Any) -> str:
    """What a person reads of a message: its text, caption, name or emoji."""
    if kind == "text":
        return str(content["body"])
    if kind == "contacts":
        return str(content[0]["name"]["formatted_name"])
    if kind == "interactive":
        return str((content.get("body") or {}).get("text", ""))
    names = {"location": "name", "reaction": "emoji"}
    return str(content.get(names.get(kind, "caption")) or "")


def _string(where: str, value: Any, longest: int, *, needed: bool = True) -> None:
    """A string that is not empty and not too long. Raises GraphError."""
    if value in (None, "") and not needed:
        return
    if value is None:
        raise GraphError(131008, f"The parameter {where} is required.")
    if not isinstance(value, str):
        raise GraphError(100, f"Param {where} must be a string.")
    if not value.strip():
        raise GraphError(100, f"Param {where} must be a non-empty string.")
    if len(value) > longest:
        raise GraphError(100, f"Param {where} must be at most {longest} characters long.")


def _text(kind: str, content: Json) -> None:
    _string("text['body']", content.get("body"), 4096)


def _media(kind: str, content: Json) -> None:
    named = [name for name in ("id", "link") if content.get(name)]
    if len(named) != 1:
        raise GraphError(
            131008 if not named else 100, f"Exactly one of {kind}['id'] and {kind}['link'] is needed."
        )
    if "caption" in content and kind not in _CAPTION_MAX:
        raise GraphError(100, f'Unexpected key "caption" on param "{kind}".')
    _string(f"{kind}['caption']", content.get("caption"), _CAPTION_MAX.get(kind, 0), needed=False)
    _string("document['filename']", content.get("filename"), 240, needed=False)


def _location(kind: str, content: Json) -> None:
    for name, furthest in (("latitude", 90), ("longitude", 180)):
        try:
            degrees = float(content[name])
        except KeyError as error:
            raise GraphError(131008, f"The parameter location['{name}'] is required.") from error
        except (TypeError, ValueError) as error:
            raise GraphError(131009, f"Param location['{name}'] must be a number.") from error
        if not -furthest <= degrees <= furthest:
            raise GraphError(131009, f"Param location['{name}'] must be between -{furthest} and {furthest}.")


def _contacts(cards: Any) -> Any:
    if not isinstance(cards, list) or not 1 <= len(cards) <= 257:
        raise GraphError(131008, "Param contacts must be a list of 1 to 257 contacts.")
    for index, card in enumerate(cards):
        name = card.get("name") if isinstance(card, dict) else None
        if not isinstance(name, dict):
            raise GraphError(131008, f"The parameter contacts[{index}]['name'] is required.")
        _string(f"contacts[{index}]['name']['formatted_name']", name.get("formatted_name"), 1024)
        if len([part for part in name.values() if part]) < 2:
            raise GraphError(131009, f"contacts[{index}]['name'] needs one more part besides formatted_name.")
    return cards


def _reaction(kind: str, content: Json) -> None:
    _string("reaction['message_id']", content.get("message_id"), 512)
    emoji = content.get("emoji")
    if not isinstance(emoji, str):
        raise GraphError(131008, "The parameter reaction['emoji'] is required.")
    if len(emoji) > 20 or emoji.isalnum():
        raise GraphError(131009, "Param reaction['emoji'] must be one emoji, or empty to remove it.")


def _interactive(kind: str, content: Json) -> None:
    form = content.get("type")
    if form not in _ACTIONS:
        raise GraphError(131009, f"Param interactive['type'] must be one of {{{', '.join(_ACTIONS)}}}.")
    body_max = 4096 if form == "list" else 1024
    needs_body = form not in ("product", "catalog_message")
    _string(
        "interactive['body']['text']", (content.get("body") or {}).get("text"), body_max, needed=needs_body
    )
    _string("interactive['footer']['text']", (content.get("footer") or {}).get("text"), 60, needed=False)
    if content.get("header") is not None:
        _header(form, content["header"])
    action = content.get("action")
    if not isinstance(action, dict):
        raise GraphError(131008, "The parameter interactive['action'] is required.")
    _ACTIONS[form](action)


def _header(form: str, header: Json) -> None:
    kind = header.get("type")
    if kind not in _HEADERS or (form == "list" and kind != "text") or form == "location_request_message":
        raise GraphError(131009, "Param interactive['header']['type'] is not possible here.")
    if kind == "text":
        _string("interactive['header']['text']", header.get("text"), 60)
    else:
        _media(kind, object_of(header, kind))


def _buttons(action: Json) -> None:
    buttons = action.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise GraphError(131009, "Invalid buttons count. Min allowed buttons: 1, max allowed buttons: 3.")
    replies = [button.get("reply") or {} for button in buttons]
    for reply in replies:
        _string("interactive['action']['buttons']['reply']['title']", reply.get("title"), 20)
        _string("interactive['action']['buttons']['reply']['id']", reply.get("id"), 256)
    for name in ("title", "id"):
        if len({reply[name] for reply in replies}) < len(replies):
            raise GraphError(131009, f"Duplicated {name} among buttons.")


def _sections(action: Json) -> None:
    _string("interactive['action']['button']", action.get("button"), 20)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        raise GraphError(131009, "A list has 1 to 10 sections.")
    rows = [row for section in sections for row in section.get("rows") or []]
    if not 1 <= len(rows) <= 10:
        raise GraphError(131009, f"Total row count exceed max allowed count: 10 (got {len(rows)}).")
    for section in sections:
        _string("section['title']", section.get("title"), 24, needed=len(sections) > 1)
    for row in rows:
        _string("row['id']", row.get("id"), 200)
        _string("row['title']", row.get("title"), 24)
        _string("row['description']", row.get("description"), 72, needed=False)
    if len({row["id"] for row in rows}) < len(rows):
        raise GraphError(131009, "Duplicated row id.")


def _link_button(action: Json) -> None:
    parameters = object_of(action, "parameters")
    _string("interactive['action']['parameters']['display_text']", parameters.get("display_text"), 20)
    _string("interactive['action']['parameters']['url']", parameters.get("url"), 2000)


def _named(action: Json) -> None:
    _string("interactive['action']['name']", action.get("name"), 64)


def _anything(action: Json) -> None:
    """Kinds whose action this simulator takes as it comes."""


_CHECKS: dict[str, Callable[[str, Json], None]] = {
    **dict.fromkeys(MEDIA_KINDS, _media),
    "text": _text,
    "location": _location,
    "reaction": _reaction,
    "interactive": _interactive,
}
_ACTIONS: dict[str, Callable[[Json], None]] = {
    "button": _buttons,
    "list": _sections,
    "cta_url": _link_button,
    **dict.fromkeys(
        ("location_request_message", "address_message", "flow", "voice_call", "call_permission_request",
         "request_contact_info"),
        _named,
    ),
    **dict.fromkeys(("product", "product_list", "catalog_message", "carousel"), _anything),
}  # fmt: skip
