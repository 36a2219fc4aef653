"""The telephone company's REST API."""

import asyncio
import base64
import binascii
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from simulator import ids
from simulator.faults import Fault
from simulator.models import Message, Number
from simulator.simulation import Simulation, simulation_of
from simulator.telephone import resources
from simulator.telephone.calls import Call
from simulator.telephone.lines import API, media_of
from simulator.webhooks.wire import Refused as NoFile

Json = dict[str, Any]
#: Numbers of the company's test credentials: they are refused with these codes.
TO_REFUSED = {
    "+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408, "+15005550004": 21610,
    "+15005550009": 21614,
}  # fmt: skip
FROM_REFUSED = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
WORDS = {
    20003: "Authenticate", 20404: "The requested resource was not found", 20429: "Too Many Requests",
    20503: "Service unavailable", 21211: "The 'To' number is not a valid phone number.",
    21610: "Attempt to send to unsubscribed recipient", 21617: "The message body exceeds 1600 characters",
    21602: "Message body is required.", 21606: "The From phone number is not a valid, message-capable number",
}  # fmt: skip
HTTP = {20003: 401, 20404: 404, 20429: 429, 20503: 503, 21611: 429}
_BY_STATUS = {401: 20003, 404: 20404, 429: 20429}
_FILE_MAX = 5 * 1024 * 1024
_PAGE_MAX = 1000
_LISTED = 2000
#: Where the server's own `send` stands in a scope: it knows the connection.
SEND = "simulator.send"


