"""Files a message only points at: which they are, and the way to one of them.

Anybody may have written these addresses, so nobody's browser follows them: our one outbound client does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from PIL import Image

from common.http import AddressRefused, BadStatus, NoAnswer, NotSent, TooLarge, download
from inbox.files import INLINE
from inbox.ports import Json, SendError

#: What can be shown in a conversation, and as what; a document is opened by whoever wants to.
SHOWN = {"image": "image", "video": "video", "gif": "video"}
#: A message names one above its words, or one on each of ten cards.
MOST = 10
LINK_CHARS = 2_000
MAX_BYTES = 16 * 1_048_576
FETCH_S = 12.0
#: An MP4 or 3GP says so after the length of its first box.
FILM = b"ftyp"


def linked_files(content: Json) -> list[tuple[str, str]]:
    """(kind, address) of each file that a message's content points at to be shown, as {"image": {"link": …}}
    at any depth; each once."""
    return list(dict.fromkeys(_pointed_at(content)))[:MOST]


def _pointed_at(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, list):
        for one in part:
            yield from _pointed_at(one)
    if isinstance(part, dict):
        for name, one in part.items():
            if name in SHOWN and isinstance(one, dict) and _is_address(one.get("link")):
                yield SHOWN[name], one["link"]
            yield from _pointed_at(one)


def _is_address(link: Any) -> bool:
    return isinstance(link, str) and link.startswith(("https://", "http://")) and len(link) <= LINK_CHARS


@contextmanager
def open_link(link: str) -> Iterator[BinaryIO]:
    """The bytes behind an address. Raises SendError, permanent where asking again is of no use."""
    try:
        with download(link, timeout_s=FETCH_S, max_bytes=MAX_BYTES) as file:
            yield cast(BinaryIO, file)
    except (AddressRefused, TooLarge) as error:
        raise SendError("invalid", str(error), permanent=True) from None
    except BadStatus as error:
        passes = error.answer.status >= 500 or error.answer.status == 429
        raise SendError("unavailable", str(error), permanent=not passes) from None
    except (NotSent, NoAnswer) as error:
        raise SendError("unavailable", str(error), permanent=False) from None


def mime_of(file: BinaryIO, kind: str) -> str:
    """What a file is by its bytes, whatever its server calls it. Raises SendError for what is not shown."""
    found = "video/mp4" if kind == "video" and file.read(12)[4:8] == FILM else ""
    file.seek(0)
    if kind == "image":
        found = _picture(file)
    if found not in INLINE:
        what = "picture" if kind == "image" else "film"
        raise SendError("invalid", f"There is no {what} at this address that can be shown.", permanent=True)
    return found


def _picture(file: BinaryIO) -> str:
    try:
        with Image.open(file) as picture:
            return Image.MIME.get(picture.format or "", "")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""
    finally:
        file.seek(0)
