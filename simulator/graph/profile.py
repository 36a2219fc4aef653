"""What customers see of a business: its profile, with the limits of each field."""

import re
from typing import Any
from urllib.parse import urlsplit

from simulator.errors import GraphError
from simulator.graph.call import Call

Json = dict[str, Any]
_FIELDS = ("about", "address", "description", "email", "profile_picture_url", "websites", "vertical")
_LONGEST = {"about": 139, "address": 256, "description": 512, "email": 128}
_WEBSITES_MAX, _WEBSITE_CHARS = 2, 256
_VERTICALS = (
    "UNDEFINED", "OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY",
    "GOVT", "HOTEL", "HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "NOT_A_BIZ",
)  # fmt: skip
_HANDLE = re.compile(r"4::([0-9a-f]{64}):image_(?:jpe?g|png)")


async def get_profile(call: Call) -> Json:
    """GET /{number}/whatsapp_business_profile?fields=."""
    profile = {"about": call.number.verified_name, "vertical": "OTHER", "websites": [], **call.number.profile}
    wanted = [name for name in call.query.get("fields", ",".join(_FIELDS)).split(",") if name in profile]
    shown = {name: profile[name] for name in wanted if profile[name] not in ("", [])}
    return {"data": [{**shown, "messaging_product": "whatsapp"}]}


async def post_profile(call: Call) -> Json:
    """POST /{number}/whatsapp_business_profile: what is left out stays as it is. Raises GraphError."""
    if call.params.get("messaging_product") != "whatsapp":
        raise GraphError(100, "Param messaging_product must be whatsapp.")
    given = {name: call.params[name] for name in _FIELDS if name in call.params}
    if given.get("websites") == "":  # An empty text empties the list too.
        given["websites"] = []
    for name, value in given.items():
        _check(name, value)
    if "profile_picture_handle" in call.params:
        given["profile_picture_url"] = _picture(call.params["profile_picture_handle"])
    call.number.profile = {**call.number.profile, **given}
    call.sim.world.save_number(call.number)
    return {"success": True}


def _check(name: str, value: Any) -> None:
    if name == "websites":
        _check_websites(value)
        return
    if not isinstance(value, str):
        raise GraphError(100, f"Param {name} must be a string.")
    if name == "about" and not value:
        raise GraphError(100, "Param about must not be empty.")
    if len(value) > _LONGEST.get(name, 10_000):
        raise GraphError(100, f"Param {name} must be at most {_LONGEST[name]} characters long.")
    if name == "vertical" and value and value not in _VERTICALS:
        raise GraphError(100, f"Param vertical must be one of {{{', '.join(_VERTICALS)}}}.")
    if name == "email" and value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise GraphError(100, "Param email must be a valid email address.")


def _check_websites(value: Any) -> None:
    if not isinstance(value, list) or len(value) > _WEBSITES_MAX:
        raise GraphError(100, f"Param websites must be an array of at most {_WEBSITES_MAX} strings.")
    for url in value:
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
        if len(str(url)) > _WEBSITE_CHARS or parts.scheme not in ("http", "https") or not parts.netloc:
            raise GraphError(100, "Param websites must hold URLs that begin with http:// or https://.")


def _picture(handle: Any) -> str:
    """The address of an uploaded picture. Raises GraphError for a handle no upload gave."""
    found = _HANDLE.fullmatch(handle) if isinstance(handle, str) else None
    if found is None:
        raise GraphError(100, "Param profile_picture_handle is not the handle of an uploaded picture.")
    return f"https://pps.whatsapp.example/v/{found[1][:24]}.jpg"


HANDLERS = {
    ("GET", "whatsapp_business_profile"): get_profile,
    ("POST", "whatsapp_business_profile"): post_profile,
}