class Refusal(Exception):
    """The company says no, with a code."""

    def __init__(self, code: int, http: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.code, self.http, self.retry_after_s = code, http or HTTP.get(code, 400), retry_after_s


class _Cut(Response):
    """Breaks the connection without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(scope[SEND], "__self__", None), "transport", None)
        if transport is None:
            raise RuntimeError("This server gives no way to cut a connection; run it with uvicorn.")
        transport.abort()


Handler = Callable[[Request, Simulation, list[Number]], Awaitable[Response]]


def served(handler: Handler, sort: str = "all") -> Callable[[Request], Awaitable[Response]]:
    """Around every call: the password, the fault that strikes, the error envelope, the log."""

    async def endpoint(request: Request) -> Response:
        sim, started, body = simulation_of(request), time.perf_counter(), await request.body()
        lines: list[Number] = []
        to = ""
        try:
            lines = await _lines(request, sim)
            to = ids.digits_of(str((await request.form()).get("To", ""))) if request.method == "POST" else ""
            response = await _struck(request, sim, lines, handler, to, sort)
        except Refusal as error:
            response = _refused(error)
        sim.world.log.add(
            at=sim.world.now(), direction="in", label=request.url.path.rsplit("/", 1)[-1],
            method=request.method,
            path=request.url.path, status=None if isinstance(response, _Cut) else response.status_code,
            ms=(time.perf_counter() - started) * 1000, channel=lines[0].id if lines else None,
            number=to or None, detail=None, body=body,
        )  # fmt: skip
        return response

    return endpoint


async def _lines(request: Request, sim: Simulation) -> list[Number]:
    """The lines of the account, the one that sends first: faults and the log name it. Raises Refusal."""
    lines = _authenticated(request, sim)
    sender = str((await request.form()).get("From", "")) if request.method == "POST" else ""
    return sorted(lines, key=lambda line: line.id != sender)


def _authenticated(request: Request, sim: Simulation) -> list[Number]:
    """The lines of the account whose password came. Raises Refusal."""
    sid = request.path_params["account"]
    try:
        given = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
    except (binascii.Error, UnicodeError):
        given = ""
    lines = [line for line in sim.world.numbers.values() if line.is_line and line.account_sid == sid]
    user, _, password = given.partition(":")
    if not any(secrets.compare_digest(password.encode(), line.app_secret.encode()) for line in lines):
        raise Refusal(20003)
    if user != sid and not user.startswith("SK"):
        raise Refusal(20003)
    return lines


async def _struck(
    request: Request, sim: Simulation, lines: list[Number], handler: Handler, to: str, sort: str
) -> Response:
    fault = sim.world.faults.for_call(lines[0].id, to or None, sort)
    if fault is None:
        return await handler(request, sim, lines)
    return await _with_fault(fault, handler, request, sim, lines)


async def _with_fault(
    fault: Fault, handler: Handler, request: Request, sim: Simulation, lines: list[Number]
) -> Response:
    await asyncio.sleep(fault.delay_s or 0)
    if fault.drop:
        return _Cut()
    if fault.garbage:
        return Response("<html><body>Bad gateway</body></html>", 200, media_type="text/html")
    if fault.status or fault.error_code:
        code = fault.error_code or _BY_STATUS.get(fault.status or 0, 20503)
        raise Refusal(code, fault.status, fault.retry_after_s)
    response = await handler(request, sim, lines)
    await asyncio.sleep(fault.hang_s or 0)
    return _Cut() if fault.drop_after_accept else response


def _refused(error: Refusal) -> Response:
    body = {
        "code": error.code, "message": WORDS.get(error.code, "Refused."), "status": error.http,
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
    }  # fmt: skip
    response = _json(body, error.http)
    if error.retry_after_s is not None:
        response.headers["retry-after"] = str(round(error.retry_after_s))
    return response


def _json(data: Json, status: int = 200) -> Response:
    return Response(orjson.dumps(data), status, media_type="application/json")


# Texts


async def create_message(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """POST Messages.json"""
    form = await request.form()
    line, to = _sides(form, lines, sim)
    text, media_url = str(form.get("Body") or ""), str(form.get("MediaUrl") or "")
    if not (text or media_url):
        raise Refusal(21602)
    if len(text) > 1600:
        raise Refusal(21617)
    chat = sim.world.chat(line.id, to)
    if chat.stopped:
        raise Refusal(21610)
    media = await _fetched(sim, line, media_url) if media_url else None
    kind = _kind(media.mime) if media else "text"
    message = Message(
        id=ids.new_sid("MM" if media else "SM"), seq=sim.world.next_seq(), channel=line.id, number=to,
        from_me=False, kind=kind, content={kind: {"caption": text} if media else {"body": text}},
        at=sim.world.now(), text=text, media_id=media.id if media else None,
        callback_data=str(form.get("StatusCallback") or "") or None,
    )  # fmt: skip
    sim.business.accept(message)
    return _json(resources.message_resource(line, message), 201)


def _kind(mime: str) -> str:
    family = mime.partition("/")[0]
    return family if family in {"image", "video", "audio"} else "document"


async def _fetched(sim: Simulation, line: Number, url: str) -> Any:
    """The file behind an address. Raises Refusal."""
    try:
        answer = await sim.client.get(url, 10, _FILE_MAX + 1)
    except NoFile:
        raise Refusal(21620) from None
    if answer.status != 200:
        raise Refusal(21620)
    if len(answer.body) > _FILE_MAX:
        raise Refusal(21623)
    mime = answer.headers.get("content-type", "application/octet-stream").partition(";")[0]
    media = await asyncio.to_thread(
        sim.world.files.write, answer.body, channel=line.id, mime=mime, source="business", at=sim.world.now()
    )
    sim.world.save_media(media)
    return media


def _sides(form: Any, lines: list[Number], sim: Simulation) -> tuple[Number, str]:
    """Which line writes or calls, and whom. Raises Refusal."""
    sender, to = str(form.get("From") or ""), str(form.get("To") or "")
    if code := FROM_REFUSED.get(sender) or TO_REFUSED.get(to):
        raise Refusal(code)
    digits = ids.digits_of(to)
    if not to.startswith("+") or not 7 <= len(digits) <= 15:
        raise Refusal(21211)
    line = next((line for line in lines if line.id == sender), None)
    if line is None and form.get("MessagingServiceSid"):
        line = lines[0]
    if line is None:
        raise Refusal(21606)
    sim.world.phone(ids.whatsapp_id(digits))
    return line, ids.whatsapp_id(digits)


async def list_messages(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """GET Messages.json?To=&From=&DateSent>=&PageSize=&Page="""
    rows = [
        resources.message_resource(line, message)
        for line in lines
        for message in await sim.world.of_channel(line.id, _LISTED)
        if message.kind != "call"
    ]
    return _page(request, "messages", rows)


def _page(request: Request, name: str, rows: list[Json]) -> Response:
    query = request.query_params
    wanted = {"to": query.get("To"), "from": query.get("From"), "status": query.get("Status")}
    found = [row for row in rows if all(value in (None, row[key]) for key, value in wanted.items())]
    size, page = min(_PAGE_MAX, int(query.get("PageSize", "50"))), int(query.get("Page", "0"))
    shown = found[page * size : (page + 1) * size]
    following = request.url.include_query_params(Page=page + 1)
    has_more = len(found) > (page + 1) * size
    uri = f"{following.path}?{following.query}" if has_more else None
    return _json(
        {name: shown, "page": page, "page_size": size, "next_page_uri": uri, "uri": request.url.path}
    )


def _found(sim: Simulation, lines: list[Number], sid: str) -> tuple[Number, Message]:
    """A text or call of this account. Raises Refusal."""
    message = sim.world.message(sid)
    line = next((line for line in lines if message and line.id == message.channel), None)
    if message is None or line is None:
        raise Refusal(20404)
    return line, message


async def read_message(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """GET Messages/{sid}.json"""
    return _json(resources.message_resource(*_found(sim, lines, request.path_params["sid"])))


async def list_media(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """GET Messages/{sid}/Media.json"""
    line, message = _found(sim, lines, request.path_params["sid"])
    media = sim.world.media.get(message.media_id or "")
    return _json({"media_list": [resources.media_resource(line, message, media)] if media else []})


async def read_media(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """GET Messages/{sid}/Media/{media}: leads to where the file lies."""
    media = media_of(sim.world, request.path_params["media"])
    if media is None or media.deleted or media.channel not in {line.id for line in lines}:
        raise Refusal(20404)
    address = sim.world.files.address("", media, now=sim.world.now(), lives_s=300)
    return RedirectResponse(f"{request.base_url}stored-media?{address.partition('?')[2]}", 307)


async def stored_media(request: Request) -> Response:
    """Where files lie: signed addresses, and a password here is a mistake of the caller."""
    world, query = simulation_of(request).world, request.query_params
    media = world.media.get(query.get("mid", ""))
    is_good = world.files.is_valid(
        query.get("mid", ""), query.get("ext", ""), query.get("hash", ""), now=world.now()
    )
    if media is None or not is_good or "authorization" in request.headers:
        return Response("Access denied", 403)
    return FileResponse(world.files.path(media), media_type=media.mime)


# Calls


async def create_call(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """POST Calls.json"""
    form = await request.form()
    line, to = _sides(form, lines, sim)
    if not form.get("Url") and not form.get("Twiml"):
        raise Refusal(21205)
    sid = ids.new_sid("CA")
    state = {"sid": sid, "status": "queued", "spoken": [], "listens": False}
    message = Message(
        id=sid, seq=sim.world.next_seq(), channel=line.id, number=to, from_me=False, kind="call",
        content={"call": state}, at=sim.world.now(),
        status="delivered",
    )  # fmt: skip
    message.sent_at = message.delivered_at = message.at
    chat = sim.world.chat(line.id, to)
    chat.last_id, chat.last_at = sid, message.at
    sim.world.save_chat(chat)
    call = Call(
        line, sim.world.phone(to), message, str(form.get("Url") or ""), str(form.get("Twiml") or ""),
        str(form.get("StatusCallback") or ""),
        {str(event) for event in form.getlist("StatusCallbackEvent")} or {"completed"},
        float(str(form.get("Timeout") or "60")), bool(form.get("MachineDetection")),
    )  # fmt: skip
    sim.calls.show(call)
    sim.run(sim.calls.run(call))
    return _json(resources.call_resource(line, message), 201)


async def list_calls(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """GET Calls.json?To=&From=&Status=&StartTime>="""
    rows = [
        resources.call_resource(line, message)
        for line in lines
        for message in await sim.world.of_channel(line.id, _LISTED)
        if message.kind == "call"
    ]
    return _page(request, "calls", rows)


async def one_call(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """GET, POST Calls/{sid}.json {Status: canceled | completed}"""
    line, message = _found(sim, lines, request.path_params["sid"])
    if request.method == "POST":
        call = sim.calls.live.get(message.id)
        form = await request.form()
        if call is None or (form.get("Status") == "canceled" and call.answered_at):
            raise Refusal(21220)
        sim.calls.hang_up(call)
    return _json(resources.call_resource(line, message))


# The account


async def account(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """GET Accounts/{sid}.json"""
    sid = request.path_params["account"]
    return _json({"sid": sid, "friendly_name": lines[0].verified_name, "status": "active", "type": "Full"})


async def numbers(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """GET IncomingPhoneNumbers.json?PhoneNumber="""
    wanted = request.query_params.get("PhoneNumber")
    found = [resources.number_resource(line) for line in lines if wanted in (None, line.id)]
    return _json({"incoming_phone_numbers": found, "next_page_uri": None})


async def _by_method(post: Handler, get: Handler, request: Request, *rest: Any) -> Response:
    return await (post if request.method == "POST" else get)(request, *rest)


async def messages(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """Messages.json"""
    return await _by_method(create_message, list_messages, request, sim, lines)


async def calls(request: Request, sim: Simulation, lines: list[Number]) -> Response:
    """Calls.json"""
    return await _by_method(create_call, list_calls, request, sim, lines)


_BASE = API + "/Accounts/{account}"
ROUTES = [
    Route(_BASE + "/Messages.json", served(messages, "sends"), methods=["GET", "POST"]),
    Route(_BASE + "/Messages/{sid}/Media.json", served(list_media, "media")),
    Route(_BASE + "/Messages/{sid}/Media/{media}", served(read_media, "media")),
    Route(_BASE + "/Messages/{sid}.json", served(read_message, "reads")),
    Route(_BASE + "/Calls.json", served(calls, "sends"), methods=["GET", "POST"]),
    Route(_BASE + "/Calls/{sid}.json", served(one_call, "reads"), methods=["GET", "POST"]),
    Route(_BASE + "/IncomingPhoneNumbers.json", served(numbers, "reads")),
    Route(_BASE + ".json", served(account, "reads")),
    Route("/stored-media", stored_media),
]
