"""Files to send without having any: photo, voice note, video, document, sticker. Made when asked for."""

import hashlib
import io
import math
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image, ImageDraw, ImageFilter

from simulator import sound


@dataclass(frozen=True, slots=True)
class Sample:
    """A built-in file: its bytes, and what it is sent as."""

    content: bytes
    mime: str
    filename: str
    kind: str


@lru_cache
def sample(name: str) -> Sample:
    """The built-in file of this name. Raises KeyError for an unknown one."""
    mime, filename, kind, make = _MAKERS[name]
    return Sample(make(), mime, filename, kind)


def _photo() -> bytes:
    """A bank card on a wooden table, with the grain of a camera."""
    picture = _table(960, 720)
    card = Image.new("RGBA", (520, 320), (0, 0, 0, 0))
    draw = ImageDraw.Draw(card)
    draw.rounded_rectangle((0, 0, 519, 319), 28, fill=(24, 70, 140, 255))
    draw.rounded_rectangle((44, 100, 124, 160), 10, fill=(222, 184, 92, 255))
    for group in range(4):
        draw.rounded_rectangle((44 + group * 112, 206, 130 + group * 112, 224), 8, fill=(226, 234, 246, 255))
    turned = card.rotate(9, expand=True, resample=Image.Resampling.BICUBIC)
    shadow = Image.new("RGBA", turned.size, (0, 0, 0, 150))
    shadow.putalpha(turned.getchannel("A").filter(ImageFilter.GaussianBlur(10)).point(lambda a: a * 0.6))
    picture.paste(shadow, (214, 190), shadow)
    picture.paste(turned, (200, 170), turned)
    return _saved(picture, "JPEG", quality=86)


def _table(width: int, height: int) -> Image.Image:
    """Wooden boards: brown noise drawn out sideways, with a seam between boards."""
    noise = Image.frombytes("L", (40, height), hashlib.shake_128(b"wood").digest(40 * height))
    noise = noise.resize((width, height))
    grain = noise.filter(ImageFilter.GaussianBlur(1.2))
    wood = Image.merge("RGB", [grain.point(lambda v, base=base: base + v // 9) for base in (112, 76, 48)])
    draw = ImageDraw.Draw(wood)
    for y in range(0, height, 144):
        draw.line((0, y, width, y), fill=(70, 46, 30), width=3)
    return wood


def _voice() -> bytes:
    """Four seconds that rise and fall like speech."""
    return sound.write_voice_note(_speech(4.0))


def _speech(seconds: float) -> Iterator[AudioFrame]:
    """Hummed syllables as 20 ms frames of 48 kHz mono."""
    rate, size = 48_000, 960
    for index in range(int(seconds * rate / size)):
        start = index * size
        loudness = 9000 * abs(math.sin(index / 9)) * (0.35 + 0.65 * abs(math.sin(index / 31)))
        pitch = 150 + 35 * math.sin(index / 17)
        wave = (int(loudness * math.sin(math.tau * pitch * (start + i) / rate)) for i in range(size))
        frame = AudioFrame(format="s16", layout="mono", samples=size)
        frame.planes[0].update(array("h", wave).tobytes())
        frame.sample_rate, frame.pts = rate, start
        yield frame


def _video() -> bytes:
    """Two seconds of a ball crossing an evening sky: H.264 in MP4."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as box:
        stream = box.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.thread_count = 1  # several threads may choose differently: the same bytes every time
        for index in range(24):
            box.mux(stream.encode(_frame(_scene(index / 23))))
        box.mux(stream.encode(None))
    return out.getvalue()


def _frame(picture: Image.Image) -> VideoFrame:
    frame: VideoFrame = VideoFrame.from_image(picture)
    return frame


def _scene(way: float) -> Image.Image:
    """One picture of the video; `way` runs from 0 to 1."""
    picture = Image.linear_gradient("L").resize((320, 240))
    scene = Image.merge(
        "RGB", (picture.point(lambda v: 40 + v * 0.7), picture.point(lambda v: 60 + v // 3), picture)
    )
    x, y = 20 + way * 260, 190 - math.sin(way * math.pi) * 130
    ImageDraw.Draw(scene).ellipse((x, y, x + 34, y + 34), fill=(250, 214, 110))
    return scene


def _sticker() -> bytes:
    """A smiling face on nothing."""
    face = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    draw = ImageDraw.Draw(face)
    draw.ellipse((36, 36, 476, 476), fill=(255, 204, 64, 255), outline=(214, 150, 20, 255), width=10)
    for x in (170, 302):
        draw.ellipse((x, 170, x + 44, 240), fill=(70, 48, 20, 255))
    draw.arc((140, 190, 372, 390), 20, 160, fill=(70, 48, 20, 255), width=20)
    return _saved(face, "WEBP", quality=80)


def _document() -> bytes:
    """A one-page PDF, written by hand."""
    text = b"BT /F1 24 Tf 72 740 Td (Invoice 2026-1123) Tj 0 -40 Td /F1 12 Tf (Amount due: 124.00) Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + tail % (table, len(out))


def _saved(picture: Image.Image, form: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


_MAKERS: dict[str, tuple[str, str, str, Callable[[], bytes]]] = {
    "photo": ("image/jpeg", "photo.jpg", "image", _photo),
    "voice": (sound.VOICE_MIME, "voice.ogg", "voice", _voice),
    "video": ("video/mp4", "video.mp4", "video", _video),
    "document": ("application/pdf", "invoice.pdf", "document", _document),
    "sticker": ("image/webp", "sticker.webp", "sticker", _sticker),
}
NAMES = tuple(_MAKERS)
