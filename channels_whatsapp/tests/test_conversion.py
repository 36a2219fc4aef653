"""Files WhatsApp does not take become files it takes, on their way out; each made here for real."""

from __future__ import annotations

import io
import tracemalloc
from typing import Any

import av
import pytest
from PIL import Image

from channels_whatsapp import conversion, recordings, stickers
from channels_whatsapp.adapter import LIMITS, Adapter
from channels_whatsapp.conversion import ready
from channels_whatsapp.tests.making import TAKEN, a_file, account, outbound
from channels_whatsapp.tests.real_files import picture, recording, voice_note
from common import sound
from inbox.ports import SendError
from tests.servers import Recorded

RECORDINGS: list[tuple[str, str, dict[str, Any]]] = [
    ("voice", "audio/wav", {}),
    ("voice", "audio/webm", {"codec": "libopus", "box": "webm"}),
    ("voice", "video/webm", {"codec": "libopus", "box": "webm", "layout": "mono"}),
    ("voice", "audio/mpeg", {"codec": "libmp3lame", "box": "mp3", "rate": 44_100}),
    ("voice", "audio/mp4", {"codec": "aac", "box": "mp4", "rate": 44_100}),
    ("voice", "audio/ogg", {"codec": "libopus", "box": "ogg"}),
    ("audio", "audio/wav", {"layout": "mono", "rate": 8_000}),
    ("audio", "audio/flac", {"codec": "flac", "box": "flac"}),
    ("audio", "audio/ogg; codecs=opus", {"codec": "libopus", "box": "ogg"}),
]


def made_of(kind: str, mime: str, content: bytes, name: str = "note.x") -> tuple[bytes, str, str]:
    """What is uploaded in a file's place: bytes, type and name."""
    with ready(a_file(kind, mime, name, content)) as made:
        return made.stream.read(), made.mime, made.filename


def frames_of(found: Image.Image) -> int:
    return int(getattr(found, "n_frames", 1))


def refused(kind: str, mime: str, content: bytes) -> SendError:
    with pytest.raises(SendError) as caught:
        made_of(kind, mime, content)
    return caught.value


@pytest.mark.parametrize(("kind", "mime", "how"), RECORDINGS)
def test_recording_becomes_opus_in_ogg_with_one_channel(kind, mime, how):
    content, made, name = made_of(kind, mime, recording(0.5, **how))

    with av.open(io.BytesIO(content), "r") as found:
        sound = found.streams.audio[0].codec_context
        assert (found.format.name, sound.name, sound.layout.name) == ("ogg", "opus", "mono")
        assert 0.4 < (found.duration or 0) / av.time_base < 0.7
    assert (made, name) == ("audio/ogg", "note.ogg")


@pytest.mark.parametrize(
    ("kind", "mime", "content"),
    [
        ("voice", "audio/ogg; codecs=opus", voice_note()),
        ("audio", "audio/ogg", voice_note()),
        ("audio", "audio/mpeg", b"as it is"),
        ("sticker", "image/webp", picture((512, 512), "WEBP")),
        ("image", "image/png", b"as it is"),
        ("document", "application/pdf", b"as it is"),
    ],
)
def test_what_is_taken_goes_as_it_is(kind, mime, content):
    assert made_of(kind, mime, content) == (content, mime, "note.x")


@pytest.mark.parametrize(
    ("mime", "content"),
    [
        ("image/png", picture((900, 300), "PNG")),
        ("image/jpeg", picture((300, 900), "JPEG")),
        ("image/webp", picture((64, 64), "WEBP")),
        ("image/png", picture((700, 700), "PNG", noise=60)),
    ],
)
def test_picture_becomes_a_still_sticker_within_its_limit(mime, content):
    sticker, made, name = made_of("sticker", mime, content, "cat.png")

    with Image.open(io.BytesIO(sticker)) as found:
        assert (found.format, found.size, frames_of(found)) == ("WEBP", (512, 512), 1)
    assert len(sticker) <= 100 * 1024
    assert (made, name) == ("image/webp", "cat.webp")


def test_picture_keeps_its_shape_on_a_clear_ground():
    sticker, *_ = made_of("sticker", "image/png", picture((900, 300), "PNG"))

    found = Image.open(io.BytesIO(sticker)).convert("RGBA")
    top, middle = found.getpixel((256, 10)), found.getpixel((256, 256))
    assert (top[3], middle[3]) == (0, 255)  # type: ignore[index]


