"""`category` on POST /{number}/messages: Direct Send, a message outside the window without a template."""

from typing import Any

from simulator.errors import GraphError
from simulator.graph.call import Call

Json = dict[str, Any]
_TEXT_MAX = 1024
_TTL = range(30, 43_201)
_CHOICES = ("button", "cta_url")


def check_direct(call: Call, kind: str, content: Json, text: str) -> tuple[str, int | None]:
    """(category, seconds it is tried) of a message that goes so; "service" for others. Raises GraphError."""
    said, ttl_s = call.params.get("category"), call.params.get("ttl_seconds")
    if said is None:
        if ttl_s is not None:
            raise GraphError(100, "Param ttl_seconds needs a category.")
        return "service", None
    _check_number(call)
    if str(said).lower() != "utility":
        raise GraphError(100, "Param category must be one of {UTILITY}.")
    if ttl_s is not None and (type(ttl_s) is not int or ttl_s not in _TTL):
        raise GraphError(100, f"Param ttl_seconds must be between {_TTL[0]} and {_TTL[-1]}.")
    _check_words(kind, content, text)
    return "utility", ttl_s


def _check_number(call: Call) -> None:
    allowed = call.number.settings.direct_send
    if allowed == "off":
        raise GraphError(100, "Direct Send is not enabled for this phone number.")
    if allowed == "blocked":
        raise GraphError(139200)


def _check_words(kind: str, content: Json, text: str) -> None:
    choice = content.get("interactive") or {}
    header = (choice.get("header") or {}).get("type", "text")
    if kind not in ("text", "interactive") or (choice and choice.get("type") not in _CHOICES):
        raise GraphError(100, "A message of this type cannot be sent without a template.")
    if header != "text":
        raise GraphError(100, "A message without a template has no file above it.")
    if len(text) > _TEXT_MAX:
        raise GraphError(100, f"A message without a template has at most {_TEXT_MAX} characters.")
