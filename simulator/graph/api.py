"""The entry to the Graph API: who asks for what, which fault strikes, what is answered and logged."""

import asyncio
import hmac
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from simulator.errors import GraphError, unknown_object
from simulator.faults import Fault
from simulator.graph import (
    app_sync,
    calling,
    encryption,
    files,
    groups,
    login,
    message_links,
    numbers,
    openers,
    profile,
    registration,
    sending,
    settings,
    template_edits,
    templates,
    usernames,
)
from simulator.graph.call import Call
from simulator.ids import GROUP_ID
from simulator.models import Number
from simulator.simulation import Simulation
from simulator.webhooks.wire import encode

_PATH = re.compile(
    r"^/(?:v(\d+)\.\d+/)?(\d{5,}|app|message_template_library|upload:[\w-]+|Y2FwaV9ncm91cDo[\w-]+)(?:/([a-z_]+)(?:/(\w+))?)?/?$"
)
_APART = {"app": "app", "message_template_library": "library"}
_ANY = re.compile(r"^/v\d+\.\d+(/|$)")
_BODY_MAX = 105 * 1024 * 1024
_GARBAGE = (
    b"<!DOCTYPE html><html><head><title>Sorry, something went wrong.</title></head><body></body></html>"
)
_HEADERS = [
    (b"vary", b"Origin, Accept-Encoding"),
    (b"access-control-allow-origin", b"*"),
    (b"strict-transport-security", b"max-age=15552000; preload"),
    (b"pragma", b"no-cache"),
    (b"cache-control", b"private, no-cache, no-store, must-revalidate"),
    (b"expires", b"Sat, 01 Jan 2000 00:00:00 GMT"),
    (b"x-app-usage", b'{"call_count":0,"total_cputime":0,"total_time":0}'),
]
_TRANSIENT = {429: 130429, 401: 190, 403: 10, 400: 100, 503: 2}

Handler = Callable[[Call], Awaitable[dict[str, Any]]]
_HANDLERS: dict[tuple[str, str], Handler] = {
    ("POST", "messages"): sending.messages,
    ("POST", "marketing_messages"): sending.marketing_messages,
    **app_sync.HANDLERS,
    **calling.HANDLERS,
    **encryption.HANDLERS,
    **files.HANDLERS,
    **groups.HANDLERS,
    **message_links.HANDLERS,
    **numbers.HANDLERS,
    **openers.HANDLERS,
    **profile.HANDLERS,
    **registration.HANDLERS,
    **settings.HANDLERS,
    **template_edits.HANDLERS,
    **usernames.HANDLERS,
}


class _Cut(Exception):
    """The connection is to be cut without an answer."""


