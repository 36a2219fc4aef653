"""Short links that open a chat with a text already written, each with a picture to scan."""

import io
import secrets
import string
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.errors import GraphError
from simulator.graph.call import Call, required
from simulator.jsonio import BadRequest, answer
from simulator.models import Number
from simulator.simulation import Simulation, simulation_of

Json = dict[str, Any]
_TEXT_MAX, _LINKS_MAX, _CODE_CHARS, _PAGE_MAX = 140, 2_000, 14, 100
_LETTERS = string.ascii_uppercase + string.digits
_KINDS = {"PNG": "image/png", "SVG": "image/svg+xml"}


async def create_or_change(call: Call) -> Json:
    """POST /{number}/message_qrdls {prefilled_message, generate_qr_image?} or {code, prefilled_message}."""
    text = required(call.params, "prefilled_message")
    if not isinstance(text, str) or len(text) > _TEXT_MAX:
        raise GraphError(100, f"Param prefilled_message may have {_TEXT_MAX} characters.")
    if "code" in call.params:
        found = _found(call, str(call.params["code"]))
    else:
        if len(call.number.links) >= _LINKS_MAX:
            raise GraphError(100, f"A number may have {_LINKS_MAX} links.")
        found = {"code": "".join(secrets.choice(_LETTERS) for _ in range(_CODE_CHARS))}
        call.number.links.append(found)
    found["prefilled_message"] = text
    call.sim.world.save_number(call.number)
    return _shown(call, found, str(call.params.get("generate_qr_image") or ""))


async def list_links(call: Call) -> Json:
    """GET /{number}/message_qrdls?fields=&limit=&after=: the newest first."""
    limit, after = call.query.get("limit", "25"), call.query.get("after", "0")
    if not (limit.isdigit() and after.isdigit()):
        raise GraphError(131059)
    start, rows = int(after), call.number.links[::-1]
    end = start + max(1, min(int(limit), _PAGE_MAX))
    shown: Json = {"data": [_shown(call, one, _picture_asked(call)) for one in rows[start:end]]}
    if shown["data"]:
        shown["paging"] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(rows):
            base = f"{call.base_url}/v{call.version}.0/{call.number.id}/message_qrdls"
            shown["paging"]["next"] = f"{base}?limit={end - start}&after={end}"
    return shown


async def get_link(call: Call) -> Json:
    """GET /{number}/message_qrdls/{code}."""
    return {"data": [_shown(call, _found(call, call.item), _picture_asked(call))]}


async def delete_link(call: Call) -> Json:
    """DELETE /{number}/message_qrdls/{code}: who follows it finds nothing any more."""
    call.number.links.remove(_found(call, call.item))
    call.sim.world.save_number(call.number)
    return {"success": True}


def _found(call: Call, code: str) -> Json:
    found = next((one for one in call.number.links if one["code"] == code), None)
    if found is None:
        raise GraphError(100, f"There is no link with the code {code}.")
    return found


def _picture_asked(call: Call) -> str:
    """PNG or SVG, when the fields name a picture: `qr_image_url.format(SVG)`."""
    asked = call.query.get("fields", "").upper().replace(" ", "")
    return next((kind for kind in _KINDS if f"QR_IMAGE_URL.FORMAT({kind})" in asked), "")


def _shown(call: Call, link: Json, picture: str) -> Json:
    shown = {**link, "deep_link_url": address_of(link)}
    if picture:
        if picture.upper() not in _KINDS:
            raise GraphError(100, f"Param generate_qr_image must be one of {{{', '.join(_KINDS)}}}.")
        shown["qr_image_url"] = f"{call.base_url}/qr/{link['code']}.{picture.lower()}"
    return shown


def address_of(link: Json) -> str:
    """What a person types or scans."""
    return f"https://wa.me/message/{link['code']}"


def _anywhere(sim: Simulation, code: str) -> tuple[Number, Json]:
    """The number and its link with this code. Raises BadRequest."""
    for number in sim.world.numbers.values():
        for link in number.links:
            if link["code"] == code:
                return number, link
    raise BadRequest("This link leads nowhere: it was deleted, or there never was one.", 404)


async def picture(request: Request) -> Response:
    """GET /qr/{code}.png or .svg: what is scanned."""
    code, _, ending = request.path_params["name"].partition(".")
    kind = _KINDS.get(ending.upper())
    if kind is None:
        raise BadRequest("A picture is a .png or a .svg.", 404)
    _, link = _anywhere(simulation_of(request), code)
    drawing = io.BytesIO()
    segno.make(address_of(link), error="m", micro=False).save(drawing, kind=ending, scale=8, border=4)
    return Response(drawing.getvalue(), media_type=kind)


async def follow(request: Request) -> Response:
    """GET /phone/links/{code}: whose chat the link opens, and what is written there already."""
    number, link = _anywhere(simulation_of(request), request.path_params["code"])
    return answer({"channel": number.id, "text": link["prefilled_message"]})


HANDLERS = {
    ("POST", "message_qrdls"): create_or_change,
    ("GET", "message_qrdls"): list_links,
    ("GET", "message_qrdls_one"): get_link,
    ("DELETE", "message_qrdls_one"): delete_link,
}
ROUTES = [Route("/qr/{name}", picture), Route("/phone/links/{code}", follow)]
