"""What a new chat offers a customer: texts to tap (ice breakers), and commands after a slash."""

from typing import Any

import orjson

from simulator.errors import GraphError
from simulator.graph.call import Call, misshapen
from simulator.jsonio import reading
from simulator.shapes import number_shape

Json = dict[str, Any]
_PROMPTS_MAX, _PROMPT_CHARS = 4, 80
_COMMANDS_MAX, _COMMAND_CHARS, _HINT_CHARS = 30, 32, 256


async def set_openers(call: Call) -> Json:
    """POST /{number}/conversational_automation {prompts?, commands?}: what is left out stays."""
    with reading(misshapen):
        given: Json = {}
        if "prompts" in call.params:
            given["prompts"] = _prompts(_list(call.params["prompts"], "prompts"))
        if "commands" in call.params:
            given["commands"] = _commands(_list(call.params["commands"], "commands"))
    call.number.openers = {**call.number.openers, **given}
    call.sim.world.save_number(call.number)
    call.sim.world.feed.publish("number", lambda: number_shape(call.number))
    return {"success": True}


def _list(value: Any, name: str) -> list[Any]:
    """A list, also one written as text. Raises GraphError."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            value = None
    if not isinstance(value, list):
        raise GraphError(100, f"Param {name} must be an array.")
    return value


def _prompts(given: list[Any]) -> list[str]:
    if len(given) > _PROMPTS_MAX:
        raise GraphError(100, f"Param prompts may hold {_PROMPTS_MAX} strings.")
    return [_text(one, "prompts", _PROMPT_CHARS) for one in given]


def _commands(given: list[Json]) -> list[Json]:
    if len(given) > _COMMANDS_MAX:
        raise GraphError(100, f"Param commands may hold {_COMMANDS_MAX} commands.")
    return [
        {
            "command_name": _text(one["command_name"], "command_name", _COMMAND_CHARS),
            "command_description": _text(one["command_description"], "command_description", _HINT_CHARS),
        }
        for one in given
    ]


def _text(value: Any, name: str, most: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= most:
        raise GraphError(100, f"Param {name} must be a string of 1 to {most} characters.")
    return value


HANDLERS = {("POST", "conversational_automation"): set_openers}
