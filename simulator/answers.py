"""What pressing the one button of a business's message sends: a filled form, an address, a card, an order."""

import json
from collections.abc import Callable
from typing import Any

from simulator.customer import Draft, own_message
from simulator.ids import digits_of
from simulator.jsonio import BadRequest, as_object
from simulator.models import Chat, Message
from simulator.world import World

Json = dict[str, Any]
_PERMISSION_LIVES_S = 7 * 86_400


def answer_draft(world: World, chat: Chat, said: Any) -> Draft:
    """`{"target": id, …}`: press the button of that message. Raises BadRequest when it has none."""
    pressed = as_object(said, "“answer”")
    message = own_message(world, chat, pressed.get("target"), from_me=False)
    sent = message.content.get("interactive") or {}
    form = _FORMS.get(_kind(message, sent, pressed))
    if form is None:
        raise BadRequest("This message has no button that sends something.")
    return form(world, chat, message, sent, pressed)


def _kind(message: Message, sent: Json, pressed: Json) -> str:
    """What was pressed: the message's own type, or that of a template's button."""
    return str(sent.get("type") or pressed.get("button") or "")


def _flow(world: World, chat: Chat, message: Message, sent: Json, pressed: Json) -> Draft:
    """A form filled with what it began with, unless `response` says otherwise."""
    token, began = _of_template(message) or _of_interactive(sent)
    return form_draft(
        message, "flow", "Sent", {"flow_token": token, **began, **(pressed.get("response") or {})}
    )


def _of_template(message: Message) -> tuple[str, Json] | None:
    """The token of a template's form and what it begins with; None where it has no form."""
    buttons = (message.template or {}).get("buttons") or ()
    return next(((one["flow_token"], one["began"]) for one in buttons if one["kind"] == "flow"), None)


def _of_interactive(sent: Json) -> tuple[str, Json]:
    parameters = (sent.get("action") or {}).get("parameters") or {}
    began = (parameters.get("flow_action_payload") or {}).get("data") or {}
    return parameters.get("flow_token", "unused"), began


def _address(world: World, chat: Chat, message: Message, sent: Json, pressed: Json) -> Draft:
    values = {"name": world.phone(chat.number).name, "phone_number": chat.number, "in_pin_code": "400063",
              "house_number": "12", "address": "4 Dock Road", "city": "Mumbai"}  # fmt: skip
    response = {"saved_address_id": "address1", "values": {**values, **(pressed.get("response") or {})}}
    return form_draft(message, "address_message", "4 Dock Road, Mumbai", response)


def form_draft(message: Message, name: str, body: str, response: Json) -> Draft:
    """A filled form as the customer sends it."""
    reply = {"name": name, "body": body, "response_json": json.dumps(response, ensure_ascii=False)}
    content = {"interactive": {"type": "nfm_reply", "nfm_reply": reply}}
    return Draft("interactive", content, body, reply_to=message.id)


def _contact(world: World, chat: Chat, message: Message, sent: Json, pressed: Json) -> Draft:
    """The customer's own card: the number, and no file with it."""
    name = world.phone(chat.number).name
    phone = {"phone": f"+{chat.number}", "wa_id": digits_of(chat.number), "type": "CELL"}
    card = {
        "name": {"formatted_name": name, "first_name": name},
        "phones": [phone],
        "origin": "contact_request",
    }
    return Draft("contacts", {"contacts": [card]}, name, reply_to=message.id)


def _order(world: World, chat: Chat, message: Message, sent: Json, pressed: Json) -> Draft:
    """One of the first product shown."""
    action = sent.get("action") or {}
    sections = action.get("sections") or [{}]
    products = [
        item["product_retailer_id"] for section in sections for item in section.get("product_items") or ()
    ]
    thumbnail = (action.get("parameters") or {}).get("thumbnail_product_retailer_id")
    product = action.get("product_retailer_id") or next(iter(products), None) or thumbnail or "sku-1"
    item = {"product_retailer_id": product, "quantity": 1, "item_price": 30, "currency": "GBP"}
    order = {"catalog_id": action.get("catalog_id", "550077001100220"), "text": "", "product_items": [item]}
    return Draft("order", {"order": order}, f"Order: 1 × {product}", reply_to=message.id)


def _call_permission(world: World, chat: Chat, message: Message, sent: Json, pressed: Json) -> Draft:
    accepts = pressed.get("accept", True) is True
    reply: Json = {
        "response": "accept" if accepts else "reject",
        "is_permanent": False,
        "response_source": "user_action",
    }
    if accepts:
        reply["expiration_timestamp"] = str(int(world.now()) + _PERMISSION_LIVES_S)
    content = {"interactive": {"type": "call_permission_reply", "call_permission_reply": reply}}
    return Draft("interactive", content, "Calls allowed" if accepts else "Calls refused", reply_to=message.id)


_FORMS: dict[str, Callable[[World, Chat, Message, Json, Json], Draft]] = {
    "flow": _flow,
    "address_message": _address,
    "request_contact_info": _contact,
    "product": _order,
    "product_list": _order,
    "catalog_message": _order,
    "call_permission_request": _call_permission,
}
