"""POST /control/templates: what is to become of a template."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.graph import templates
from simulator.jsonio import BadRequest, answer, read_object
from simulator.models import Number
from simulator.reviews import decide, decide_later
from simulator.simulation import Simulation, simulation_of

Json = dict[str, Any]


async def set_fate(request: Request) -> Response:
    """POST /control/templates {channel, name, language, fate, after_s?, …}: at once, or in a while."""
    sim = simulation_of(request)
    body = await read_object(request)
    number, template = _found(sim, body)
    after_s = body.get("after_s")
    if isinstance(after_s, (int, float)) and after_s > 0:
        sim.run(decide_later(sim, number, template, body, float(after_s)))
        return answer({"queued": True}, 202)
    return answer(decide(sim, number, template, body))


def _found(sim: Simulation, body: Json) -> tuple[Number, Json]:
    """Raises BadRequest."""
    number = sim.world.numbers.get(str(body.get("channel")))
    if number is None:
        raise BadRequest(f"There is no business number {body.get('channel')}.", 404)
    template = templates.named(number, str(body.get("name")), str(body.get("language")))
    if template is None:
        raise BadRequest(f"There is no template {body.get('name')} in {body.get('language')}.", 404)
    return number, template


ROUTES = [Route("/control/templates", set_fate, methods=["POST"])]
