"""The phone page's own addresses: state, chats, what the customer does, the live feed, files."""

from dataclasses import replace
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from simulator import drafts, ids, reach
from simulator.jsonio import BadRequest, answer, as_object, read_object
from simulator.models import Chat, Message, Number, Phone
from simulator.shapes import message_shape, number_shape, phone_shape
from simulator.simulation import Simulation, simulation_of

_PHONES_SHOWN = 200
_PAGE_MAX = 200
_UPLOAD_MAX = 100 * 1024 * 1024
# Files shown in the page; anything else is a download, so that a customer's file never runs here.
_SHOWN_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/", "application/pdf")


async def state(request: Request) -> Response:
    """GET /phone/state: every number, and the phones that last did something."""
    world = simulation_of(request).world
    last = {phone.number: phone.changed_at for phone in world.phones.values()}
    for chat in world.chats.values():
        last[chat.number] = max(last.get(chat.number, 0.0), chat.last_at)
    there = [phone for phone in world.phones.values() if not (phone.group and phone.group.deleted)]
    phones = sorted(there, key=lambda phone: last[phone.number], reverse=True)[:_PHONES_SHOWN]
    return answer(
        {
            "numbers": [number_shape(number) for number in world.numbers.values()],
            "phones": [phone_shape(world, phone) for phone in phones],
            "phone_count": len(world.phones),
            "inbox_url": reach.inbox_url(world),
            "phone_url": reach.phone_url(request),
            "seq": world.feed.expect(),
        }
    )


async def create_customer(request: Request) -> Response:
    """POST /phone/customers {number?, name}: a new phone."""
    sim = simulation_of(request)
    body = await read_object(request)
    wa_id = ids.whatsapp_id(str(body.get("number") or "")) or sim.free_number()
    if not 7 <= len(wa_id) <= 15:
        raise BadRequest("A phone number has 7 to 15 digits, country code first.")
    if wa_id in sim.world.phones:
        raise BadRequest("There is a phone with this number already.", 409)
    phone = sim.world.phone(wa_id, str(body.get("name") or "").strip()[:120] or None)
    sim.customers.show_phone(phone)
    return answer(phone_shape(sim.world, phone), 201)


async def customer(request: Request) -> Response:
    """GET /phone/customers/{number}: one phone, also one that the state no longer lists."""
    return answer(phone_shape(simulation_of(request).world, _phone(request)))


async def change_customer(request: Request) -> Response:
    """PATCH /phone/customers/{number} {name?, username?, settings?}."""
    sim = simulation_of(request)
    phone = _phone(request)
    body = await read_object(request)
    if "name" in body or "username" in body:
        sim.customers.rename(phone, body.get("name"), body.get("username"))
    if "settings" in body:
        sim.customers.change_settings(phone, as_object(body["settings"], "“settings”"))
    return answer(phone_shape(sim.world, phone))


async def set_up_anew(request: Request) -> Response:
    """POST /phone/customers/{number}/device: the number moves to another phone."""
    sim = simulation_of(request)
    phone = _phone(request)
    sim.customers.set_up_anew(phone)
    return answer(phone_shape(sim.world, phone))


async def chat_page(request: Request) -> Response:
    """GET /phone/chats/{channel}/{number}?before=<message id>&limit=: oldest first."""
    world = simulation_of(request).world
    number, phone = _chat_of(request)
    limit = min(_PAGE_MAX, _integer(request, "limit", 60))
    before = world.message(request.query_params.get("before"))
    found = await world.chat_page(number.id, phone.number, before.seq if before else None, limit + 1)
    return answer(
        {
            "messages": [message_shape(world, m) for m in reversed(found[:limit])],
            "has_more": len(found) > limit,
        }
    )


async def write(request: Request) -> Response:
    """POST /phone/chats/{channel}/{number}/messages: JSON, or a form with a file."""
    sim = simulation_of(request)
    number, phone = _chat_of(request)
    chat = sim.world.chat(number.id, phone.number)
    if request.headers.get("content-type", "").startswith("multipart/"):
        draft = await _upload(request, sim, number, phone)
    else:
        draft = await drafts.draft_from(sim.world, chat, await read_object(request))
    message = await _posted_before(sim, chat, draft.client_ref) or sim.customers.write(number, phone, draft)
    return answer(message_shape(sim.world, message), 201)


async def open_chat(request: Request) -> Response:
    """POST /phone/chats/{channel}/{number}/open {open}: the customer looks at the chat, or leaves it."""
    sim = simulation_of(request)
    number, phone = _chat_of(request)
    body = await read_object(request)
    sim.customers.look(sim.world.chat(number.id, phone.number), bool(body.get("open")))
    return Response(status_code=204)


