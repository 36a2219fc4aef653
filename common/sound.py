"""Recordings as phones take them."""

from __future__ import annotations

import io
from typing import BinaryIO

import av
from av.error import FFmpegError

OGG = "audio/ogg"
RATE = 48_000
BIT_RATE = 32_000


class BadSound(Exception):
    """There is nothing in it that could be heard."""


def as_voice(recording: BinaryIO) -> bytes:
    """A recording (WebM, MP4, WAV, …) as a voice note: one channel of Opus in Ogg. Raises BadSound."""
    out = io.BytesIO()
    try:
        with av.open(recording, "r") as heard, av.open(out, "w", format="ogg") as told:
            stream = told.add_stream("libopus", rate=RATE, layout="mono", bit_rate=BIT_RATE)
            for frame in heard.decode(audio=0):
                frame.pts = None
                told.mux(stream.encode(frame))
            told.mux(stream.encode(None))
    except (FFmpegError, IndexError, ValueError, EOFError):
        raise BadSound from None
    return out.getvalue()
