"""The name by which people find a business, and the contact book kept for it."""

import re
from typing import Any

from simulator.errors import GraphError
from simulator.graph.call import Call, required
from simulator.ids import digits_of
from simulator.models import Number

Json = dict[str, Any]
_NAME = re.compile(r"(?=.*[a-z])(?!\.)(?!www)(?!.*\.\.)[a-z0-9._]{3,35}(?<!\.)")
_DOMAIN = re.compile(r"\.(com|net|org|io|co|uk|de|br|in|app|shop)$")


async def get_username(call: Call) -> Json:
    """GET /{number}/username."""
    name = call.number.username
    return {"username": name, "status": "approved"} if name else {}


async def set_username(call: Call) -> Json:
    """POST /{number}/username {username}. Raises GraphError for a name that cannot be, or is taken."""
    name = str(required(call.params, "username")).lower()
    if not _NAME.fullmatch(name) or _DOMAIN.search(name):
        raise GraphError(100, "Param username does not follow the rules for usernames.")
    if any(one.username == name for one in call.sim.world.numbers.values() if one.id != call.number.id):
        raise GraphError(147001)
    call.number.username = name
    call.sim.world.save_number(call.number)
    _tell(call, name, "approved")
    return {"status": "approved"}


async def delete_username(call: Call) -> Json:
    """DELETE /{number}/username."""
    name, call.number.username = call.number.username, ""
    call.sim.world.save_number(call.number)
    if name:
        _tell(call, name, "deleted")
    return {"success": True}


async def delete_contact_book(call: Call) -> Json:
    """DELETE /{number}/contact_book: numbers are shown only where something else allows it."""
    call.number.contact_book = False
    call.sim.world.save_number(call.number)
    return {"success": True}


def _tell(call: Call, name: str, status: str) -> None:
    value = {
        "display_phone_number": _digits(call.number),
        "username": name,
        "status": status,
    }
    call.sim.webhooks.tell(call.number.id, "change", {"value": value, "field": "business_username_updates"})


def _digits(number: Number) -> str:
    return digits_of(number.display_phone_number)


HANDLERS = {
    ("GET", "username"): get_username,
    ("POST", "username"): set_username,
    ("DELETE", "username"): delete_username,
    ("DELETE", "contact_book"): delete_contact_book,
}