async def type_in_chat(request: Request) -> Response:
    """POST /phone/chats/{channel}/{number}/typing: WhatsApp tells a business nothing of it."""
    _chat_of(request)
    return Response(status_code=204)


async def retry(request: Request) -> Response:
    """POST /phone/messages/{id}/retry: send a message that waits for a connection again, now."""
    sim = simulation_of(request)
    message = _message(request, sim)
    if not sim.webhooks.retry_now(message.id):
        raise BadRequest("Nothing waits to be sent again for this message.", 409)
    return answer(message_shape(sim.world, message))


async def played(request: Request) -> Response:
    """POST /phone/messages/{id}/played: the customer played a voice message."""
    sim = simulation_of(request)
    message = _message(request, sim)
    sim.business.played(message)
    return answer(message_shape(sim.world, message))


async def file(request: Request) -> Response:
    """GET /phone/media/{id}: a file of a chat."""
    world = simulation_of(request).world
    media = world.media.get(request.path_params["media_id"])
    if media is None or not world.files.path(media).exists():
        raise BadRequest("There is no such file.", 404)
    inline = media.mime.startswith(_SHOWN_INLINE)
    return FileResponse(
        world.files.path(media), media_type=media.mime, filename=media.filename,
        content_disposition_type="inline" if inline else "attachment",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"},
    )  # fmt: skip


async def feed(request: Request) -> Response:
    """GET /phone/feed?after=seq: server-sent events. The browser's own Last-Event-ID is understood too."""
    given = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    stream = simulation_of(request).world.feed.stream(int(given) if given.isdigit() else None)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _phone(request: Request) -> Phone:
    phone = simulation_of(request).world.phones.get(ids.whatsapp_id(request.path_params["number"]))
    if phone is None:
        raise BadRequest("There is no phone with this number.", 404)
    return phone


def _chat_of(request: Request) -> tuple[Number, Phone]:
    number = simulation_of(request).world.numbers.get(request.path_params["channel"])
    if number is None:
        raise BadRequest("There is no such business number.", 404)
    return number, _phone(request)


def _message(request: Request, sim: Simulation) -> Message:
    message = sim.world.message(request.path_params["message_id"])
    if message is None:
        raise BadRequest("There is no such message.", 404)
    return message


def _integer(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not value.isdigit() or int(value) < 1:
        raise BadRequest(f"“{name}” must be a whole number above 0.")
    return int(value)


async def _posted_before(sim: Simulation, chat: Chat, client_ref: str | None) -> Message | None:
    """The message of an earlier post with this reference: the page posts again when an answer was lost."""
    if not client_ref:
        return None
    newest = await sim.world.chat_page(chat.channel, chat.number, None, _PAGE_MAX)
    return next((message for message in newest if message.client_ref == client_ref), None)


async def _upload(request: Request, sim: Simulation, number: Number, phone: Phone) -> Any:
    """A message from a form: `file`, `kind`, `caption`, `reply_to`."""
    async with request.form(max_files=1, max_part_size=_UPLOAD_MAX) as form:
        upload, kind = form.get("file"), form.get("kind")
        if not isinstance(upload, UploadFile):
            raise BadRequest("The form has no “file”.")
        if kind not in drafts.MEDIA_KINDS:
            raise BadRequest(f"“kind” must be one of: {', '.join(drafts.MEDIA_KINDS)}.")
        if (upload.size or 0) > _UPLOAD_MAX:
            raise BadRequest("A file may have 100 MB at most.", 413)
        chat = sim.world.chat(number.id, phone.number)
        draft = await drafts.media_draft(
            sim.world,
            chat,
            str(kind),
            await upload.read(),
            upload.content_type or "application/octet-stream",
            upload.filename,
            str(form.get("caption") or ""),
        )
        client_ref = str(form.get("client_ref") or "") or None
        draft = drafts.quoting(draft, str(form.get("reply_to") or "") or None)
        return replace(draft, client_ref=client_ref, author=str(form.get("author") or ""))


_CHAT = "/phone/chats/{channel}/{number}"
ROUTES = [
    Route("/phone/state", state),
    Route("/phone/customers", create_customer, methods=["POST"]),
    Route("/phone/customers/{number}", customer),
    Route("/phone/customers/{number}", change_customer, methods=["PATCH"]),
    Route("/phone/customers/{number}/device", set_up_anew, methods=["POST"]),
    Route(_CHAT, chat_page),
    Route(_CHAT + "/messages", write, methods=["POST"]),
    Route(_CHAT + "/open", open_chat, methods=["POST"]),
    Route(_CHAT + "/typing", type_in_chat, methods=["POST"]),
    Route("/phone/messages/{message_id:path}/retry", retry, methods=["POST"]),
    Route("/phone/messages/{message_id:path}/played", played, methods=["POST"]),
    Route("/phone/media/{media_id}", file),
    Route("/phone/feed", feed),
]
