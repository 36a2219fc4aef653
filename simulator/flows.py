"""Forms with a server: the phone asks the business for each screen, and sends the answer at the end."""

import json
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import answers, flow_crypto, ids
from simulator.customer import own_message
from simulator.jsonio import BadRequest, answer, as_object, read_object
from simulator.models import Chat, Message, Number
from simulator.shapes import message_shape
from simulator.simulation import Simulation, simulation_of
from simulator.webhooks import wire

Json = dict[str, Any]
VERSION = "3.0"
_ANSWER_MAX, _TIMEOUT_S = 1_048_576, 10.0
_CANNOT_DECRYPT, _TOKEN_OVER, _SUCCESS = 421, 427, "SUCCESS"
_SORRY = "Something went wrong. Try again later."


async def step(request: Request) -> Response:
    """POST /phone/chats/{channel}/{number}/flows {target, action?, screen?, data?} → a screen, or its end.

    200 {screen, data}; 201 {message} once the form is sent; 409 when the business gives none.
    """
    sim, body = simulation_of(request), await read_object(request)
    number, chat = _place(sim, request)
    message = own_message(sim.world, chat, body.get("target"), from_me=False)
    said = {
        "version": VERSION,
        "action": str(body.get("action") or "INIT"),
        "screen": str(body.get("screen") or ""),
        "data": as_object(body.get("data") or {}, "“data”"),
        "flow_token": _parameters(message).get("flow_token"),
    }
    shown = await _asked(sim, number, said)
    if shown.get("screen") == _SUCCESS:
        return answer({"message": message_shape(sim.world, _sent(sim, number, chat, message, shown))}, 201)
    if not isinstance(shown.get("screen"), str) or not isinstance(shown.get("data"), dict):
        await _report(sim, number, said)
        raise BadRequest(_SORRY, 409)
    return answer({"screen": shown["screen"], "data": shown["data"]})


async def health(request: Request) -> Response:
    """POST /control/flows/health {channel}: is the endpoint there? → what it answered."""
    sim, body = simulation_of(request), await read_object(request)
    number = sim.world.numbers.get(str(body.get("channel")))
    if number is None:
        raise BadRequest("There is no such business number.", 404)
    return answer(await _asked(sim, number, {"version": VERSION, "action": "ping"}))


def _place(sim: Simulation, request: Request) -> tuple[Number, Chat]:
    number = sim.world.numbers.get(request.path_params["channel"])
    wa_id = ids.whatsapp_id(request.path_params["number"])
    if number is None or wa_id not in sim.world.phones:
        raise BadRequest("There is no such chat.", 404)
    return number, sim.world.chat(number.id, wa_id)


def _parameters(message: Message) -> Json:
    for button in (message.template or {}).get("buttons") or ():
        if button["kind"] == "form":
            return as_object(button, "the button")
    action = (message.content.get("interactive") or {}).get("action") or {}
    found = action.get("parameters") or {}
    if found.get("flow_action") != "data_exchange":
        raise BadRequest("This message has no form with a server.")
    return as_object(found, "“parameters”")


async def _asked(sim: Simulation, number: Number, said: Json) -> Json:
    """The answer in the clear. A key that does not fit is fetched again, once. Raises BadRequest."""
    if not number.form_key or not number.flow_endpoint:
        raise BadRequest("This number has no key of forms, or no endpoint: the phone shows an error.", 409)
    for _ in range(2):
        question = flow_crypto.question(said, number.form_key)
        found = await _posted(sim, number, wire.encode(question.body), said)
        if found.status != _CANNOT_DECRYPT:
            break
    if found.status == _TOKEN_OVER:
        raise BadRequest(_told(found.body) or "This form can no longer be opened.", 410)
    if found.status != 200:
        raise BadRequest(_SORRY, 409)
    try:
        return question.read(found.body)
    except ValueError:
        raise BadRequest(_SORRY, 409) from None


async def _posted(sim: Simulation, number: Number, body: bytes, said: Json) -> wire.Answer:
    """Post it signed, and write it into the log; an endpoint that is away is one that answers 503."""
    headers = [
        (b"Content-Type", b"application/json"),
        (b"Content-Length", str(len(body)).encode()),
        *wire.signature_headers(number.app_secret, body),
    ]
    began = time.perf_counter()
    try:
        found = await sim.client.post_as(number.flow_endpoint, headers, body, _TIMEOUT_S, _ANSWER_MAX)
    except wire.Refused as error:
        found = wire.Answer(503, str(error).encode(), {})
    sim.world.log.add(
        at=sim.world.now(), direction="out", label=f"form {said['action']}", method="POST",
        path=number.flow_endpoint, status=found.status, ms=(time.perf_counter() - began) * 1000,
        channel=number.id, number=None, body=b"", detail=None,
    )  # fmt: skip
    return found


def _told(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("error_msg") or "") if isinstance(said, dict) else ""


async def _report(sim: Simulation, number: Number, said: Json) -> None:
    """Tell the business that its answer could not be shown."""
    data = {"error": "INVALID_SCREEN_TRANSITION", "error_message": "The answer has no screen with data."}
    known = {key: said[key] for key in ("version", "flow_token", "screen")}
    await _asked(sim, number, {**known, "action": "data_exchange", "data": data})


def _sent(sim: Simulation, number: Number, chat: Chat, message: Message, shown: Json) -> Message:
    """The form closes: its answer goes out as a message of the customer's."""
    ends = (shown.get("data") or {}).get("extension_message_response") or {}
    params = as_object(ends.get("params") or {}, "“params”")
    draft = answers.form_draft(message, "flow", "Sent", params)
    sim.limits.count_inbound(number, sim.world.now())
    return sim.customers.write(number, sim.world.phones[chat.number], draft)


ROUTES = [
    Route("/phone/chats/{channel}/{number}/flows", step, methods=["POST"]),
    Route("/control/flows/health", health, methods=["POST"]),
]
