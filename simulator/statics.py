"""The phone page and what it is made of: its files, tokens, libraries, icons; and built-in files to send."""

import asyncio
import importlib.util
import re
import secrets
import zipfile
from functools import lru_cache
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.jsonio import BadRequest
from simulator.samples import NAMES, sample

_HERE = Path(__file__).parent
_HOUSE = _HERE.parent
# Only what the page's import map names.
_LIBRARIES = re.compile(
    r"(preact|preact/hooks|htm|htm/preact|@preact/signals|@preact/signals-core)(/dist)?/[a-z.-]+\.(mjs|js)(\.map)?"
)
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:;"
    " media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
)


async def page(request: Request) -> Response:
    """GET /phone/: the page; `__NONCE__` in it becomes this answer's nonce."""
    nonce = secrets.token_urlsafe(16)
    html = (_HERE / "pages" / "phone.html").read_text(encoding="utf-8").replace("__NONCE__", nonce)
    return HTMLResponse(
        html,
        headers={
            "Content-Security-Policy": _POLICY.format(nonce=nonce),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        },
    )


async def home(request: Request) -> Response:
    """GET /: the phone page."""
    return RedirectResponse("/phone/")


async def favicon(request: Request) -> Response:
    """GET /favicon.ico: browsers ask for it when they show an answer that is no page."""
    return RedirectResponse("/static/phone/icon.svg")


async def library(request: Request) -> Response:
    """GET /npm/…: one file of a JavaScript library the page imports."""
    path = request.path_params["path"]
    file = _HOUSE / "node_modules" / path
    if not _LIBRARIES.fullmatch(path) or not file.is_file():
        raise BadRequest("There is no such library file.", 404)
    return FileResponse(file, media_type="text/javascript", headers={"Cache-Control": "max-age=3600"})


async def tokens(request: Request) -> Response:
    """GET /static/css/tokens.css: the design tokens all pages share."""
    return FileResponse(
        _HOUSE / "static" / "css" / "tokens.css", media_type="text/css", headers={"Cache-Control": "no-cache"}
    )


async def icons(request: Request) -> Response:
    """GET /icons.svg: the icons the page uses, named in icons.json; one by `<use href="/icons.svg#name">`."""
    return Response(_sprite(), media_type="image/svg+xml", headers={"Cache-Control": "max-age=3600"})


@lru_cache
def _sprite() -> str:
    """The icons named in static/phone/icons.json, from the package `lucide`, as symbols."""
    spec = importlib.util.find_spec("lucide")
    if spec is None or spec.origin is None:
        raise BadRequest("The package “lucide” is missing: run the set-up again.", 500)
    symbols = []
    with zipfile.ZipFile(Path(spec.origin).parent / "lucide.zip") as box:
        for name in orjson.loads((_HERE / "static" / "phone" / "icons.json").read_bytes()):
            drawing = re.sub(r".*?<svg[^>]*>|</svg>", "", box.read(f"{name}.svg").decode(), flags=re.S)
            drawing = re.sub(r"\s+", " ", drawing).strip()
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'


async def built_in(request: Request) -> Response:
    """GET /samples/photo: a built-in file, for messages that name a file by its address."""
    try:
        found = await asyncio.to_thread(sample, request.path_params["name"])
    except KeyError as error:
        raise BadRequest(f"There is no such file; there are: {', '.join(NAMES)}.", 404) from error
    return Response(found.content, media_type=found.mime, headers={"Cache-Control": "max-age=3600"})


class _FreshFiles(StaticFiles):
    """Files the browser asks about each time: an edit shows at the next reload."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


ROUTES = [
    Route("/", home),
    Route("/phone/", page),
    Route("/favicon.ico", favicon),
    Route("/npm/{path:path}", library),
    Route("/static/css/tokens.css", tokens),
    Route("/icons.svg", icons),
    Route("/samples/{name}", built_in),
    Mount("/static/phone", _FreshFiles(directory=_HERE / "static" / "phone", check_dir=False)),
]