@dataclass(slots=True)
class _Reply:
    """An answer: status, body, extra headers."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]


class GraphApi:
    """The provider's API as an ASGI application: calls are many, so nothing stands before it."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim

    def serves(self, path: str) -> bool:
        """Whether this path belongs to the Graph API."""
        return bool(_PATH.match(path) or _ANY.match(path) or login.serves(path)) or path.startswith(
            files.DOWNLOAD_PATH
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call and log it."""
        started = time.perf_counter()
        body = await _read(receive)
        note: dict[str, Any] = {"channel": None, "number": None, "label": "", "body": body}
        try:
            reply = await self._reply(scope, body, note)
        except _Cut:
            self._log(scope, note, None, started)
            _cut(send)
            return
        self._log(scope, note, reply.status, started)
        await _send(send, reply)

    async def _reply(self, scope: Scope, body: bytes, note: dict[str, Any]) -> _Reply:
        """The answer, whatever it is; fills `note` for the log."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if scope["path"].startswith(files.DOWNLOAD_PATH):
            note["label"] = "media download"
            return _Reply(*await files.download(self._sim, headers, query))
        if ours := login.serves(scope["path"]):
            note |= {"label": ours.replace("_", " "), "body": b""}
            return await self._login(ours, headers, query)
        number: Number | None = None
        try:
            call = self._call(scope, headers, query, body)
            number = call.number
            note |= {"channel": number.id, "label": _label(call), "number": _phone_of(call)}
            handler = _HANDLERS.get((call.verb, call.edge))
            if handler is None:
                raise unknown_object(call.object_id, call.verb.lower())
            fault = self._sim.world.faults.for_call(number.id, note["number"], _sort(call))
            if fault is None:
                return _json(200, await handler(call), call.version)
            return await _with_fault(fault, handler, call)
        except GraphError as error:
            return _refusal(error, number)

    async def _login(self, ours: str, headers: dict[str, str], query: dict[str, str]) -> _Reply:
        """Embedded signup: asked by an app, before any number is known."""
        ask = login.Ask(self._sim, ours, query, _token(headers, query))
        if ours == "dialog/oauth":
            return _Reply(*login.dialog(ask))
        try:
            return _json(200, await login.HANDLERS[ours](ask), "24")
        except GraphError as error:
            return _refusal(error, None)

    def _call(self, scope: Scope, headers: dict[str, str], query: dict[str, str], body: bytes) -> Call:
        """Who asks for what. Raises GraphError for a wrong token, and for an object it may not see."""
        token = _token(headers, query)
        opened = login.opened_by(self._sim, token)
        mine = [
            number
            for number in self._sim.world.numbers.values()
            if _same(number.access_token, token) or number.waba_id in opened
        ]
        path = _PATH.match(scope["path"])
        if not mine or token is None:
            raise _no_access(token, next(iter(self._sim.world.numbers.values()), None))
        if path is None:
            raise unknown_object(scope["path"].strip("/").split("/")[-1], scope["method"].lower())
        version, object_id, place, item = path.groups()
        number = self._owner(object_id, mine)
        if number is None:
            raise unknown_object(object_id, scope["method"].lower())
        _check_proof(number, token, query)
        edge = _edge(number, object_id, _with(place, item))
        return Call(
            self._sim, scope["method"], object_id, edge, version or "24",
            headers, query, body, number, item or "",
        )  # fmt: skip

    def _owner(self, object_id: str, mine: list[Number]) -> Number | None:
        """The caller's number an id belongs to: of the number, its account, its app, a file, a template."""
        if group := self._sim.groups.any(object_id):
            return next((number for number in mine if number.id == group.channel), None)
        if not object_id.isdigit():  # the caller's own app, an upload's session, the library
            return mine[0]
        media = self._sim.world.media.get(object_id)
        owner_id = media.channel if media else object_id
        for number in mine:
            if owner_id in (number.id, number.waba_id, number.app_id):
                return number
        return next((number for number in mine if templates.by_id(number, object_id)), None)

    def _log(self, scope: Scope, note: dict[str, Any], status: int | None, started: float) -> None:
        detail = "connection cut" if status is None else None
        self._sim.world.log.add(
            at=self._sim.world.now(),
            direction="in",
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=(time.perf_counter() - started) * 1000,
            detail=detail,
            **note,
        )


async def _with_fault(fault: Fault, handler: Handler, call: Call) -> _Reply:
    """Answer as the fault says. Raises _Cut and GraphError."""
    await asyncio.sleep(fault.delay_s or 0)
    if fault.drop:
        raise _Cut
    if fault.garbage:
        return _Reply(200, _GARBAGE, [(b"content-type", b"text/html; charset=utf-8")])
    if fault.status or fault.error_code:
        code = fault.error_code or _TRANSIENT.get(fault.status or 0, 131000)
        reply = _refusal(GraphError(code, http=fault.status), call.number)
        if fault.retry_after_s is not None:
            reply.headers.append((b"retry-after", str(round(fault.retry_after_s)).encode()))
        return reply
    data = await handler(call)
    await asyncio.sleep(fault.hang_s or 0)
    if fault.drop_after_accept:
        raise _Cut
    return _json(200, data, call.version)


def _check_proof(number: Number, token: str, query: dict[str, str]) -> None:
    """An app may want it shown that whoever has the token has its secret too. Raises GraphError."""
    if not number.settings.require_app_proof:
        return
    proof = hmac.new(number.app_secret.encode(), token.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(query.get("appsecret_proof", ""), proof):
        raise GraphError(100, "API calls from the server require an appsecret_proof argument.")


def _with(edge: str | None, item: str | None) -> str:
    """The edge; of one of its things, the edge with that mark."""
    return f"{edge}_one" if edge and item else edge or ""


def _edge(number: Number, object_id: str, edge: str) -> str:
    """What is asked of which kind of object: `number`, `account`, `app`, `media`, then the edge."""
    if object_id == number.id:
        return edge or "number"
    if object_id == number.waba_id:
        return edge or "account"
    if object_id == number.app_id:
        return f"app_{edge}"
    if GROUP_ID.fullmatch(object_id):
        return f"group_{edge}" if edge else "group"
    if not object_id.isdigit():
        return _APART.get(object_id, "upload") + (f"_{edge}" if edge else "")
    if edge == "unpause":
        return "template_unpause"
    return "template" if templates.by_id(number, object_id) else "media_object"


def _sort(call: Call) -> str:
    """Which kind of call a fault may strike."""
    if call.edge in ("messages", "marketing_messages"):
        return "reads" if call.params.get("status") else "sends"
    return "media" if call.edge in ("media", "media_object") else "other"


def _label(call: Call) -> str:
    """The call in a few words, for the log."""
    if call.edge != "messages":
        return call.edge.replace("_", " ")
    if call.params.get("status"):
        return "typing" if call.params.get("typing_indicator") else "read"
    return f"send {call.params.get('type') or 'text'}"


def _phone_of(call: Call) -> str | None:
    """The customer's phone the call concerns."""
    if call.edge not in ("messages", "marketing_messages"):
        return None
    wa_id, _ = call.recipient()
    if wa_id:
        return wa_id
    message = call.sim.world.message(str(call.params.get("message_id") or ""))
    return message.number if message else None


def _token(headers: dict[str, str], query: dict[str, str]) -> str | None:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() in ("bearer", "oauth") and token else query.pop("access_token", None)


def _same(right: str, given: str | None) -> bool:
    return given is not None and secrets.compare_digest(right.encode(), given.encode())


def _no_access(token: str | None, number: Number | None) -> GraphError:
    """A token is missing, or nobody's."""
    if token is None:
        http = number.settings.missing_token_http if number else 401
        text = "An access token is required to request this resource."
        return GraphError(2500 if http == 400 else 190, message=text, http=http)
    return GraphError(190, message="Invalid OAuth access token - Cannot parse access token")


def _refusal(error: GraphError, number: Number | None) -> _Reply:
    settings = number.settings if number else None
    reply = _json(error.status(settings), error.body(settings), "24")
    if error.code == 190:
        reply.headers.append(
            (b"www-authenticate", b'OAuth "Facebook Platform" "invalid_token" "Invalid token"')
        )
    return reply


def _json(status: int, data: dict[str, Any], version: str) -> _Reply:
    headers = [(b"content-type", b"application/json; charset=UTF-8"), *_HEADERS]
    headers.append((b"facebook-api-version", f"v{version}.0".encode()))
    return _Reply(status, encode(data), headers)


async def _read(receive: Receive) -> bytes:
    """The whole request body; what is over the limit is read and dropped."""
    parts = bytearray()
    while True:
        event: Message = await receive()
        if len(parts) < _BODY_MAX:
            parts += event.get("body", b"")
        if not event.get("more_body"):
            return bytes(parts)


async def _send(send: Send, reply: _Reply) -> None:
    headers = [*reply.headers, (b"content-length", str(len(reply.body)).encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _cut(send: Send) -> None:
    """Break the connection. ASGI has no word for it, but the server's `send` knows the transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("This server gives no way to cut a connection; run the simulator with uvicorn.")
    transport.abort()
