"""POST /control/scenarios: a whole situation of a number in one call, with the webhooks that tell of it."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import traffic
from simulator.graph import templates
from simulator.ids import digits_of
from simulator.jsonio import BadRequest, answer, read_object
from simulator.models import Number
from simulator.reviews import decide
from simulator.shapes import number_shape
from simulator.simulation import Simulation, simulation_of

Json = dict[str, Any]
_FOR_EVER = 1_000_000_000
_WEEK_S = 7 * 86_400
HEALTHY: Json = {
    "number_status": "CONNECTED", "quality_rating": "GREEN", "throughput_per_s": 80, "people_per_day": None,
    "pair_rate": "bucket",
}  # fmt: skip


def _restricted(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    info = {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": int(now) + _WEEK_S}
    value = {
        "phone_number": digits_of(number.display_phone_number),
        "event": "ACCOUNT_RESTRICTION",
        "restriction_info": [info],
    }
    return {"number_status": "RESTRICTED", "quality_rating": "RED"}, [], [_news("account_update", value)]


def _flagged(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    value = {"display_phone_number": digits_of(number.display_phone_number), "event": "FLAGGED"}
    settings = {"number_status": "FLAGGED", "quality_rating": "RED"}
    return settings, [], [_news("phone_number_quality_update", value)]


def _capped(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    """One in ten messages is not delivered, because the person gets enough marketing."""
    return {}, [{"fail_next": 131049, "probability": 0.1, "count": _FOR_EVER}], []


def _untidy(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    return {}, [{"webhook": {"duplicate": 0.5, "reorder": 0.5}}], []


def _black_friday(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    """Everybody at once: some webhooks come twice or late, and one marketing message in ten is not delivered.

    The people themselves are played by traffic.py.
    """
    untidy = {"webhook": {"duplicate": 0.05, "reorder": 0.2}}
    return {"throughput_per_s": 80}, [*_capped(number, now, body)[1], untidy], []


def _throughput(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    return {"throughput_per_s": int(body.get("per_second", 80))}, [], []


def _pair_limit(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    return {"pair_rate": "strict"}, [], []


def _tier_limit(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    people = int(body.get("people", 250))
    value = {"max_daily_conversations_per_business": people, "max_phone_numbers_per_waba": 25}
    return {"people_per_day": people}, [], [_news("business_capability_update", value)]


def _healthy(number: Number, now: float, body: Json) -> tuple[Json, list[Json], list[Json]]:
    """Everything as it was; the webhooks end what the others began."""
    digits = digits_of(number.display_phone_number)
    ended = {"phone_number": digits, "event": "ACCOUNT_RESTRICTION", "restriction_info": []}
    unflagged = {"display_phone_number": digits, "event": "UNFLAGGED"}
    limit = {"max_daily_conversations_per_business": -1, "max_phone_numbers_per_waba": 25}
    news = [
        _news("account_update", ended),
        _news("phone_number_quality_update", unflagged),
        _news("business_capability_update", limit),
    ]
    return HEALTHY, [], news


def _news(field: str, value: Json) -> Json:
    return {"field": field, "value": value}


#: Name → what it changes of a number, which faults it brings, which webhooks tell of it.
SCENARIOS: dict[str, Callable[[Number, float, Json], tuple[Json, list[Json], list[Json]]]] = {
    "restricted": _restricted,
    "flagged": _flagged,
    "marketing_capped": _capped,
    "duplicates_and_reorder": _untidy,
    "black_friday": _black_friday,
    "throughput": _throughput,
    "pair_limit": _pair_limit,
    "tier_limit": _tier_limit,
    "healthy": _healthy,
}


#: Name → what befalls a template of the number: the one that is named, else the first it can befall.
OF_TEMPLATES = {"template_rejected": "reject", "template_paused": "pause"}


async def scenarios(request: Request) -> Response:
    """GET: their names; POST {name, channel, …}: bring one about."""
    if request.method == "GET":
        return answer({"data": sorted([*SCENARIOS, *OF_TEMPLATES])})
    sim, body = simulation_of(request), await read_object(request)
    number, name = sim.world.numbers.get(str(body.get("channel"))), str(body.get("name"))
    if number is None:
        raise BadRequest("There is no such business number.", 404)
    if name in OF_TEMPLATES:
        return answer(decide(sim, number, _template(number, name, body), {"fate": OF_TEMPLATES[name]}))
    play = SCENARIOS.get(name)
    if play is None:
        raise BadRequest(f"“name” must be one of: {', '.join([*SCENARIOS, *OF_TEMPLATES])}.")
    day = traffic.Day.of(body) if name == "black_friday" else None
    _apply(sim, number, play(number, sim.world.now(), body))
    if day:
        sim.run(traffic.play(sim, number, day))
    return answer({"settings": number.settings.as_dict(), "faults": sim.world.faults.active()})


def _template(number: Number, name: str, body: Json) -> Json:
    """Raises BadRequest when the number has no such template."""
    wanted, language = body.get("template"), body.get("language")
    before = "PENDING" if name == "template_rejected" else "APPROVED"
    for one in templates.of_number(number):
        is_it = one["name"] == wanted and language in (None, one["language"])
        if is_it if wanted else one["status"] == before:
            return one
    raise BadRequest(f"The number has no template {wanted or f'that is {before}'}.", 404)


def _apply(sim: Simulation, number: Number, parts: tuple[Json, list[Json], list[Json]]) -> None:
    settings, faults, news = parts
    number.settings = number.settings.changed(settings)
    sim.world.save_number(number)
    if settings is HEALTHY:
        sim.world.faults.clear()
    for fault in faults:
        sim.world.faults.add({"channel": number.id, **fault})
    for one in news:
        sim.webhooks.tell(number.id, "change", one)
    sim.world.feed.publish("number", lambda: number_shape(number))
    sim.webhooks.wake()


ROUTES = [Route("/control/scenarios", scenarios, methods=["GET", "POST"])]
