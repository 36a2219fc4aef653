"""Sound and video by PyAV: how long, how loud, and a browser's recording as the voice note WhatsApp knows."""

import io
import math
from array import array
from collections.abc import Iterator
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

VOICE_MIME = "audio/ogg; codecs=opus"
BARS, LOUDEST = 48, 31
_OPUS_HZ = 48_000
_LOOK_HZ = 8_000
_FRAME = 960


def as_voice_note(content: bytes, mime: str) -> tuple[bytes, str]:
    """Any recording as mono Opus in Ogg, with its MIME type. What cannot be decoded comes back as it was."""
    try:
        return write_voice_note(_frames(content, AudioResampler("s16", "mono", _OPUS_HZ))), VOICE_MIME
    except (av.FFmpegError, IndexError):
        return content, mime


def write_voice_note(frames: Iterator[AudioFrame]) -> bytes:
    """Frames of 48 kHz mono sound as an Ogg file with Opus."""
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as box:
        stream = box.add_stream("libopus", rate=_OPUS_HZ, layout="mono")
        stream.bit_rate = 24_000
        for frame in frames:
            frame.time_base = Fraction(1, _OPUS_HZ)
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))
    return out.getvalue()


def tone(seconds: int) -> bytes:
    """A soft tone that comes and goes: Opus in Ogg."""
    return write_voice_note(_beeps(seconds))


def _beeps(seconds: int) -> Iterator[AudioFrame]:
    wave = [math.sin(2 * math.pi * 200 * n / _OPUS_HZ) for n in range(_FRAME)]  # whole waves, so frames join
    for n in range(seconds * _OPUS_HZ // _FRAME):
        loud = 6_000 * abs(math.sin(math.pi * n * _FRAME / _OPUS_HZ))
        frame = AudioFrame(format="s16", layout="mono", samples=_FRAME)
        frame.sample_rate = _OPUS_HZ
        frame.planes[0].update(array("h", [round(loud * one) for one in wave]).tobytes())
        yield frame


def measure(content: bytes) -> tuple[float | None, list[int] | None]:
    """Seconds, and 48 bars of loudness from 0 to 31; None and None for what cannot be decoded."""
    samples = array("h")
    try:
        for frame in _frames(content, AudioResampler("s16", "mono", _LOOK_HZ)):
            samples.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
    except (av.FFmpegError, IndexError):
        return None, None
    return round(len(samples) / _LOOK_HZ, 2), _bars(samples)


def measure_video(content: bytes) -> tuple[float | None, int | None, int | None]:
    """Seconds, width and height of a video; three Nones for what cannot be opened."""
    try:
        with av.open(io.BytesIO(content), "r") as box:
            picture = box.streams.video[0]
            seconds = round(box.duration / av.time_base, 2) if box.duration else None
            return seconds, picture.width, picture.height
    except (av.FFmpegError, IndexError):
        return None, None, None


def flaw_of_audio(content: bytes, mime: str) -> str | None:
    """Why WhatsApp would not play this sound, or None. Ogg is only taken with mono Opus."""
    try:
        with av.open(io.BytesIO(content), "r") as box:
            stream = box.streams.audio[0]
            found = f"{stream.codec_context.name} with {stream.channels} channels"
    except (av.FFmpegError, IndexError):
        return "The file is not sound."
    good = not mime.startswith("audio/ogg") or found.endswith("opus with 1 channels")
    return None if good else f"Ogg must hold mono Opus; this file holds {found}."


def flaw_of_video(content: bytes) -> str | None:
    """Why WhatsApp would not play this video, or None: it takes H.264 with at most one AAC track."""
    try:
        with av.open(io.BytesIO(content), "r") as box:
            pictures = box.streams.video[0].codec_context.name
            sounds = [stream.codec_context.name for stream in box.streams.audio]
    except (av.FFmpegError, IndexError):
        return "The file is not a video."
    good = pictures == "h264" and sounds in ([], ["aac"])
    return (
        None
        if good
        else f"A video must be H.264 with one AAC track; this one is {pictures} with {sounds or 'none'}."
    )


def _frames(content: bytes, resampler: AudioResampler) -> Iterator[AudioFrame]:
    """The sound of a file as frames of the resampler's format."""
    with av.open(io.BytesIO(content), "r") as box:
        stream = box.streams.audio[0]
        for frame in box.decode(stream):
            frame.pts = None
            yield from resampler.resample(frame)
        yield from resampler.resample(None)


def _bars(samples: "array[int]") -> list[int]:
    """The peaks of equal slices, scaled so that the loudest fills the bar."""
    if not samples:
        return [0] * BARS
    step = max(1, len(samples) // BARS)
    peaks = [max(map(abs, samples[i * step : (i + 1) * step] or array("h", [0]))) for i in range(BARS)]
    top = max(peaks) or 1
    return [round(peak / top * LOUDEST) for peak in peaks]
