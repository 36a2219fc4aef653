"""Files agents and programs upload for a message still to be written."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import BinaryIO, Protocol

from django.core.files.uploadedfile import InMemoryUploadedFile
from PIL import Image

from common.sound import OGG, BadSound, as_voice
from common.tenancy import require_tenant
from events import bus
from inbox.channels import adapters
from inbox.files import FileStore
from inbox.models import Attachment, FileState, Message
from inbox.operations.errors import FileTooLarge, FileTypeRefused
from inbox.operations.rules import check_file
from inbox.pictures import is_recording, look_at, without_place
from inbox.queries.messages import message_shapes
from tenants.models import Member

CHUNK = 256 * 1024
#: No larger recording is turned into a voice note: far more than browsers make of a quarter of an hour.
VOICE_MAX_BYTES = 32 * 1024 * 1024

#: What a file is sent as, by its type; anything else goes as a document.
_KINDS = {"image": "image", "video": "video", "audio": "audio"}


class Upload(Protocol):
    """An uploaded file as Django gives it."""

    name: str | None
    size: int | None
    content_type: str | None
    file: BinaryIO

    def chunks(self, chunk_size: int) -> Iterable[bytes]: ...


def upload_attachment(
    *, file: Upload, kind: str | None = None, member: Member | None = None, channel_kind: str | None = None
) -> Attachment:
    """Keep an uploaded file; kind: image, video, audio, voice, document or sticker (by default by its type).

    Checked against the rules of `channel_kind`, or of every installed channel when none is named: the file
    must be taken by at least one. A voice note comes as any recording and is kept as phones play it. Writes
    Attachment. Raises FileTooLarge, FileTypeRefused with the limit.
    """
    file = _voice(file) if kind == "voice" else file
    mime = _real_mime(file)
    kind = kind or _KINDS.get(mime.split("/")[0], "document")
    name = (file.name or "").replace("\\", "/").split("/")[-1][:240]
    kind = _check(channel_kind, kind, mime, file.size or 0, name)
    if kind in {"audio", "voice"} and not is_recording(file.file):
        raise _unreadable("recording")
    store = FileStore(require_tenant())
    key, size, digest = store.write(_clean(file, mime))
    looks = look_at(store, key, kind=kind, mime=mime)
    return Attachment.objects.create(
        uploaded_by=member,
        kind=kind,
        filename=name,
        mime=mime,
        size_bytes=size,
        sha256=digest,
        storage_key=key,
        preview_key=looks.preview_key,
        width=looks.width,
        height=looks.height,
        duration_s=looks.duration_s,
        waveform=looks.waveform,
        state=FileState.READY,
    )


def _voice(file: Upload) -> Upload:
    """A recording as a voice note: browsers record in other containers than phones play."""
    if (file.content_type or "").split(";")[0].strip().lower() == OGG:
        return file
    if (file.size or 0) > VOICE_MAX_BYTES:
        most = VOICE_MAX_BYTES // 1024 // 1024
        raise FileTooLarge(f"A recording may have at most {most} MB.", pointer="/file")
    try:
        sound = as_voice(file.file)
    except BadSound as fault:
        raise FileTypeRefused(str(fault), pointer="/file") from None
    return InMemoryUploadedFile(io.BytesIO(sound), "file", "voice.ogg", OGG, len(sound), None)  # type: ignore[return-value]


def _clean(file: Upload, mime: str) -> Iterable[bytes]:
    """The bytes to keep: pictures of an agent's phone do not tell customers where it was."""
    try:
        cleaned = without_place(file.file) if mime == "image/jpeg" else None
    except (OSError, ValueError, SyntaxError):
        raise _unreadable() from None
    finally:
        file.file.seek(0)
    return file.chunks(CHUNK) if cleaned is None else [cleaned]


def _unreadable(what: str = "picture") -> FileTypeRefused:
    return FileTypeRefused(f"This is no {what} we can read; it may be broken.", pointer="/file")


def _real_mime(file: Upload) -> str:
    """The type of a picture as its bytes say, of anything else as the browser says."""
    said = (file.content_type or "application/octet-stream").lower()
    if not said.startswith("image/"):
        return said
    try:
        with Image.open(file.file) as picture:
            found = Image.MIME.get(picture.format or "", said)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _unreadable() from None
    finally:
        file.file.seek(0)
    return found


def _check(channel_kind: str | None, kind: str, mime: str, size_bytes: int, name: str) -> str:
    """The kind the file may be sent as. A picture too large or of a rare type may still go as a document."""
    kinds = [channel_kind] if channel_kind else list(adapters())
    refusals: list[FileTooLarge | FileTypeRefused] = []
    for one in kinds:
        try:
            check_file(one, kind, mime, size_bytes, name)
        except (FileTooLarge, FileTypeRefused) as refusal:
            refusals.append(refusal)
        else:
            return kind
    raise refusals[0]


def tell_attached(message: Message) -> None:
    """Files of a stored message, or the words of a call, are there now: tell open pages. Writes Event
    `message.attached`."""
    data = {"message": message_shapes([message])[0], "thread_id": message.thread_id}
    bus.record("message.attached", data, thread_id=message.thread_id, customer_id=message.customer_id)
