"""Customers' files: asked for with our password at the provider, fetched without it where that leads.

https://www.twilio.com/docs/messaging/api/media-resource (read in November 2026)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from common.http import AddressRefused, BadStatus, Download, NoAnswer, NotSent, TooLarge, download
from inbox.ports import Account, SendError
from telephony.rest import base, basic, unclear

DOWNLOAD_S = 50.0
HOPS = 4


@contextmanager
def fetch(account: Account, *, media_id: str, url: str, max_bytes: int) -> Iterator[BinaryIO]:
    """Stream one file. Raises SendError; permanent when it is gone or larger than max_bytes."""
    if not _is_theirs(url, account):
        raise SendError("config", "The file's address is not the provider's.", permanent=True)
    with ExitStack() as stack:
        yield cast(BinaryIO, _follow(stack, account, url, max_bytes))


def _is_theirs(url: str, account: Account) -> bool:
    try:
        there, api = urlsplit(url), urlsplit(base(account))
    except ValueError:
        return False
    return (there.scheme, there.netloc) == (api.scheme, api.netloc) or (
        there.scheme == "https" and (there.hostname or "").endswith(".twilio.com")
    )


def _follow(stack: ExitStack, account: Account, url: str, max_bytes: int) -> Download:
    """The password goes with the first request only, never along with a redirect."""
    for hop in range(HOPS):
        headers = {} if hop else basic(account)
        try:
            return stack.enter_context(
                download(url, headers=headers, timeout_s=DOWNLOAD_S, max_bytes=max_bytes)
            )
        except BadStatus as error:
            url = _next(error)
        except TooLarge:
            said = f"The file is larger than {max_bytes // 1_048_576} MB."
            raise SendError("invalid", said, permanent=True) from None
        except AddressRefused as error:
            raise SendError("config", str(error), permanent=True) from None
        except (NotSent, NoAnswer) as error:
            raise SendError("unavailable", str(error), permanent=False) from None
    raise SendError("unavailable", "The file's address leads in a circle.", permanent=False)


def _next(error: BadStatus) -> str:
    """Where a redirect leads. Raises SendError for every other answer."""
    answer = error.answer
    if answer.status in {301, 302, 303, 307, 308} and answer.headers.get("location", "").startswith("http"):
        return answer.headers["location"]
    if answer.status in {404, 410}:
        raise SendError("invalid", "The provider no longer has this file.", permanent=True)
    said = unclear(answer.status, answer.headers, sends=False)
    raise SendError(said.reason, said.detail, permanent=said.reason == "auth")
