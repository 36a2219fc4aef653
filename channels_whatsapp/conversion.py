"""Files that WhatsApp does not take as they are: made into what it takes, while they are sent.

It happens outside any transaction, in the worker, with the original kept as it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from channels_whatsapp import recordings, stickers
from common.sound import OGG
from inbox.ports import OutboundFile

#: Of the time there is for one upload.
CONVERT_S = 15.0
IN_MEMORY = 1_048_576


@dataclass(frozen=True, slots=True)
class Ready:
    """A file as it is uploaded. stream: seekable."""

    filename: str
    mime: str
    stream: BinaryIO


@contextmanager
def ready(file: OutboundFile) -> Iterator[Ready]:
    """The file as WhatsApp takes it: itself, or what was made of it. Raises SendError."""
    with file.open() as stream:
        if (make := _maker(file, stream)) is None:
            yield Ready(file.filename, file.mime, stream)
            return
        stream.seek(0)
        with SpooledTemporaryFile(IN_MEMORY) as out:
            made = cast(BinaryIO, out)
            mime, suffix = make(stream, made, file, time.monotonic() + CONVERT_S)
            made.seek(0)
            yield Ready(
                f"{file.filename.rpartition('.')[0] or file.filename or file.kind}{suffix}", mime, made
            )


Maker = Callable[[BinaryIO, BinaryIO, OutboundFile, float], tuple[str, str]]


def _maker(file: OutboundFile, stream: BinaryIO) -> Maker | None:
    """What makes this file into one that is taken; None when it is one. Raises SendError."""
    if file.kind in {"audio", "voice"}:
        return None if recordings.is_taken(file, stream) else _recording
    if file.kind == "sticker":
        return None if stickers.is_taken(file, stream) else _sticker
    return None


def _recording(source: BinaryIO, out: BinaryIO, file: OutboundFile, until: float) -> tuple[str, str]:
    recordings.write_opus(source, out, until=until, is_voice=file.kind == "voice")
    return OGG, ".ogg"


def _sticker(source: BinaryIO, out: BinaryIO, file: OutboundFile, until: float) -> tuple[str, str]:
    stickers.write_sticker(source, out, until=until)
    return stickers.WEBP, ".webp"
