"""Recordings in the one form WhatsApp plays as a voice note: Opus in Ogg, one channel.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/audio-messages
(read in September 2026)
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError

from inbox.ports import OutboundFile, SendError

OGG = "audio/ogg"
#: Sent as they are when they are not voice notes; of Ogg only Opus with one channel.
PLAYED = {"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4"}
#: What may be converted; browsers call a recording without pictures video/webm too.
CONVERTS = (
    "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/webm", "video/webm", "audio/flac",
    "audio/x-flac", "audio/x-m4a", "audio/m4a", "audio/mp3", "audio/x-aiff", "audio/aiff", "audio/opus",
    "audio/3gpp", "audio/ogg", "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4",
)  # fmt: skip
LONGEST_S = 900
RATE = 48_000
BIT_RATE, LOWEST_BIT_RATE = 32_000, 12_000
#: A voice note above this size is shown as a file to be downloaded; headers take some of it.
VOICE_BYTES = 500 * 1024
BROKEN = "This is no recording we can read; it may be broken."


def is_taken(file: OutboundFile, stream: BinaryIO) -> bool:
    """Is it sent as it is? Raises SendError for an Ogg file that cannot be read."""
    mime = file.mime.split(";")[0].strip().lower()
    if mime != OGG:
        return file.kind == "audio" and mime in PLAYED
    try:
        with av.open(stream, "r") as found:
            context = _sound(found).codec_context
            return context.name in {"opus", "libopus"} and context.layout.nb_channels == 1
    except FFmpegError:
        raise _broken() from None
    finally:
        stream.seek(0)


def write_opus(source: BinaryIO, out: BinaryIO, *, until: float, is_voice: bool) -> None:
    """Read a recording frame by frame and write it as Opus in Ogg.

    until: on the monotonic clock. Raises SendError when it cannot be read or is too long, and when time is
    up.
    """
    try:
        with av.open(source, "r") as found, av.open(out, "w", format="ogg") as made:
            stream = made.add_stream("libopus", rate=RATE, layout="mono", options={"compression_level": "5"})
            stream.bit_rate = _bit_rate(found) if is_voice else BIT_RATE
            for frame in _frames(found, until):
                made.mux(stream.encode(frame))
            made.mux(stream.encode(None))
    except FFmpegError:
        raise _broken() from None


def _frames(found: InputContainer, until: float) -> Iterator[av.AudioFrame]:
    """What is heard, in one channel. Raises SendError."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    samples = 0
    for packet in found.demux(_sound(found)):
        for part in _heard(packet, resampler):
            samples += part.samples
            yield part
        if samples > LONGEST_S * RATE:
            raise _too_long()
        if time.monotonic() > until:
            raise SendError("unavailable", "Converting the recording took too long.", permanent=False)
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


def _sound(found: InputContainer) -> AudioStream:
    if not found.streams.audio:
        raise _broken()
    return found.streams.audio[0]


def _bit_rate(found: InputContainer) -> int:
    """Such that the note stays small enough to be played in the chat, where its length is told."""
    seconds = found.duration / av.time_base if found.duration else 0.0
    fitting = int(VOICE_BYTES * 8 / seconds) if seconds > 0 else BIT_RATE
    return max(LOWEST_BIT_RATE, min(BIT_RATE, fitting))


def _broken() -> SendError:
    """It cannot be read."""
    return SendError("invalid", BROKEN, permanent=True)


def _too_long() -> SendError:
    said = f"The recording is longer than {LONGEST_S // 60} minutes; shorten it or send it as a document."
    return SendError("invalid", said, permanent=True)
