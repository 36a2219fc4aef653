"""Files: uploaded before a message names them, and fetched from the addresses that webhooks or the API give.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
(read in September 2026)
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, BinaryIO, cast
from urllib.parse import urlsplit

from channels_whatsapp.conversion import ready
from channels_whatsapp.graph import BASE_URL, Body, ask, bearer, must_be, unclear
from channels_whatsapp.values import word
from common.http import AddressRefused, BadStatus, Download, FilePart, NoAnswer, NotSent, TooLarge, download
from inbox.ports import Account, OutboundFile, SendError

#: Conversion included; with the send itself it must stay below the minute a delivery is leased for.
UPLOAD_S = 35.0
DOWNLOAD_S = 50.0
URL_CHARS = 4_000
#: What servers answer instead of a file; few people send one of these.
NO_FILES = {"text/html", "application/json"}
#: Hosts of the provider that may see the access token when a webhook names them.
THEIR_HOSTS = (".facebook.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net", ".whatsapp.com")


def upload(account: Account, file: OutboundFile) -> str:
    """Give the provider a file to send, as it takes it; returns its id there. Raises SendError; nothing was
    sent yet."""
    until = time.monotonic() + UPLOAD_S
    with ready(file) as made:
        fields = {"messaging_product": "whatsapp", "type": made.mime}
        body = Body(data=fields, files={"file": FilePart(made.filename, made.mime, made.stream)})
        left_s = until - time.monotonic()
        answer = ask(account, "POST", account.external_id, "media", body=body, timeout_s=left_s)
    if not (media_id := word(answer, "id")):
        raise SendError("unavailable", "The provider took the file but named no id for it.", permanent=False)
    return media_id


@contextmanager
def fetch(account: Account, *, media_id: str, url: str, max_bytes: int) -> Iterator[BinaryIO]:
    """A customer's file: from the address in the webhook while that lives (5 minutes), else from a fresh one.

    Raises SendError; permanent when the file is gone or larger than max_bytes.
    """
    with ExitStack() as stack:
        file = _from_webhook(stack, account, url, max_bytes) if url else None
        yield cast(BinaryIO, file or _afresh(stack, account, media_id, max_bytes))


def _from_webhook(stack: ExitStack, account: Account, url: str, max_bytes: int) -> IO[bytes] | None:
    """None when the address is not the provider's (it would see our token), has expired, or gives a page."""
    if not _is_theirs(url, account):
        return None
    try:
        file = _download(stack, account, url, max_bytes)
    except BadStatus:
        return None
    return None if _is_other(file, "") else file


def _is_theirs(url: str, account: Account) -> bool:
    try:
        there, api = urlsplit(url), urlsplit(account.base_url or BASE_URL)
    except ValueError:
        return False
    if (there.scheme, there.netloc) == (api.scheme, api.netloc):
        return True
    return there.scheme == "https" and (there.hostname or "").endswith(THEIR_HOSTS)


def _afresh(stack: ExitStack, account: Account, media_id: str, max_bytes: int) -> IO[bytes]:
    """Ask where the file is and fetch it there; once more when that address has died meanwhile."""
    try:
        return _at_its_place(stack, account, media_id, max_bytes)
    except BadStatus:
        pass
    try:
        return _at_its_place(stack, account, media_id, max_bytes)
    except BadStatus as error:
        said = unclear(error.answer.status, error.answer.headers, sends=False)
        permanent = said.reason == "auth"
        raise SendError("auth" if permanent else "unavailable", said.detail, permanent=permanent) from None


def _at_its_place(stack: ExitStack, account: Account, media_id: str, max_bytes: int) -> IO[bytes]:
    url, mime = _whereabouts(account, media_id, max_bytes)
    file = _download(stack, account, url, max_bytes)
    must_be(not _is_other(file, mime), "the file that was asked for")
    return file


def _whereabouts(account: Account, media_id: str, max_bytes: int) -> tuple[str, str]:
    """The file's address and type. Raises SendError, also when it is larger than max_bytes."""
    try:
        about = ask(account, "GET", media_id, body=Body(params={"phone_number_id": account.external_id}))
    except SendError as error:
        if error.reason in {"config", "invalid"} and error.provider_code:
            raise _gone(error) from None
        raise
    size = word(about, "file_size")
    if size.isdecimal() and int(size) > max_bytes:
        raise _too_large(max_bytes)
    if not (url := word(about, "url", URL_CHARS)):
        raise SendError("unavailable", "The provider did not say where the file is.", permanent=False)
    return url, word(about, "mime_type")


def _download(stack: ExitStack, account: Account, url: str, max_bytes: int) -> Download:
    try:
        return stack.enter_context(
            download(url, headers=bearer(account), timeout_s=DOWNLOAD_S, max_bytes=max_bytes)
        )
    except TooLarge:
        raise _too_large(max_bytes) from None
    except AddressRefused as error:
        raise SendError("config", str(error), permanent=True) from None
    except (NotSent, NoAnswer) as error:
        raise SendError("unavailable", str(error), permanent=False) from None


def _is_other(file: Download, mime: str) -> bool:
    """Nothing at all, or a page or an answer in the place of the file. mime: the file's, "" if not known."""
    told, wanted = (name.partition(";")[0].strip().lower() for name in (file.mime, mime))
    return not file.size_bytes or (told in NO_FILES and told != wanted)


def _gone(error: SendError) -> SendError:
    said = "The provider no longer has this file; it keeps customers' files for 7 days."
    return SendError("invalid", said, permanent=True, provider_code=error.provider_code, title=error.title)


def _too_large(max_bytes: int) -> SendError:
    return SendError("invalid", f"The file is larger than {max_bytes // 1_048_576} MB.", permanent=True)
