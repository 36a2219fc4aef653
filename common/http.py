"""The one client for outbound HTTP: providers, media, tenants' servers (reliability rules 11 and 32).

Every call has a deadline for all of it, a cap on the raw bytes of the answer, an address checked before the
connection, no redirects, no cookies, no proxies from the environment, no decompression. A call ends in an
answer or in exactly one of these:

- AddressRefused: we may not call there; nothing was connected.
- NotSent: no byte of the request was written; trying again is safe.
- NoAnswer: bytes were written and no clear answer came; trying again might do it twice.
- TooLarge: the answer is larger than the caller accepts.
- BadStatus: only from `download`: the server did not give the file.
"""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import urlsplit

import orjson
from requests import Request, RequestException, Response
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import HTTPError, LocationParseError

from common.addresses import AddressRefused
from common.connections import Call, NotSent, TooLarge, send
from common.multipart import FilePart, Multipart

__all__ = [
    "AddressRefused", "BadStatus", "Download", "FilePart", "HttpAnswer", "NoAnswer", "NotSent", "TooLarge",
    "call", "download",
]  # fmt: skip

#: On every request; the caller's headers come on top.
HEADERS = {"User-Agent": "Parley/1.0", "Accept": "*/*", "Accept-Encoding": "identity"}
TIMEOUT_S = 30.0
MAX_BYTES = 1_048_576
#: Files up to this size stay in memory, larger ones go to the disk.
SPOOL_BYTES = 1_048_576
BLOCK_BYTES = 65_536


class NoAnswer(Exception):
    """The request was written, at least in part, and no clear answer came: it may have been carried out."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the server said. headers: names in lower case; body: the raw bytes, not decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def is_ok(self) -> bool:
        """Is it a 2xx?"""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return orjson.loads(self.body)


class BadStatus(Exception):
    """The server answered a download with something else than the file."""

    def __init__(self, answer: HttpAnswer) -> None:
        super().__init__(f"The server answered with status {answer.status}.")
        self.answer = answer


class Download(SpooledTemporaryFile[bytes]):
    """A file that was fetched whole, open at its beginning. size_bytes; mime: what the server called it."""

    size_bytes = 0
    mime = ""


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    json: Any = None,
    data: Mapping[str, str] | bytes | None = None,
    files: Mapping[str, FilePart] | None = None,
    timeout_s: float = TIMEOUT_S,
    max_bytes: int = MAX_BYTES,
    cut: bool = False,
) -> HttpAnswer:
    """Make one request and read its whole answer, whatever its status.

    Body: `json`; or `data` as form fields or raw bytes; or `files` (with `data` as further fields), streamed.
    timeout_s: for all of it, from the look-up of the name to the last byte; max_bytes: of the answer's body.
    cut: what is beyond them is left unread, and is no reason to refuse the answer.
    Raises AddressRefused, NotSent, NoAnswer, TooLarge.
    """
    body, kind = _body(json, data, files)
    sent_headers = {**({"Content-Type": kind} if kind else {}), **(headers or {})}
    limits = Call(timeout_s=timeout_s, max_bytes=max_bytes)
    with _request(limits, method, url, headers=sent_headers, params=params, data=body) as response:
        return _beginning(response, max_bytes) if cut else _answer(response, max_bytes)


@contextmanager
def download(
    url: str, *, headers: Mapping[str, str] | None = None, timeout_s: float = 60.0, max_bytes: int
) -> Iterator[Download]:
    """Fetch a file into a temporary one that vanishes after the block; large ones stand on the disk.

    Raises BadStatus for anything but a 2xx, and AddressRefused, NotSent, NoAnswer, TooLarge.
    """
    limits = Call(timeout_s=timeout_s, max_bytes=max_bytes)
    with Download(max_size=SPOOL_BYTES) as file:
        with _request(limits, "GET", url, headers=headers) as response:
            if not 200 <= response.status_code < 300:
                raise BadStatus(_head(response))
            file.mime = response.headers.get("content-type", "")
            for block in _blocks(response, max_bytes):
                file.write(block)
                file.size_bytes += len(block)
        file.seek(0)
        yield file


def _body(
    json: Any, data: Mapping[str, str] | bytes | None, files: Mapping[str, FilePart] | None
) -> tuple[Any, str]:
    """The request's body and its content type ("" where requests knows it)."""
    if json is not None:
        return jsonlib.dumps(json, separators=(",", ":"), allow_nan=False).encode(), "application/json"
    if files is not None:
        form = Multipart(data if isinstance(data, Mapping) else {}, files)
        return form, form.content_type
    return data, ""


@contextmanager
def _request(
    limits: Call, method: str, url: str, headers: Mapping[str, str] | None = None, **options: Any
) -> Iterator[Response]:
    """Write one request and give the open answer; any failure in here becomes one of our exceptions."""
    try:
        response = send(Request(method, url, {**HEADERS, **(headers or {})}, **options).prepare(), limits)
        try:
            yield response
        except BaseException:
            response.raw.close()  # What is left of this answer must not meet the next request.
            raise
    except (InvalidURL, InvalidSchema, MissingSchema, LocationParseError):
        raise AddressRefused("This is not an address that can be called.") from None
    except (RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
        raise _failure(limits, url, error) from error


def _failure(limits: Call, url: str, error: Exception) -> NotSent | NoAnswer:
    """Timeouts, resets and broken framing, told apart by the one thing that matters: was a byte written?"""
    host = urlsplit(url).hostname
    if not limits.wrote:
        return NotSent(f"{host} could not be reached: {_cause(error)}.")
    return NoAnswer(f"{host} gave no clear answer: {_cause(error)}.")


def _cause(error: BaseException) -> str:
    """The innermost reason, as short as the system said it; never the address, which may hold a secret."""
    chain = [error]
    while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None and inner not in chain:
        chain.append(inner)
    if any(isinstance(one, TimeoutError) for one in chain):
        return "the time was up"
    for one in reversed(chain):
        if isinstance(one, OSError) and one.strerror:
            return one.strerror.lower()
    return type(chain[-1]).__name__


def _answer(response: Response, max_bytes: int) -> HttpAnswer:
    body = b"".join(_blocks(response, max_bytes))
    return HttpAnswer(response.status_code, _lower(response), body)


def _beginning(response: Response, max_bytes: int) -> HttpAnswer:
    """The answer with so much of its body; a connection on which more would come is given up."""
    body = b""
    while len(body) < max_bytes and (block := response.raw.read(max_bytes - len(body), decode_content=False)):
        body += block
    if len(body) >= max_bytes:
        response.raw.close()
    return HttpAnswer(response.status_code, _lower(response), body)


def _head(response: Response) -> HttpAnswer:
    """The answer with the beginning of its body: enough to tell what is wrong."""
    body = response.raw.read(BLOCK_BYTES, decode_content=False)
    return HttpAnswer(response.status_code, _lower(response), body)


def _lower(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _blocks(response: Response, max_bytes: int) -> Iterator[bytes]:
    """The body as it came over the wire, not decompressed. Raises TooLarge, at best before the first byte."""
    declared = response.headers.get("content-length", "")
    left = max_bytes - (int(declared) if declared.isdecimal() else 0)
    if left < 0:
        raise TooLarge(f"The answer is larger than {max_bytes} bytes.")
    left = max_bytes
    while block := response.raw.read(BLOCK_BYTES, decode_content=False):
        left -= len(block)
        if left < 0:
            raise TooLarge(f"The answer is larger than {max_bytes} bytes.")
        yield block
