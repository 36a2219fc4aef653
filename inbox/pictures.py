"""What a file looks or sounds like: size and preview of pictures, length and waveform of recordings."""

from __future__ import annotations

import io
import logging
from array import array
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.error import FFmpegError
from PIL import Image, ImageOps

from inbox.files import FileStore

log = logging.getLogger(__name__)

PIXELS_MAX = 40_000_000
PREVIEW_PX = 720
BARS = 48
#: A recording is decoded for its waveform up to this length only.
WAVEFORM_S = 600
RATE = 8000


@dataclass(frozen=True, slots=True)
class Looks:
    """width, height in pixels; duration_s; waveform: 48 levels 0…31. What is not known is None."""

    preview_key: str = ""
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    waveform: list[int] | None = None


def look_at(store: FileStore, key: str, *, kind: str, mime: str) -> Looks:
    """Measure a stored file; a file that cannot be read is kept without measures, never refused."""
    try:
        if kind in {"image", "sticker"}:
            return _picture(store, key)
        if kind in {"audio", "voice"}:
            return _sound(store, key)
        if kind == "video":
            return _film(store, key)
    except (OSError, ValueError, SyntaxError, FFmpegError, Image.DecompressionBombError) as error:
        log.info("a file could not be measured: %s", type(error).__name__, extra={"kind": kind})
    return Looks()


def _picture(store: FileStore, key: str) -> Looks:
    with store.open(key) as file, Image.open(file) as found:
        if found.width * found.height > PIXELS_MAX:
            return Looks(width=found.width, height=found.height)
        picture = ImageOps.exif_transpose(found)
        width, height = picture.size
        return Looks(_preview(store, picture), width, height)


def without_place(file: BinaryIO) -> bytes | None:
    """A JPEG as it is to leave the house: turned upright and without EXIF, where phones note the place.

    None when there is nothing to remove, when it is no JPEG, or when it is too large to be opened safely.
    """
    with Image.open(file) as found:
        if found.format != "JPEG" or not found.getexif() or found.width * found.height > PIXELS_MAX:
            return None
        out = io.BytesIO()
        ImageOps.exif_transpose(found).save(
            out, "JPEG", quality=92, icc_profile=found.info.get("icc_profile")
        )
        return out.getvalue()


def _preview(store: FileStore, picture: Image.Image) -> str:
    """A small WebP without EXIF: what a list of messages loads."""
    picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    picture.thumbnail((PREVIEW_PX, PREVIEW_PX))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80)
    key, _, _ = store.write([out.getvalue()])
    return key


def _sound(store: FileStore, key: str) -> Looks:
    with av.open(str(store.path(key))) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        peaks: list[float] = []
        samples = 0
        for frame in container.decode(container.streams.audio[0]):
            for part in resampler.resample(frame):
                peaks.append(_peak(part))
                samples += part.samples
            if samples > WAVEFORM_S * RATE:
                break
        length = float(container.duration / av.time_base) if container.duration else 0.0
    return Looks(duration_s=round(max(length, samples / RATE), 2), waveform=_bars(peaks))


def is_recording(file: BinaryIO) -> bool:
    """Can something be heard in it? Only its beginning is read."""
    try:
        with av.open(file) as container:
            return bool(container.streams.audio)
    except (FFmpegError, ValueError):
        return False
    finally:
        file.seek(0)


def _peak(frame: av.AudioFrame) -> float:
    """The loudest of a frame's samples (16 bits, mono), 0…32768."""
    samples = array("h", bytes(frame.planes[0])[: frame.samples * 2])
    return float(max(map(abs, samples), default=0))


def _bars(peaks: list[float]) -> list[int]:
    if not peaks:
        return [0] * BARS
    top = max(peaks) or 1.0
    chunk = len(peaks) / BARS
    groups = (peaks[int(n * chunk) : max(int((n + 1) * chunk), int(n * chunk) + 1)] for n in range(BARS))
    return [min(31, round(31 * max(group, default=0.0) / top)) for group in groups]


def _film(store: FileStore, key: str) -> Looks:
    with av.open(str(store.path(key))) as container:
        stream = container.streams.video[0]
        length = float(container.duration / av.time_base) if container.duration else None
        is_huge = stream.width * stream.height > PIXELS_MAX
        frame = None if is_huge else next(container.decode(stream), None)
        if frame is None:
            return Looks(width=stream.width, height=stream.height, duration_s=length)
        return Looks(_preview(store, frame.to_image()), frame.width, frame.height, length)
