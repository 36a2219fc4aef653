"""The control addresses, for tests and outside checks: numbers, writing, what arrived, faults, the log."""

import dataclasses
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import drafts, ids
from simulator.customer import Draft
from simulator.graph import login, registration
from simulator.jsonio import BadRequest, answer, as_object, read_object
from simulator.models import Message, Number, Phone, Registration
from simulator.settings import NumberSettings
from simulator.shapes import number_shape, outbox_shape
from simulator.simulation import Simulation, simulation_of
from simulator.webhooks import wire

Json = dict[str, Any]
_BATCH_MAX = 1000
_TEXT_FIELDS = (
    "display_phone_number", "verified_name", "waba_id", "business_id", "access_token", "app_id", "app_secret",
    "verify_token", "webhook_url",
)  # fmt: skip
_EXTRA_FIELDS: dict[str, type] = {"subscribed": bool, "colour": str, "templates": list, "profile": dict,
    "openers": dict, "links": list, "username": str, "contact_book": bool, "form_key": str,
    "synced": list, "flow_endpoint": str,
}  # fmt: skip
_REGISTRATION = ("pin", "registered", "ever", "verified")
_SECRET = ("access_token", "app_secret", "verify_token")


async def health(request: Request) -> Response:
    """GET /control/health."""
    return answer({"ok": True})


async def put_number(request: Request) -> Response:
    """PUT /control/numbers/{phone_number_id}: register or change one; `verify` asks its webhook."""
    sim = simulation_of(request)
    number_id = request.path_params["number_id"]
    if not number_id.isdigit():
        raise BadRequest("A phone_number_id has digits only.")
    body = await read_object(request)
    verify = body.pop("verify", False)
    number = _changed(sim.world.numbers.get(number_id), number_id, body)
    if verify:
        await _prove(sim, number)
    sim.world.save_number(number)
    sim.world.learn_user_ids(number)
    sim.world.feed.publish("number", lambda: number_shape(number))
    sim.webhooks.wake()
    return answer(_public(number))


async def list_numbers(request: Request) -> Response:
    """GET /control/numbers: all numbers, without their secrets."""
    return answer({"data": [_public(number) for number in simulation_of(request).world.numbers.values()]})


async def delete_number(request: Request) -> Response:
    """DELETE /control/numbers/{phone_number_id}: the number is gone, with all webhooks that wait for it."""
    sim = simulation_of(request)
    number = sim.world.numbers.get(request.path_params["number_id"])
    if number is None:
        raise BadRequest("There is no such business number.", 404)
    sim.webhooks.forget(number.id)
    sim.world.remove_number(number)
    return Response(status_code=204)


async def post_name(request: Request) -> Response:
    """POST /control/names {channel, decision, reason?}: what becomes of the name that was asked for."""
    sim = simulation_of(request)
    body = await read_object(request)
    number, decision = _number(sim, str(body.get("channel"))), str(body.get("decision"))
    if decision not in registration.DECISIONS:
        raise BadRequest(f"“decision” must be one of: {', '.join(registration.DECISIONS)}.")
    registration.decide_name(sim, number, decision, str(body.get("reason") or ""))
    return answer(_public(number))


async def post_code(request: Request) -> Response:
    """POST /control/logins {app_id, accounts, redirect_uri?}: a person agreed in the dialog → {code}."""
    sim = simulation_of(request)
    body = await read_object(request)
    accounts = body.get("accounts")
    if not isinstance(accounts, list):
        raise BadRequest("“accounts” must be a list of account ids.")
    app_id, back = str(body.get("app_id")), str(body.get("redirect_uri") or "")
    return answer({"code": login.new_code(sim, app_id, [str(one) for one in accounts], back)}, 201)


async def post_message(request: Request) -> Response:
    """POST /control/messages: a customer writes to a business number."""
    sim = simulation_of(request)
    body = await read_object(request)
    message = await _written(sim, body, str(body.get("channel")))
    return answer({"provider_id": message.id, "status": message.status}, 201)


async def post_batch(request: Request) -> Response:
    """POST /control/messages/batch {channel, messages}: all of them in one webhook."""
    sim = simulation_of(request)
    body = await read_object(request)
    items = body.get("messages")
    if not isinstance(items, list) or not 1 <= len(items) <= _BATCH_MAX:
        raise BadRequest(f"“messages” must be a list of 1 to {_BATCH_MAX} messages.")
    channel, group = str(body.get("channel")), ids.new_trace_id()
    prepared = [await _prepared(sim, as_object(item, "A message"), channel) for item in items]
    written = [sim.customers.write(n, p, dataclasses.replace(d, group=group)) for n, p, d in prepared]
    return answer({"data": [{"provider_id": message.id} for message in written]}, 201)


