"""Recordings in the one form phones play as voice notes: one channel of Opus in Ogg."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError

OGG = "audio/ogg"
RATE = 48_000
BIT_RATE, LOWEST_BIT_RATE = 32_000, 12_000
LONGEST_S = 900
#: How long one recording may keep a request busy.
PATIENCE_S = 20.0


class BadSound(Exception):
    """It cannot be made into a voice note; the sentence says why."""


class SlowSound(BadSound):
    """There was no time to read all of it."""


def as_voice(recording: BinaryIO) -> bytes:
    """A recording (WebM, MP4, WAV, …) as a voice note. Raises BadSound."""
    out = io.BytesIO()
    write_opus(recording, out, until=time.monotonic() + PATIENCE_S)
    return out.getvalue()


def write_opus(source: BinaryIO, out: BinaryIO, *, until: float, fitting: int | None = None) -> None:
    """Read a recording frame by frame and write it as Opus in Ogg.

    until: on the monotonic clock. fitting: into how many bytes, as far as that leaves it audible.
    Raises BadSound.
    """
    try:
        with av.open(source, "r") as found, av.open(out, "w", format="ogg") as made:
            stream = made.add_stream("libopus", rate=RATE, layout="mono", options={"compression_level": "5"})
            stream.bit_rate = _bit_rate(found, fitting) if fitting else BIT_RATE
            for frame in _frames(found, until):
                made.mux(stream.encode(frame))
            made.mux(stream.encode(None))
    except (FFmpegError, IndexError, ValueError, EOFError):
        raise _broken() from None


def _frames(found: InputContainer, until: float) -> Iterator[av.AudioFrame]:
    """What is heard, in one channel. Raises BadSound."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    samples = 0
    for packet in found.demux(sound_in(found)):
        for part in _heard(packet, resampler):
            samples += part.samples
            yield part
        if samples > LONGEST_S * RATE:
            minutes = LONGEST_S // 60
            raise BadSound(
                f"The recording is longer than {minutes} minutes; shorten it or send it as a document."
            )
        if time.monotonic() > until:
            raise SlowSound("Converting the recording took too long.")
    yield from resampler.resample(None)
    if not samples:
        raise _broken()


def _heard(packet: av.Packet[AudioStream], resampler: av.AudioResampler) -> list[av.AudioFrame]:
    """A packet that cannot be read is left out, as players do."""
    try:
        frames = packet.decode()
    except InvalidDataError:
        return []
    return [part for frame in frames for part in resampler.resample(frame)]


def sound_in(found: InputContainer) -> AudioStream:
    """The first thing to be heard in a file. Raises BadSound."""
    if not found.streams.audio:
        raise _broken()
    return found.streams.audio[0]


def _bit_rate(found: InputContainer, fitting: int) -> int:
    seconds = found.duration / av.time_base if found.duration else 0.0
    wanted = int(fitting * 8 / seconds) if seconds > 0 else BIT_RATE
    return max(LOWEST_BIT_RATE, min(BIT_RATE, wanted))


def _broken() -> BadSound:
    return BadSound("There is no sound in this recording that we can read; it may be broken.")
