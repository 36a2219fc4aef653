"""The bytes of a webhook, their signature, the verification call, and the HTTP client that carries both."""

import hashlib
import hmac
import json
import secrets
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore

_ANSWER_SHOWN = 2_000


def encode(body: Any) -> bytes:
    """JSON as the provider writes it: every non-ASCII character as \\uXXXX, every slash as \\/."""
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode("ascii")


def signature_headers(app_secret: str, body: bytes) -> list[tuple[bytes, bytes]]:
    """The signature over exactly these bytes; the old SHA-1 one travels along, as it does in reality."""
    key = app_secret.encode()
    return [
        (b"X-Hub-Signature", b"sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest().encode()),
        (b"X-Hub-Signature-256", b"sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest().encode()),
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: HTTP status, the first bytes of the body, headers in lower case."""

    status: int
    body: bytes
    headers: dict[str, str]


class Refused(Exception):
    """A server could not be reached, or broke off; the text says how."""


class Client:
    """Keep-alive connections to the receivers of webhooks, and to servers that media links point at.

    detour: an origin, and the one to connect to in its place. Signatures and the Host are the first one's, as
    where a proxy stands before the receiver.
    """

    def __init__(self, detour: tuple[str, str] = ("", "")) -> None:
        self._known_as, self._reached_at = detour
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(), max_connections=64, keepalive_expiry=30
        )

    async def post(self, url: str, body: bytes, app_secret: str, timeout_s: float) -> Answer:
        """Send a signed webhook. Raises Refused."""
        headers = [
            *_common_headers(url),
            (b"Content-Type", b"application/json"),
            (b"Content-Length", str(len(body)).encode()),
            *signature_headers(app_secret, body),
        ]
        return await self._call("POST", url, headers, body, timeout_s, _ANSWER_SHOWN)

    async def post_as(
        self, url: str, headers: list[tuple[bytes, bytes]], body: bytes, timeout_s: float, max_bytes: int
    ) -> Answer:
        """Send a body with these headers beside the host's. Raises Refused."""
        whole = [(b"Host", urlsplit(url).netloc.encode()), *headers]
        return await self._call("POST", url, whole, body, timeout_s, max_bytes)

    async def get(self, url: str, timeout_s: float = 10, max_bytes: int = _ANSWER_SHOWN) -> Answer:
        """Fetch an address; redirects are not followed, no more than `max_bytes` are read. Raises Refused."""
        return await self._call("GET", url, _common_headers(url), b"", timeout_s, max_bytes)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def _call(
        self,
        method: str,
        url: str,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        timeout_s: float,
        max_bytes: int,
    ) -> Answer:
        timeouts = {"connect": min(timeout_s, 5), "read": timeout_s, "write": timeout_s, "pool": timeout_s}
        try:
            async with self._pool.stream(
                method, self._road(url), headers=headers, content=body, extensions={"timeout": timeouts}
            ) as response:
                answer = await _first_bytes(response.aiter_stream(), max_bytes)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            raise Refused(type(error).__name__) from error
        except (httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            raise Refused(f"not an address: {error}") from error
        named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, answer, named)

    def _road(self, url: str) -> str:
        known = self._known_as
        is_there = known and self._reached_at and (url == known or url.startswith(f"{known}/"))
        return self._reached_at + url.removeprefix(known) if is_there else url


async def verify(client: Client, url: str, verify_token: str) -> Answer | None:
    """Ask a callback address to prove itself. None = it did; otherwise what it answered. Raises Refused."""
    challenge = str(10**8 + secrets.randbelow(10**10))
    query = urlencode({"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token})
    answer = await client.get(f"{url}{'&' if urlsplit(url).query else '?'}{query}")
    proven = answer.status == 200 and secrets.compare_digest(answer.body, challenge.encode())
    return None if proven else answer


def _common_headers(url: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"Host", urlsplit(url).netloc.encode()),
        (b"User-Agent", b"facebookexternalua"),
        (b"Accept", b"*/*"),
    ]


async def _first_bytes(stream: AsyncIterator[bytes], max_bytes: int) -> bytes:
    """Read a body to its end, or to the limit."""
    parts = bytearray()
    async for part in stream:
        parts += part
        if len(parts) >= max_bytes:
            break
    return bytes(parts[:max_bytes])
