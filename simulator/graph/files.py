"""Media: upload, look up, delete, and the download address that needs the token too."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from simulator.errors import GraphError, unknown_object
from simulator.graph.call import Call
from simulator.media import is_alive, sha256_as
from simulator.models import Media
from simulator.simulation import Simulation

Json = dict[str, Any]
RawHeaders = list[tuple[bytes, bytes]]
DOWNLOAD_PATH = "/whatsapp_business/attachments/"
_MB = 1024 * 1024
_OFFICE = (
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)
# What may be uploaded, and how large.
_LARGEST = {
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * _MB),
    **dict.fromkeys(("video/mp4", "video/3gpp"), 16 * _MB),
    **dict.fromkeys(("image/jpeg", "image/png"), 5 * _MB),
    **dict.fromkeys(_OFFICE, 100 * _MB),
    "image/webp": 500 * 1024,
}


async def upload(call: Call) -> Json:
    """POST /{number}/media: keep a file for 30 days. Raises GraphError for a wrong type or size."""
    fields, file = await form_of(call)
    if fields.get("messaging_product") != "whatsapp":
        raise GraphError(
            100, "Missing parameter.", message="(#100) The parameter messaging_product is required."
        )
    if file is None:
        raise GraphError(100, "Missing parameter.", message="(#100) The parameter file is required.")
    mime = _mime(file, fields)
    largest, content = _LARGEST[mime.split(";")[0].strip()], await file.read()
    if not 0 < len(content) <= largest:
        raise GraphError(
            131053, f"A file of type {mime} may have {largest // 1024} KB and must not be empty."
        )
    media = await asyncio.to_thread(
        call.sim.world.files.write,
        content,
        channel=call.number.id,
        mime=mime,
        source="business",
        at=call.now,
        filename=file.filename,
    )
    call.sim.world.save_media(media)
    return {"id": media.id}


def _mime(file: UploadFile, fields: dict[str, str]) -> str:
    """The type of an uploaded file. Raises GraphError for one that is not taken."""
    said = file.content_type or "application/octet-stream"
    mime = (fields.get("type", said) if said == "application/octet-stream" else said).strip().lower()
    if mime.split(";")[0].strip() not in _LARGEST:
        kinds = ", ".join(sorted(_LARGEST))
        text = f"Param file must be a file with one of the following types: {kinds}. Received '{mime}'."
        raise GraphError(100, text, message=f"(#100) {text}")
    return mime


async def look_up(call: Call) -> Json:
    """GET /{media}: where to download it in the next five minutes."""
    media, settings = _media(call), call.number.settings
    size = str(media.size) if settings.media_file_size == "string" else media.size
    return {
        "messaging_product": "whatsapp",
        "url": call.sim.world.files.address(
            call.base_url, media, now=call.now, lives_s=settings.media_url_lives_s
        ),
        "mime_type": media.mime,
        "sha256": sha256_as(media, settings.media_sha256_in_get),
        "file_size": size,
        "id": media.id,
    }


async def delete(call: Call) -> Json:
    """DELETE /{media}."""
    media = _media(call)
    media.deleted = True
    call.sim.world.save_media(media)
    return {"success": True}


async def download(
    sim: Simulation, headers: dict[str, str], query: dict[str, str]
) -> tuple[int, bytes, RawHeaders]:
    """GET the address of a file: 401 without a token, 404 when the address is wrong or has expired."""
    media = sim.world.media.get(query.get("mid", ""))
    token = headers.get("authorization", "").removeprefix("Bearer ").strip()
    owner = sim.world.numbers.get(media.channel) if media else None
    if not token or not any(number.access_token == token for number in sim.world.numbers.values()):
        return 401, b"", []
    valid = sim.world.files.is_valid(
        query.get("mid", ""), query.get("ext", ""), query.get("hash", ""), now=sim.world.now()
    )
    if media is None or owner is None or owner.access_token != token or not valid or media.deleted:
        return 404, b"", []
    content = await asyncio.to_thread(sim.world.files.path(media).read_bytes)
    name = quote(media.filename or f"{media.id}")
    return 200, content, [
        (b"content-type", media.mime.encode()),
        (b"content-disposition", f"attachment;filename*=UTF-8''{name}".encode()),
        (b"cache-control", b"private, max-age=3600"),
    ]  # fmt: skip


def _media(call: Call) -> Media:
    """The file a call names. Raises GraphError when its id has expired, or it belongs to another number."""
    media = call.sim.world.media[call.object_id]
    wanted = call.query.get("phone_number_id")
    if not is_alive(media, call.now) or (wanted and wanted != media.channel):
        raise unknown_object(call.object_id, call.verb.lower())
    return media


async def form_of(call: Call, name: str = "file") -> tuple[dict[str, str], UploadFile | None]:
    """The fields and the file of this name of a multipart body. Raises GraphError."""
    if not call.headers.get("content-type", "").startswith("multipart/form-data"):
        raise GraphError(100, "The body must be multipart/form-data.")

    async def stream() -> AsyncGenerator[bytes, None]:
        yield call.body

    try:
        form = await MultiPartParser(Headers(call.headers), stream(), max_files=1).parse()
    except MultiPartException as error:
        raise GraphError(100, f"The multipart body is broken: {error.message}") from error
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get(name)
    return {**call.query, **fields}, file if isinstance(file, UploadFile) else None


HANDLERS = {
    ("POST", "media"): upload,
    ("GET", "media_object"): look_up,
    ("DELETE", "media_object"): delete,
}
