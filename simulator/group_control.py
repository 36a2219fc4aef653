"""The control addresses of groups, used by tests and by the phone page: make one, join, leave, suspend."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import ids
from simulator.groups import DESCRIPTION_MAX, MEMBERS_MAX, SUBJECT_MAX
from simulator.jsonio import BadRequest, answer, read_object
from simulator.models import Number, Phone
from simulator.shapes import group_shape
from simulator.simulation import Simulation, simulation_of

Json = dict[str, Any]


async def groups(request: Request) -> Response:
    """GET /control/groups?channel=; POST {channel, subject, description?, needs_approval?, members?}."""
    sim = simulation_of(request)
    if request.method == "GET":
        number = _number(sim, request.query_params.get("channel", ""))
        return answer({"data": [group_shape(sim.world, phone) for phone in sim.groups.of(number)]})
    body = await read_object(request)
    number, subject = _number(sim, str(body.get("channel"))), str(body.get("subject") or "").strip()
    if not 1 <= len(subject) <= SUBJECT_MAX:
        raise BadRequest(f"“subject” must have 1 to {SUBJECT_MAX} characters.")
    about = str(body.get("description") or "")[:DESCRIPTION_MAX]
    phone = sim.groups.create(number, subject, about, needs_approval=bool(body.get("needs_approval")))
    sim.groups.tell_created(number, phone, ids.new_trace_id())
    for one in body.get("members") or []:
        _join(sim, number, phone, one if isinstance(one, dict) else {"from": one})
    return answer(group_shape(sim.world, phone), 201)


async def members(request: Request) -> Response:
    """POST /control/groups/{id}/members {from, name?}: joins by the link; DELETE ?from=: leaves."""
    sim = simulation_of(request)
    number, phone = _group(request, sim)
    if request.method == "POST":
        _join(sim, number, phone, await read_object(request))
    else:
        sim.groups.leave(number, phone, ids.whatsapp_id(request.query_params.get("from", "")))
    return answer(group_shape(sim.world, phone))


async def suspension(request: Request) -> Response:
    """POST /control/groups/{id}/suspension: the provider stops the group; DELETE: it goes on."""
    sim = simulation_of(request)
    number, phone = _group(request, sim)
    sim.groups.suspend(number, phone, is_suspended=request.method == "POST")
    return answer(group_shape(sim.world, phone))


def _join(sim: Simulation, number: Number, phone: Phone, body: Json) -> None:
    wa_id = ids.whatsapp_id(str(body.get("from") or ""))
    if not 7 <= len(wa_id) <= 15:
        raise BadRequest("“from” must be a phone number of 7 to 15 digits.")
    sim.world.phone(wa_id, str(body["name"]) if body.get("name") else None)
    if not sim.groups.join(number, phone, wa_id):
        raise BadRequest(f"The group is full: it holds {MEMBERS_MAX} people.", 409)


def _number(sim: Simulation, channel: str) -> Number:
    number = sim.world.numbers.get(channel)
    if number is None or number.is_line:
        raise BadRequest("There is no such WhatsApp number.", 404)
    return number


def _group(request: Request, sim: Simulation) -> tuple[Number, Phone]:
    group = sim.groups.any(request.path_params["group_id"])
    number = sim.world.numbers.get(group.channel) if group else None
    phone = sim.world.phones.get(request.path_params["group_id"])
    if number is None or phone is None:
        raise BadRequest("There is no such group.", 404)
    return number, phone


ROUTES = [
    Route("/control/groups", groups, methods=["GET", "POST"]),
    Route("/control/groups/{group_id}/members", members, methods=["POST", "DELETE"]),
    Route("/control/groups/{group_id}/suspension", suspension, methods=["POST", "DELETE"]),
]
