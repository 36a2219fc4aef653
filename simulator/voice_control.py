"""The addresses of calls by WhatsApp: for tests without a browser, and for the phone page."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import ids
from simulator.jsonio import BadRequest, answer, read_object
from simulator.models import Number, Phone
from simulator.sdp import is_sound
from simulator.shapes import message_shape
from simulator.simulation import Simulation, simulation_of
from simulator.voice import VoiceCall

Json = dict[str, Any]


async def control_calls(request: Request) -> Response:
    """GET /control/voice_calls?channel=: what rings and runs. POST {channel, from, name?, sdp?}: a customer
    calls."""
    sim = simulation_of(request)
    if request.method == "GET":
        channel = request.query_params.get("channel")
        live = [one for one in sim.voice.live.values() if channel in (None, one.number.id)]
        return answer({"data": [_shape(one) for one in live]})
    body = await read_object(request)
    wa_id = ids.whatsapp_id(str(body.get("from") or ""))
    if not 7 <= len(wa_id) <= 15:
        raise BadRequest("“from” must be a phone number of 7 to 15 digits.")
    number = _number(sim, str(body.get("channel")))
    phone = sim.world.phone(wa_id, str(body["name"]) if body.get("name") else None)
    return answer(_shape(_ring(sim, number, phone, body)), 201)


async def act(request: Request) -> Response:
    """POST /control/voice_calls/{id} (also /phone/voice_calls/{id}): {answer | decline | hang_up: true}, or
    {sdp}: the session of the phone, which may still ring."""
    sim, body = simulation_of(request), await read_object(request)
    call = sim.voice.live.get(request.path_params["call_id"])
    if call is None:
        raise BadRequest("There is no such call now.", 404)
    if body.get("sdp"):
        sim.voice.join(call, _sdp(body))
    if body.get("answer") and not call.by_user:
        sim.voice.take(call)
    elif body.get("decline") and not call.by_user:
        sim.voice.decline(call)
    elif body.get("hang_up"):
        sim.voice.end(call, "ended" if call.answered_at else "missed")
    elif not body.get("sdp"):
        raise BadRequest("Say one of: answer, decline (of a call of the business), hang_up, sdp.")
    return answer(_shape(call))


async def page_call(request: Request) -> Response:
    """POST /phone/chats/{channel}/{number}/call {sdp}: the person with this phone calls."""
    sim, body = simulation_of(request), await read_object(request)
    number = _number(sim, request.path_params["channel"])
    phone = sim.world.phones.get(request.path_params["number"])
    if phone is None or phone.group:
        raise BadRequest("There is no such phone.", 404)
    call = _ring(sim, number, phone, body)
    return answer(message_shape(sim.world, call.message), 201)


def _ring(sim: Simulation, number: Number, phone: Phone, body: Json) -> VoiceCall:
    if not number.settings.calling:
        raise BadRequest("This business takes no calls.", 409)
    if any(one.phone is phone for one in sim.voice.live.values()):
        raise BadRequest("This phone is in a call already.", 409)
    return sim.voice.ring_business(number, phone, _sdp(body))


def _sdp(body: Json) -> str:
    sdp = body.get("sdp") or ""
    if sdp and not is_sound(sdp):
        raise BadRequest("“sdp” is no session with one line of sound.")
    return str(sdp)


def _shape(call: VoiceCall) -> Json:
    return {
        "call_id": call.id, "channel": call.number.id, "number": call.phone.number, "by_user": call.by_user,
        "offer": call.offer, **call.state,
    }  # fmt: skip


def _number(sim: Simulation, channel: str) -> Number:
    number = sim.world.numbers.get(channel)
    if number is None or number.is_line:
        raise BadRequest("There is no such WhatsApp number.", 404)
    return number


ROUTES = [
    Route("/control/voice_calls", control_calls, methods=["GET", "POST"]),
    Route("/control/voice_calls/{call_id:path}", act, methods=["POST"]),
    Route("/phone/voice_calls/{call_id:path}", act, methods=["POST"]),
    Route("/phone/chats/{channel}/{number}/call", page_call, methods=["POST"]),
]
