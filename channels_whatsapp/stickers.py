"""Pictures as stickers: WebP of 512 × 512 pixels, below WhatsApp's limits of size.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/sticker-messages
(read in September 2026)
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image, ImageOps

from inbox.ports import OutboundFile, SendError

WEBP = "image/webp"
CONVERTS = ("image/webp", "image/png", "image/jpeg", "image/gif")
SIDE = 512
STILL_BYTES, MOVING_BYTES = 100 * 1024, 500 * 1024
#: What is opened at all: a small file can hold a huge picture.
PIXELS_MAX = 40_000_000
FRAMES_MAX, LONGEST_MS = 40, 10_000
#: Tried in this order until one is small enough: quality, and every how many frames one is kept.
STILL_TRIES = ((85, 1), (60, 1), (30, 1), (5, 1))
MOVING_TRIES = ((75, 1), (40, 1), (25, 2), (5, 4))
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)


def is_taken(file: OutboundFile, stream: BinaryIO) -> bool:
    """Is it sent as it is? Raises SendError when it cannot be read."""
    try:
        with Image.open(stream) as found:
            is_moving = getattr(found, "is_animated", False)
            most = MOVING_BYTES if is_moving else STILL_BYTES
            return found.format == "WEBP" and found.size == (SIDE, SIDE) and file.size_bytes <= most
    except UNREADABLE:
        raise _broken() from None
    finally:
        stream.seek(0)


def write_sticker(source: BinaryIO, out: BinaryIO, *, until: float) -> None:
    """Fit a picture into the square and write it; one that moves keeps moving.

    until: on the monotonic clock. Raises SendError when it cannot be read or made small enough, and when
    time is up.
    """
    try:
        with Image.open(source) as found:
            if found.width * found.height > PIXELS_MAX:
                raise _refused("The picture has too many pixels for a sticker.")
            frames, shown_ms = _frames(found, until)
    except UNREADABLE:
        raise _broken() from None
    out.write(_small_enough(frames, shown_ms, until))


def _frames(found: Image.Image, until: float) -> tuple[list[Image.Image], list[int]]:
    """The pictures in the square, and how long each is shown; of a long film as many as may stand in one."""
    count = getattr(found, "n_frames", 1)
    step = -(-count // FRAMES_MAX)
    frames: list[Image.Image] = []
    shown_ms: list[int] = []
    for n in range(count):
        _hurry(until)
        found.seek(n)
        duration = max(8, int(found.info.get("duration") or 100))
        if n % step:
            shown_ms[-1] += duration
            continue
        frames.append(_squared(found))
        shown_ms.append(duration)
        if sum(shown_ms) >= LONGEST_MS:
            break
    return frames, shown_ms


def _squared(picture: Image.Image) -> Image.Image:
    """Upright, as large as fits, in the middle of nothing."""
    turned = ImageOps.exif_transpose(picture).convert("RGBA")
    return ImageOps.pad(turned, (SIDE, SIDE), color=(0, 0, 0, 0))


def _small_enough(frames: list[Image.Image], shown_ms: list[int], until: float) -> bytes:
    """Raises SendError."""
    is_moving = len(frames) > 1
    for quality, step in MOVING_TRIES if is_moving else STILL_TRIES:
        _hurry(until)
        found = _webp(frames[::step], list(_sums(shown_ms, step)), quality)
        if len(found) <= (MOVING_BYTES if is_moving else STILL_BYTES):
            return found
    raise _refused("The picture cannot be made small enough for a sticker; send it as a picture.")


def _sums(shown_ms: list[int], step: int) -> Iterator[int]:
    return (sum(shown_ms[n : n + step]) for n in range(0, len(shown_ms), step))


def _webp(frames: list[Image.Image], shown_ms: list[int], quality: int) -> bytes:
    made = io.BytesIO()
    first, *rest = frames
    if rest:
        first.save(
            made,
            "WEBP",
            save_all=True,
            append_images=rest,
            duration=shown_ms,
            loop=0,
            quality=quality,
            method=1,
        )
    else:
        first.save(made, "WEBP", quality=quality)
    return made.getvalue()


def _hurry(until: float) -> None:
    if time.monotonic() > until:
        raise SendError("unavailable", "Making the sticker took too long.", permanent=False)


def _broken() -> SendError:
    return _refused("This is no picture we can read; it may be broken.")


def _refused(detail: str) -> SendError:
    return SendError("invalid", detail, permanent=True)
