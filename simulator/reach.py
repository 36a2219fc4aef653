"""Where a browser finds the rest: the inbox, and this page from another device, as a code to scan."""

import io
import ipaddress
import os
import socket
from urllib.parse import urlsplit

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.jsonio import BadRequest
from simulator.world import World

_PATH_MAX = 300


def inbox_url(world: World) -> str | None:
    """The agents' inbox: at PARLEY_URL or PARLEY_PUBLIC_URL, else where the first number's webhooks go."""
    told = os.environ.get("PARLEY_URL") or os.environ.get("PARLEY_PUBLIC_URL")
    for address in [told, *(number.webhook_url for number in world.numbers.values())]:
        parts = urlsplit(address or "")
        if parts.scheme in ("http", "https") and parts.netloc:
            return f"{parts.scheme}://{parts.netloc}/inbox/"
    return None


def phone_url(request: Request) -> str | None:
    """The origin at which another device reaches this page; None when that is this machine only.

    A browser that came by a name or address other than loopback has shown the way; else it is this machine's
    address in its network, if the simulator listens there.
    """
    if not _is_loopback(request.url.hostname or "localhost"):
        return f"{request.url.scheme}://{request.url.netloc}"
    bind, port = os.environ.get("SIMULATOR_BIND", "127.0.0.1"), request.url.port or 80
    if _is_loopback(bind):
        return None
    host = _own_address() if ipaddress.ip_address(bind).is_unspecified else bind
    return f"http://{host}:{port}" if host else None


async def code(request: Request) -> Response:
    """GET /phone/qr.svg?path=/phone/…: the address of a page here, to be scanned by another device."""
    base, path = phone_url(request), request.query_params.get("path", "/phone/")
    if base is None:
        raise BadRequest("Only this computer reaches the simulator: set SIMULATOR_BIND=0.0.0.0.", 409)
    if not path.startswith("/phone/") or len(path) > _PATH_MAX:
        raise BadRequest("“path” must begin with /phone/ and be short.")
    drawing = io.BytesIO()
    segno.make(base + path, error="m", micro=False).save(drawing, kind="svg", scale=8, border=2, light="#fff")
    return Response(drawing.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_address() -> str | None:
    """The address of this machine in its network: the one it would use to go out. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        found: str = probe.getsockname()[0]
        return found


ROUTES = [Route("/phone/qr.svg", code)]
