"""Files: uploaded to be sent, and the way to their bytes."""

from __future__ import annotations

import io
import os
import resource
import struct
import wave
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from common.tenancy import tenant_context
from inbox.models import Attachment
from tests.api.caller import Caller
from tests.cast import Cast

#: Tags of EXIF: which way up, and where.
ORIENTATION, GPS = 0x0112, 0x8825


def picture(width: int = 64, height: int = 48) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(data, "PNG")
    return SimpleUploadedFile("photo.png", data.getvalue(), content_type="image/png")


def pdf(name: str = "terms.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 terms", content_type="application/pdf")


def test_a_picture_is_kept_with_its_size_and_a_preview(bob_calls: Caller) -> None:
    answer = bob_calls.upload("attachments", file=picture())

    assert answer.status == 201
    file = answer.data
    assert (file["kind"], file["mime"], file["state"]) == ("image", "image/png", "ready")
    assert (file["width"], file["height"], file["filename"]) == (64, 48, "photo.png")
    assert bob_calls.get(f"attachments/{file['id']}").data == file


@pytest.mark.parametrize("caller", ["bob_calls", "program"])
def test_the_link_leads_to_the_bytes_and_needs_no_sign_in_itself(
    cast: Cast, caller: str, request: pytest.FixtureRequest
) -> None:
    calls: Caller = request.getfixturevalue(caller)
    file = calls.upload("attachments", file=pdf()).data

    sent = calls.get(f"attachments/{file['id']}/content")
    bytes_ = Client().get(sent.headers["Location"])

    assert file["url"] == f"/api/v1/attachments/{file['id']}/content"
    assert sent.status == 302
    assert b"".join(bytes_.streaming_content) == b"%PDF-1.4 terms"  # type: ignore[attr-defined]
    assert "attachment" in bytes_.headers["Content-Disposition"]
    assert calls.get(f"attachments/{file['id']}/content", variant="preview").code == "not_found"


def test_a_photo_leaves_without_the_place_it_was_taken_at_and_stands_upright(bob_calls: Caller) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(data, "JPEG", exif=exif)

    file = bob_calls.upload(
        "attachments", file=SimpleUploadedFile("p.jpg", data.getvalue(), content_type="image/jpeg")
    ).data
    link = bob_calls.get(f"attachments/{file['id']}/content").headers["Location"]
    kept = b"".join(Client().get(link).streaming_content)  # type: ignore[attr-defined]

    assert (file["width"], file["height"], file["size_bytes"]) == (48, 64, len(kept))
    assert not Image.open(io.BytesIO(kept)).getexif()


@pytest.mark.parametrize(("side", "status"), [(9_000, 201), (40_000, 415)])
def test_a_small_file_that_is_a_huge_picture_is_never_unpacked(
    bob_calls: Caller, side: int, status: int
) -> None:
    bomb = SimpleUploadedFile("bomb.png", blank_png(side), content_type="image/png")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    answer = bob_calls.upload("attachments", file=bomb)

    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert answer.status == status
    assert grown_kb < 100_000
    assert answer.data.get("preview_url") is None


def blank_png(side: int) -> bytes:
    """A picture of one colour whose pixels take side² / 8 bytes at the very least; the file is small."""
    row = bytes(1 + (side + 7) // 8)
    packer = zlib.compressobj()
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    parts = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", pixels), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_a_kind_can_be_chosen(bob_calls: Caller) -> None:
    assert bob_calls.upload("attachments", file=pdf(), kind="document").data["kind"] == "document"


def wav(content: bytes | None = None) -> SimpleUploadedFile:
    data = io.BytesIO()
    with wave.open(data, "wb") as out:
        out.setparams((1, 2, 8_000, 0, "NONE", ""))
        out.writeframes(bytes(8_000))
    return SimpleUploadedFile("note.wav", content or data.getvalue(), content_type="audio/wav")


def test_a_recording_that_a_channel_makes_its_own_of_is_taken_and_measured(bob_calls: Caller) -> None:
    file = bob_calls.upload("attachments", file=wav(), kind="audio").data

    assert (file["kind"], file["mime"], file["duration_s"]) == ("audio", "audio/wav", 0.5)


def test_a_broken_recording_is_refused_with_a_sentence(cast: Cast, bob_calls: Caller) -> None:
    refused = bob_calls.upload("attachments", file=wav(b"RIFF but no more"))

    assert (refused.status, refused.code, refused.pointers) == (415, "file_type", ["/file"])
    assert "no recording we can read" in refused.data["detail"]
    with tenant_context(cast.acme.id):
        assert not Attachment.objects.exists()


def test_what_no_channel_takes_is_refused_with_the_reason(cast: Cast, bob_calls: Caller) -> None:
    program = SimpleUploadedFile("run.exe", b"MZ", content_type="application/x-msdownload")

    refused = bob_calls.upload("attachments", file=program)

    assert (refused.status, refused.code, refused.pointers) == (415, "file_type", ["/file"])
    assert "x-msdownload" in refused.data["detail"]
    with tenant_context(cast.acme.id):
        assert not Attachment.objects.exists()


def test_a_picture_too_large_for_every_channel_is_refused_with_the_limit(bob_calls: Caller) -> None:
    data = io.BytesIO()
    Image.frombytes("RGB", (1_500, 1_500), os.urandom(1_500 * 1_500 * 3)).save(data, "PNG", compress_level=0)
    file = SimpleUploadedFile("noise.png", data.getvalue(), content_type="image/png")

    answer = bob_calls.upload("attachments", file=file)

    assert (answer.status, answer.code, answer.pointers) == (413, "file_too_large", ["/file"])
    assert "5.0 MB" in answer.data["detail"]


def test_a_file_larger_than_any_is_refused_before_it_is_read(bob_calls: Caller, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1_048_576
    file = SimpleUploadedFile("large.pdf", b"x" * 2_000_000, content_type="application/pdf")

    answer = bob_calls.upload("attachments", file=file)

    assert (answer.status, answer.code) == (413, "file_too_large")
    assert "1 MB" in answer.data["detail"]


def test_a_picture_that_is_none_is_refused(bob_calls: Caller) -> None:
    file = SimpleUploadedFile("photo.png", b"<svg onload=alert(1)>", content_type="image/png")

    assert bob_calls.upload("attachments", file=file).code == "file_type"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({}, "/file"),
        ({"file": "text"}, "/file"),
        ({"kind": "hologram"}, "/kind"),
        ({"colour": "red"}, "/colour"),
        ({"file": SimpleUploadedFile("empty.pdf", b"", content_type="application/pdf")}, "/file"),
    ],
)
def test_a_wrong_form_is_refused(bob_calls: Caller, fields: dict[str, Any], pointer: str) -> None:
    given = fields if "file" in fields or not fields else {"file": pdf(), **fields}

    answer = bob_calls.upload("attachments", **given)

    assert (answer.status, answer.pointers) == (400, [pointer])


def test_a_body_that_is_no_form_is_refused(bob_calls: Caller) -> None:
    answer = bob_calls.client.post("/api/v1/attachments", b"{}", content_type="application/json")
    broken = bob_calls.client.post("/api/v1/attachments", b"x", content_type="multipart/form-data")

    assert (answer.status_code, broken.status_code) == (415, 400)


def test_charlie_of_globex_sees_none_of_it(bob_calls: Caller, charlie_calls: Caller) -> None:
    file = bob_calls.upload("attachments", file=picture()).data

    assert charlie_calls.get(f"attachments/{file['id']}").status == 404
    assert charlie_calls.get(f"attachments/{file['id']}/content").status == 404
