"""Real recordings and pictures, made here."""

from __future__ import annotations

import io
from array import array
from math import sin
from typing import Any

import av
from PIL import Image

RATE = 48_000


def recording(
    seconds: float, *, codec: str = "pcm_s16le", box: str = "wav", layout: str = "stereo", rate: int = RATE
) -> bytes:
    """A tone in any codec and container."""
    out = io.BytesIO()
    with av.open(out, "w", format=box) as made:
        stream: Any = made.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate)
        for second in range(int(seconds * 10)):
            frame = av.AudioFrame("s16", "mono", RATE // 10)
            frame.planes[0].update(_tone().tobytes())
            frame.rate, frame.pts = RATE, second * RATE // 10
            for part in resampler.resample(frame):
                made.mux(stream.encode(part))
        made.mux(stream.encode(None))
    return out.getvalue()


def _tone() -> array[int]:
    return array("h", (int(9_000 * sin(n / 17)) for n in range(RATE // 10)))


def voice_note() -> bytes:
    """What WhatsApp plays as one."""
    return recording(0.4, codec="libopus", box="ogg", layout="mono")


def picture(size: tuple[int, int], form: str, *, frames: int = 1, noise: float = 0, **keys: Any) -> bytes:
    """A picture, or as many in a row that each differ."""
    made = [_one(size, form, n, noise) for n in range(frames)]
    out = io.BytesIO()
    more = {"save_all": True, "append_images": made[1:], "duration": 50, "loop": 0} if frames > 1 else {}
    made[0].save(out, form, **more, **keys)
    return out.getvalue()


def _one(size: tuple[int, int], form: str, n: int, noise: float) -> Image.Image:
    if noise:
        return Image.effect_noise(size, noise).convert("RGB")
    return Image.new("RGB" if form == "JPEG" else "RGBA", size, (20 * n % 256, 120, 200))