async def post_webhook(request: Request) -> Response:
    """POST /control/webhooks {channel, field, value} or {channel, body}: any webhook, signed."""
    sim = simulation_of(request)
    body = await read_object(request)
    number = _number(sim, str(body.get("channel")))
    if isinstance(body.get("body"), str):
        sim.webhooks.tell(number.id, "bytes", {"text": body["body"], "field": "as given"})
    elif body.get("body") is not None:
        sim.webhooks.tell(
            number.id, "bytes", {"text": wire.encode(body["body"]).decode(), "field": "as given"}
        )
    else:
        item = {
            "value": as_object(body.get("value"), "“value”"),
            "field": str(body.get("field") or "messages"),
        }
        sim.webhooks.tell(number.id, "change", item)
    return answer({"queued": True}, 202)


async def outbox(request: Request) -> Response:
    """GET /control/outbox?to=&channel=&after=&limit=&all=1: what a phone got; failed ones only with `all`."""
    world = simulation_of(request).world
    query = request.query_params
    to = ids.whatsapp_id(query["to"]) if query.get("to") else None
    after, limit = _integer(query.get("after", "0")), min(10_000, _integer(query.get("limit", "2000")))
    messages = await world.outbox(to, query.get("channel"), after, limit)
    shown = [m for m in messages if m.status != "failed" or query.get("all") in ("1", "true")]
    return answer({"data": [outbox_shape(world, message) for message in shown]})


async def faults(request: Request) -> Response:
    """GET, POST, DELETE /control/faults: what is broken on purpose."""
    sim = simulation_of(request)
    if request.method == "POST":
        sim.world.faults.add(await read_object(request))
    if request.method == "DELETE":
        sim.world.faults.clear()
    sim.webhooks.wake()
    if request.method != "GET":
        sim.business.deliver_waiting()
    return answer({"data": sim.world.faults.active()})


async def reset(request: Request) -> Response:
    """POST /control/reset: no chats, no faults, no waiting webhooks; numbers and phones stay."""
    sim = simulation_of(request)
    sim.world.faults.clear()
    sim.voice.forget()
    sim.webhooks.forget()
    await sim.world.forget_chats()
    sim.limits.clear()
    sim.world.feed.publish("reload", dict)
    return answer({"ok": True})


async def log(request: Request) -> Response:
    """GET /control/log?after=&limit=: what went over the wire, oldest first."""
    query = request.query_params
    entries = simulation_of(request).world.log.after(
        _integer(query.get("after", "0")), _integer(query.get("limit", "500"))
    )
    return answer({"data": entries})


async def webhook_stats(request: Request) -> Response:
    """GET /control/webhooks/stats."""
    return answer(simulation_of(request).webhooks.counts())


async def clock(request: Request) -> Response:
    """GET, PUT /control/clock {offset_s}: move the simulator's time, so that windows close and ids expire."""
    world = simulation_of(request).world
    if request.method == "PUT":
        offset = (await read_object(request)).get("offset_s")
        if not isinstance(offset, (int, float)):
            raise BadRequest("“offset_s” must be a number of seconds.")
        world.clock.offset_s = float(offset)
    return answer({"offset_s": world.clock.offset_s, "now": world.now()})


def _changed(old: Number | None, number_id: str, body: Json) -> Number:
    """The number with what the body sets. Raises BadRequest for what it does not know or what is missing."""
    texts: Json = {name: str(body.pop(name)) for name in _TEXT_FIELDS if name in body}
    extras: Json = {name: body.pop(name) for name in _EXTRA_FIELDS if name in body}
    for name, value in extras.items():
        if not isinstance(value, _EXTRA_FIELDS[name]):
            raise BadRequest(f"“{name}” cannot be {value!r}.")
    for template in extras.get("templates", []):
        _check_template(template)
    given = as_object(body.pop("registration", {}), "“registration”")
    settings = (old.settings if old else NumberSettings()).changed(body)
    if old is None:
        missing = [name for name in ("access_token", "app_secret") if not texts.get(name)]
        if missing:
            raise BadRequest(f"A new number needs {' and '.join(missing)}.")
        old = Number(number_id, **_defaults(number_id, texts.get("waba_id")))
    number = dataclasses.replace(old, settings=settings, **texts, **extras)
    if given:
        number.registration = Registration(**{name: given[name] for name in _REGISTRATION if name in given})
    number.display_phone_number = ids.digits_of(number.display_phone_number)
    return number