def test_picture_that_moves_keeps_moving_within_its_limit():
    sticker, *_ = made_of("sticker", "image/gif", picture((200, 120), "GIF", frames=60))

    with Image.open(io.BytesIO(sticker)) as found:
        assert found.size == (512, 512)
        assert frames_of(found) == 30  # every second one of sixty, since at most forty are kept
        length_ms = sum(_duration(found, n) for n in range(frames_of(found)))
    assert len(sticker) <= 500 * 1024
    assert length_ms == 60 * 50


def _duration(found: Image.Image, n: int) -> int:
    found.seek(n)
    found.load()
    return int(found.info["duration"])


@pytest.mark.parametrize(
    ("kind", "mime", "content"),
    [
        ("voice", "audio/wav", b"no recording at all"),
        ("voice", "audio/ogg", b"OggS but no more"),
        ("voice", "video/webm", recording(0.2, codec="libopus", box="webm")[:60]),
        ("audio", "audio/flac", b""),
        ("sticker", "image/png", b"no picture"),
        ("sticker", "image/png", picture((90, 90), "PNG", noise=60)[:300]),
        ("sticker", "image/webp", b""),
    ],
)
def test_broken_file_is_refused_with_a_sentence_and_without_a_call(graph: Recorded, kind, mime, content):
    with pytest.raises(SendError) as caught:
        Adapter().send(
            account(graph.url), outbound(kind=kind, text="", file=a_file(kind, mime, "f", content))
        )

    error = caught.value
    assert (error.reason, error.permanent, error.may_have_sent) == ("invalid", True, False)
    assert "may be broken" in error.detail
    assert graph.asked == []


def test_broken_part_of_a_recording_costs_only_that_part():
    whole = bytearray(recording(2, codec="libmp3lame", box="mp3", rate=44_100))
    whole[len(whole) // 2 : len(whole) // 2 + 400] = b"\x00" * 400

    content, *_ = made_of("voice", "audio/mpeg", bytes(whole))

    with av.open(io.BytesIO(content), "r") as found:
        assert (found.duration or 0) / av.time_base > 1.5


def test_recording_that_is_too_long_is_refused_and_never_stands_in_memory(monkeypatch):
    monkeypatch.setattr(sound, "LONGEST_S", 4)
    content = recording(8, layout="mono", rate=8_000)

    tracemalloc.start()
    error = refused("voice", "audio/wav", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (error.reason, error.permanent) == ("invalid", True)
    assert "longer than" in error.detail
    assert peak < len(content)


def test_huge_picture_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(stickers, "PIXELS_MAX", 90_000)

    error = refused("sticker", "image/png", picture((301, 300), "PNG"))

    assert (error.permanent, "too many pixels" in error.detail) == (True, True)


@pytest.mark.parametrize(
    ("kind", "mime", "content"),
    [("voice", "audio/wav", recording(0.3)), ("sticker", "image/png", picture((90, 90), "PNG"))],
)
def test_conversion_that_takes_too_long_is_tried_again_later(monkeypatch, kind, mime, content):
    monkeypatch.setattr(conversion, "CONVERT_S", -1.0)

    error = refused(kind, mime, content)

    assert (error.reason, error.permanent, error.may_have_sent) == ("unavailable", False, False)


def test_long_voice_note_is_written_small_enough_to_be_played_in_the_chat(monkeypatch):
    monkeypatch.setattr(recordings, "VOICE_BYTES", 20_000)

    note, *_ = made_of("voice", "audio/wav", recording(8, layout="mono", rate=8_000))
    file, *_ = made_of("audio", "audio/wav", recording(8, layout="mono", rate=8_000))

    assert len(note) < 0.8 * len(file)


def test_limits_say_what_may_be_given_and_what_was_made_is_sent(graph: Recorded):
    voice, sticker = LIMITS.files["voice"], LIMITS.files["sticker"]
    graph.answer(200, {"id": "88"})
    graph.answer(200, TAKEN)

    Adapter().send(
        account(graph.url),
        outbound(kind="voice", text="", file=a_file("voice", "audio/wav", "n.wav", recording(0.3))),
    )

    assert voice.most_bytes("audio/wav") == voice.max_bytes
    assert (sticker.most_bytes("image/webp"), sticker.most_bytes("image/tiff")) == (5 * 1_048_576, 0)
    assert b"n.ogg" in graph.asked[0].body
    assert graph.asked[-1].json["audio"] == {"id": "88", "voice": True}
