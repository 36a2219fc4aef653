"""Interactive messages: from our words (see ``contents``) into the provider's.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-messages
(read in September 2026)
"""

from __future__ import annotations

from collections.abc import Callable

from inbox.ports import Json

#: The version of the way flows are started; the only one there is.
FLOW_VERSION = "3"


def token_of(content: Json, ref: str) -> str:
    """What a form is known by to the business: as its program says, else our own id of this send, which
    nobody can guess."""
    return content.get("token") or ref or "unused"


def interactive(text: str, content: Json, header: Json | None = None) -> Json:
    """The provider's object. header: one made of an uploaded file; else that of the content counts."""
    type_, action = WRITERS[content["type"]](content)
    shown: Json = {"type": type_, "action": action}
    if found := header or _header(content.get("header")):
        shown["header"] = found
    if text:
        shown["body"] = {"text": text}
    if content.get("footer"):
        shown["footer"] = {"text": content["footer"]}
    return shown


def _header(header: Json | None) -> Json | None:
    """{"text": …} or {"image": {"link": …}} as the provider writes it."""
    if not header:
        return None
    [(kind, value)] = header.items()
    return {"type": kind, kind: value}


def _buttons(content: Json) -> tuple[str, Json]:
    replies = [{"type": "reply", "reply": dict(button)} for button in content["buttons"]]
    return "button", {"buttons": replies}


def _list(content: Json) -> tuple[str, Json]:
    return "list", {"button": content["button"], "sections": content["sections"]}


def _link(content: Json) -> tuple[str, Json]:
    return "cta_url", _link_action(content)


def _link_action(link: Json) -> Json:
    return {"name": "cta_url", "parameters": {"display_text": link["title"], "url": link["url"]}}


def _flow(content: Json) -> tuple[str, Json]:
    parameters: Json = {
        "flow_message_version": FLOW_VERSION,
        "flow_id": content["flow_id"],
        "flow_cta": content["title"],
        "mode": content.get("mode") or "published",
        "flow_token": token_of(content, ""),
    }
    if content.get("screen"):
        data = {"data": content["data"]} if content.get("data") else {}
        parameters |= {
            "flow_action": "navigate",
            "flow_action_payload": {"screen": content["screen"], **data},
        }
    else:
        parameters["flow_action"] = "data_exchange"
    return "flow", {"name": "flow", "parameters": parameters}


def _product(content: Json) -> tuple[str, Json]:
    return "product", {"catalog_id": content["catalog_id"], "product_retailer_id": content["product_id"]}


def _products(content: Json) -> tuple[str, Json]:
    sections = [
        {
            "title": section["title"],
            "product_items": [{"product_retailer_id": product} for product in section["product_ids"]],
        }
        for section in content["sections"]
    ]
    return "product_list", {"catalog_id": content["catalog_id"], "sections": sections}


def _catalog(content: Json) -> tuple[str, Json]:
    action: Json = {"name": "catalog_message"}
    if content.get("product_id"):
        action["parameters"] = {"thumbnail_product_retailer_id": content["product_id"]}
    return "catalog_message", action


def _carousel(content: Json) -> tuple[str, Json]:
    return "carousel", {"cards": [_card(n, card) for n, card in enumerate(content["cards"])]}


def _card(n: int, card: Json) -> Json:
    header = {kind: value for kind, value in card["header"].items() if value}
    shown: Json = {"card_index": n, "type": "cta_url", "header": _header(header)}
    if card.get("text"):
        shown["body"] = {"text": card["text"]}
    if card.get("link"):
        return {**shown, "action": _link_action(card["link"])}
    replies = [{"type": "quick_reply", "quick_reply": dict(button)} for button in card["buttons"]]
    return {**shown, "action": {"buttons": replies}}


def _named(type_: str, name: str) -> Callable[[Json], tuple[str, Json]]:
    return lambda content: (type_, {"name": name})


def _address(content: Json) -> tuple[str, Json]:
    parameters = {key: content[key] for key in ("country", "values", "saved_addresses") if content.get(key)}
    return "address_message", {"name": "address_message", "parameters": parameters}


def _call(content: Json) -> tuple[str, Json]:
    parameters: Json = {"display_text": content["title"]}
    if content.get("ttl_min"):
        parameters["ttl_minutes"] = content["ttl_min"]
    if content.get("payload"):
        parameters["payload"] = content["payload"]
    return "voice_call", {"name": "voice_call", "parameters": parameters}


#: Our type → (their type, their action).
WRITERS: dict[str, Callable[[Json], tuple[str, Json]]] = {
    "buttons": _buttons,
    "list": _list,
    "link": _link,
    "flow": _flow,
    "product": _product,
    "products": _products,
    "catalog": _catalog,
    "carousel": _carousel,
    "location_request": _named("location_request_message", "send_location"),
    "contact_request": _named("request_contact_info", "request_contact_info"),
    "address_request": _address,
    "call": _call,
    "call_request": _named("call_permission_request", "call_permission_request"),
}
