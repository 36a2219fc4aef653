"""Files of messages: under the tenant's folder, behind links that are signed and short-lived (rule 34)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common.tenancy import tenant_context
from inbox.models import Attachment, Channel, FileState
from tenants.queries import may_come_in

#: Shown inside the page; everything else is handed out as a download. Never SVG or HTML.
INLINE = {
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "audio/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "audio/amr",
    "video/mp4",
    "video/3gpp",
}


class FileStore:
    """A tenant's folder. Keys are random, so that a name tells nothing and nothing is overwritten."""

    def __init__(self, tenant_id: UUID) -> None:
        self.folder = settings.FILES_DIR / str(tenant_id)

    def write(self, chunks: Iterable[bytes]) -> tuple[str, int, str]:
        """Store a stream, whole or not at all; returns (storage key, size in bytes, SHA-256 in hex)."""
        key = secrets.token_hex(16)
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size, half = hashlib.sha256(), 0, path.with_suffix(".half")
        with half.open("wb") as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        half.rename(path)
        return key, size, digest.hexdigest()

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def open(self, key: str) -> BinaryIO:
        return self.path(key).open("rb")


def content_url(attachment: Attachment, *, variant: str = "full") -> str:
    """A lasting address for those who may see the message: it leads to a signed link."""
    return f"/api/v1/attachments/{attachment.id}/content" + (
        "?variant=preview" if variant == "preview" else ""
    )


def signed_url(
    attachment: Attachment, *, holder: UUID, variant: str = "full", now: float | None = None
) -> str:
    """A link to the bytes that works for five minutes and no longer than its holder may come in.

    holder: the member or API key it is made for, or the channel whose provider fetches the file.
    """
    expires = int(now if now is not None else time.time()) + settings.FILE_LINK_S
    place = f"{attachment.tenant_id}/{attachment.id}/{variant}"
    query = {"holder": holder, "expires": expires, "signature": _signature(place, holder, expires)}
    return f"/files/{place}?{urlencode(query)}"


def _signature(place: str, holder: object, expires: int) -> str:
    words = f"file|{place}|{holder}|{expires}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()


#: isdigit() would let "²" and 5,000 digits pass, which int() refuses.
_SECONDS = re.compile("[0-9]{1,12}")


@require_safe
def serve(
    request: HttpRequest, tenant_id: UUID, attachment_id: UUID, variant: str
) -> HttpResponse | FileResponse:
    """`/files/<tenant>/<attachment>/<variant>?holder=…&expires=…&signature=…`: 403 when the link is wrong or
    old, or its holder was shut out since."""
    holder, expires, given = (request.GET.get(name, "") for name in ("holder", "expires", "signature"))
    if not _SECONDS.fullmatch(expires) or not hmac.compare_digest(
        given.encode(), _signature(f"{tenant_id}/{attachment_id}/{variant}", holder, int(expires)).encode()
    ):
        return _refused("This link is not valid.")
    if int(expires) < time.time():
        return _refused("This link has expired; open the message again.")
    with tenant_context(tenant_id):
        if not _is_let_in(UUID(holder)):
            return _refused("This link was made for somebody who may no longer see it.")
        attachment = Attachment.objects.filter(id=attachment_id, state=FileState.READY).first()
    key = attachment and (attachment.preview_key if variant == "preview" else attachment.storage_key)
    if not attachment or not key or not FileStore(tenant_id).path(key).is_file():
        raise Http404
    return _response(attachment, key, variant)


def _is_let_in(holder: UUID) -> bool:
    return may_come_in(holder) or Channel.objects.filter(id=holder, is_active=True).exists()


def _refused(why: str) -> HttpResponse:
    return HttpResponse(why, status=403, content_type="text/plain")


def _response(attachment: Attachment, key: str, variant: str) -> FileResponse:
    mime = "image/webp" if variant == "preview" else attachment.mime.split(";")[0].strip()
    inline = mime in INLINE
    response = FileResponse(
        FileStore(attachment.tenant_id).open(key),
        content_type=mime if inline else "application/octet-stream",
        as_attachment=not inline,
        filename=attachment.filename or f"{attachment.kind}-{attachment.id}",
    )
    headers: dict[str, Any] = {
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": f"private, max-age={settings.FILE_LINK_S}",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    for name, value in headers.items():
        response.headers[name] = value
    return response
