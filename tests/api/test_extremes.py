"""Files and texts at the edge of what can be: kept whole, or refused with their reason."""

from __future__ import annotations

import io
import math
import struct
import wave

import av
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from inbox.models import Thread
from tests.api.caller import Caller
from tests.api.conftest import Writes


def file(name: str, mime: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=mime)


def recording(seconds: float = 1) -> bytes:
    """A tone, as no phone takes it."""
    out = io.BytesIO()
    samples = [int(9000 * math.sin(n / 20)) for n in range(int(seconds * 16_000))]
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out.getvalue()


def silent_film() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=10, width=64, height=48, pix_fmt="yuv420p")
        for shade in range(10):
            frame = av.VideoFrame.from_image(Image.new("RGB", (64, 48), (shade * 20, 90, 90)))
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return out.getvalue()


def test_a_recording_becomes_a_voice_note_as_phones_play_it(bob_calls: Caller) -> None:
    answer = bob_calls.upload("attachments", kind="voice", file=file("note", "audio/wav", recording()))

    made = answer.data
    assert (answer.status, made["kind"], made["mime"]) == (201, "voice", "audio/ogg")
    assert made["duration_s"] == pytest.approx(1, abs=0.1)
    assert max(made["waveform"]) == 31


@pytest.mark.parametrize("data", [b"\x1aE\xdf\xa3 nothing more", silent_film()])
def test_a_recording_without_sound_is_refused(bob_calls: Caller, data: bytes) -> None:
    answer = bob_calls.upload("attachments", kind="voice", file=file("note", "audio/webm", data))

    assert (answer.code, answer.pointers) == ("file_type", ["/file"])
    assert "no sound in this recording" in answer.data["detail"]


def test_a_film_without_sound_has_its_first_picture_and_a_broken_one_none(bob_calls: Caller) -> None:
    silent = bob_calls.upload("attachments", file=file("film.mp4", "video/mp4", silent_film())).data
    broken = bob_calls.upload("attachments", file=file("film.mp4", "video/mp4", silent_film()[:200])).data

    assert (silent["width"], silent["height"], silent["duration_s"]) == (64, 48, pytest.approx(1, abs=0.2))
    assert silent["preview_url"]
    assert (broken["state"], broken["width"], broken["preview_url"]) == ("ready", None, None)


def test_fifty_files_in_one_message_are_refused(bob_calls: Caller, thread: Thread) -> None:
    one = bob_calls.upload("attachments", file=file("a.pdf", "application/pdf", b"%PDF-1.4")).data["id"]

    answer = bob_calls.post(f"threads/{thread.id}/messages", {"attachment_ids": [one] * 50})

    assert (answer.status, answer.pointers) == (400, ["/attachment_ids"])


@pytest.mark.parametrize("text", ["W" * 4096, "👨‍👩‍👧👍🏾" * 250])
def test_the_longest_word_and_five_hundred_emoji_are_kept_whole(
    bob_calls: Caller, writes: Writes, text: str
) -> None:
    thread = writes(text).thread
    sent = bob_calls.post(f"threads/{thread.id}/messages", {"text": text})

    assert (sent.status, sent.data["text"]) == (201, text)
    found = bob_calls.get(f"threads/{thread.id}/timeline").data["data"]
    assert [entry["message"]["text"] for entry in found if entry["type"] == "message"] == [text, text]
    assert bob_calls.post(f"threads/{thread.id}/messages", {"text": "W" * 4097}).code == "text_too_long"
