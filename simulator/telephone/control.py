"""Control and phone addresses of lines and calls."""

import dataclasses
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import ids
from simulator.jsonio import BadRequest, answer, read_object
from simulator.models import Number
from simulator.shapes import message_shape, number_shape
from simulator.simulation import Simulation, simulation_of
from simulator.telephone.calls import Call

Json = dict[str, Any]
_FIELDS = {
    "verified_name": "verified_name", "account_sid": "account_sid", "auth_token": "app_secret",
    "sms_url": "webhook_url", "voice_url": "voice_url", "colour": "colour", "capabilities": "capabilities",
}  # fmt: skip


async def put_line(request: Request) -> Response:
    """PUT /control/lines/{number}: register a telephone line of an account, or change what is named."""
    sim, number = simulation_of(request), request.path_params["number"]
    digits = ids.digits_of(number)
    if not 7 <= len(digits) <= 15:
        raise BadRequest("A line's number has 7 to 15 digits, country code first.")
    body = await read_object(request)
    unknown = set(body) - set(_FIELDS)
    if unknown:
        raise BadRequest(f"There is no field “{min(unknown)}”. Known: {', '.join(sorted(_FIELDS))}.")
    line = sim.world.numbers.get(f"+{digits}") or _new_line(digits)
    line = dataclasses.replace(line, **{_FIELDS[name]: value for name, value in body.items()})
    if not (line.account_sid and line.app_secret):
        raise BadRequest("A new line needs account_sid and auth_token.")
    sim.world.save_number(line)
    sim.world.feed.publish("number", lambda: number_shape(line))
    return answer(_public(line))


def _new_line(digits: str) -> Number:
    """Its other secrets open nothing."""
    return Number(
        f"+{digits}", digits, "Business", waba_id="", business_id=digits, access_token=secrets.token_hex(16),
        app_id="", app_secret="", verify_token="", webhook_url="", kind="telephone",
    )  # fmt: skip


def _public(line: Number) -> Json:
    shown = {name: getattr(line, field) for name, field in _FIELDS.items() if name != "auth_token"}
    return {"number": line.id, **shown}


async def act_on_call(request: Request) -> Response:
    """POST /control/calls/{sid} (also /phone/calls/{sid}): {answer | decline | voicemail | hang_up: true} or
    {press: "1"}: what the person with the phone does."""
    sim, body = simulation_of(request), await read_object(request)
    call = sim.calls.live.get(request.path_params["sid"])
    if call is None:
        raise BadRequest("There is no such call now.", 404)
    _act(sim, call, body)
    return answer(message_shape(sim.world, call.message))


def _act(sim: Simulation, call: Call, body: Json) -> None:
    if body.get("press"):
        sim.calls.press(call, str(body["press"]))
    elif body.get("answer"):
        sim.calls.answer(call)
    elif body.get("voicemail"):
        sim.calls.answer(call, "machine_start")
    elif body.get("decline"):
        sim.calls.decline(call)
    elif body.get("hang_up"):
        sim.calls.hang_up(call)
    else:
        raise BadRequest("Say one of: answer, decline, voicemail, hang_up, press.")


async def list_calls(request: Request) -> Response:
    """GET /control/calls?to=: calls that ring or run now."""
    to = ids.digits_of(request.query_params.get("to", ""))
    live = [call for call in simulation_of(request).calls.live.values() if to in ("", call.phone.number)]
    return answer(
        {"data": [{"sid": call.message.id, "to": call.phone.number, **call.state} for call in live]}
    )


ROUTES = [
    Route("/control/lines/{number}", put_line, methods=["PUT"]),
    Route("/control/calls", list_calls),
    Route("/control/calls/{sid}", act_on_call, methods=["POST"]),
    Route("/phone/calls/{sid}", act_on_call, methods=["POST"]),
]