def _check_template(template: Any) -> None:
    """Raises BadRequest for a template that could not be sent."""
    template = as_object(template, "A template")
    parts = template.get("components")
    texts = [template.get(name) for name in ("name", "language", "category")]
    if not all(isinstance(text, str) for text in texts) or not isinstance(parts, list):
        raise BadRequest("A template has a name, a language, a category and a list of components.")
    bodies = [part for part in parts if isinstance(part, dict) and part.get("type") == "BODY"]
    if len(bodies) != 1 or not isinstance(bodies[0].get("text"), str):
        raise BadRequest(f"Template “{template['name']}” needs one BODY with a text.")
    if not all(isinstance(part, dict) and isinstance(part.get("type"), str) for part in parts):
        raise BadRequest(f"Every component of template “{template['name']}” needs a type.")


def _defaults(number_id: str, waba_id: str | None) -> Json:
    """What a number has that was registered with little. Numbers of one account belong to one business."""
    account = waba_id or "2" + number_id
    return dict.fromkeys(_TEXT_FIELDS, "") | {
        "waba_id": account,
        "business_id": "3" + account,
        "app_id": "4" + account,
        "verified_name": "Business",
        "display_phone_number": "15550" + number_id[-6:],
    }


async def _prove(sim: Simulation, number: Number) -> None:
    """The verification call. Raises BadRequest with what came back."""
    try:
        wrong = await wire.verify(sim.client, number.webhook_url, number.verify_token)
    except wire.Refused as error:
        raise BadRequest(f"{number.webhook_url} could not be reached: {error}.", 409) from error
    if wrong:
        said = wrong.body.decode("utf-8", "replace")[:300]
        raise BadRequest(f"{number.webhook_url} answered {wrong.status} “{said}”, not the challenge.", 409)


def _public(number: Number) -> Json:
    shown = {name: getattr(number, name) for name in _TEXT_FIELDS if name not in _SECRET}
    return {
        "phone_number_id": number.id,
        **shown,
        "subscribed": number.subscribed,
        "callback_url": number.callback_url,
        "registered": number.registration.registered,
        "verification_code": number.registration.code,
        "region": number.registration.region,
        "new_name": number.registration.new_name,
        "contact_book": number.contact_book,
        "flow_endpoint": number.flow_endpoint,
        **number.settings.as_dict(),
    }


def _number(sim: Simulation, number_id: str) -> Number:
    number = sim.world.numbers.get(number_id)
    if number is None:
        raise BadRequest(f"There is no business number {number_id}.", 404)
    return number


def _integer(text: str) -> int:
    if not text.isdigit():
        raise BadRequest(f"“{text}” is not a whole number.")
    return int(text)


async def _prepared(sim: Simulation, body: Json, channel: str) -> tuple[Number, Phone, Draft]:
    """Who writes to whom, and what."""
    number = _number(sim, channel)
    wa_id = ids.whatsapp_id(str(body.get("from") or ""))
    if not 7 <= len(wa_id) <= 15:
        raise BadRequest("“from” must be a phone number of 7 to 15 digits.")
    if body.get("group"):
        return await _to_group(sim, number, wa_id, body)
    phone = sim.world.phone(wa_id, str(body["name"]) if body.get("name") else None)
    if body.get("username"):
        phone.username = str(body["username"])
    return number, phone, await drafts.draft_from(sim.world, sim.world.chat(number.id, wa_id), body)


async def _to_group(sim: Simulation, number: Number, wa_id: str, body: Json) -> tuple[Number, Phone, Draft]:
    """Somebody writes into a group."""
    group = sim.groups.find(str(body["group"]), number)
    if group is None:
        raise BadRequest("This number has no such group.", 404)
    if body.get("name"):
        sim.world.phone(wa_id, str(body["name"]))
    draft = await drafts.draft_from(sim.world, sim.world.chat(number.id, group.number), body)
    return number, group, dataclasses.replace(draft, author=wa_id)


async def _written(sim: Simulation, body: Json, channel: str) -> Message:
    number, phone, draft = await _prepared(sim, body, channel)
    sim.limits.count_inbound(number, sim.world.now())
    return sim.customers.write(number, phone, draft)


ROUTES = [
    Route("/control/health", health),
    Route("/control/numbers", list_numbers),
    Route("/control/numbers/{number_id}", put_number, methods=["PUT"]),
    Route("/control/numbers/{number_id}", delete_number, methods=["DELETE"]),
    Route("/control/names", post_name, methods=["POST"]),
    Route("/control/logins", post_code, methods=["POST"]),
    Route("/control/messages", post_message, methods=["POST"]),
    Route("/control/messages/batch", post_batch, methods=["POST"]),
    Route("/control/webhooks", post_webhook, methods=["POST"]),
    Route("/control/outbox", outbox),
    Route("/control/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/control/reset", reset, methods=["POST"]),
    Route("/control/log", log),
    Route("/control/webhooks/stats", webhook_stats),
    Route("/control/clock", clock, methods=["GET", "PUT"]),
]
