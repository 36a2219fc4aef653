"""What Meta is asked to keep of calls, and how it tells of it."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.call_records import asked_of
from channels_whatsapp.tests.bodies import META, change, only
from channels_whatsapp.tests.making import ADA, account
from inbox.ports import InboundCallRecord, InboundFile, Json, Notice
from tests.servers import Recorded

SOUND = {"id": "8800", "sha256": "c2hh", "mime_type": "audio/ogg; codecs=opus", "url": "https://a.example/x"}
CHOSEN = {"call_recording": True, "call_purpose": "to improve our service", "call_language": "de"}
ASKED = {"status": "ENABLED", "purpose": "to improve our service", "announcement_language": "de"}


def told(**call: Any) -> Any:
    said = {"id": "wacid.1", "timestamp": "1790000130", **call}
    return only(change({**META, "calls": [said]}, "calls"))


def test_a_recording_is_a_file_of_the_call() -> None:
    item = told(event="call_recording_available", call_recording={"type": "audio", "audio": SOUND})

    assert isinstance(item, InboundCallRecord)
    assert (item.external_id, item.what, item.text) == ("wacid.1", "recording", "")
    assert item.file == InboundFile(
        "audio", "8800", "audio/ogg; codecs=opus", "", "https://a.example/x", "c2hh"
    )


@pytest.mark.parametrize(
    "said",
    [
        {"call_transcription": {"type": "text", "text": {"body": "Hello"}}},
        {"call_transcription": {"text": "Hello"}},
        {"transcription": {"body": "Hello"}},
        {"call_transcription": {"transcript": "Hello"}},
    ],
)
def test_a_transcription_may_be_words(said: Json) -> None:
    item = told(event="call_transcription_available", **said)

    assert (item.what, item.text, item.file) == ("transcript", "Hello", None)


@pytest.mark.parametrize(
    ("name", "kind"), [("document", "document"), ("text", "document"), ("audio", "audio")]
)
def test_a_transcription_may_be_a_file(name: str, kind: str) -> None:
    item = told(event="call_transcription_available", call_transcription={name: {"id": "8801"}})

    assert (item.file.kind, item.file.media_id, item.file.mime) == (kind, "8801", "text/plain")
    assert item.file.filename == "transcript.txt"


@pytest.mark.parametrize(
    "said",
    [
        {"event": "call_recording_available"},
        {"event": "call_recording_available", "call_recording": {"audio": {"url": "https://a.example"}}},
        {"event": "call_transcription_available", "call_transcription": {"text": {}}},
        {"event": "call_transcription_available", "call_transcription": "Hello"},
    ],
)
def test_one_that_holds_nothing_is_shown_to_admins(said: Json) -> None:
    item = told(**said)

    assert isinstance(item, Notice)
    assert (item.known, item.detail.endswith(".")) == (False, True)


@pytest.mark.parametrize(
    ("config", "asked"),
    [
        ({}, {}),
        ({"call_recording": "yes"}, {}),
        (CHOSEN, {"recording": ASKED}),
        ({**CHOSEN, "call_recording": False, "call_transcription": True}, {"transcription": ASKED}),
        ({"call_recording": True, "call_transcription": True}, {
            "recording": {"status": "ENABLED"}, "transcription": {"status": "ENABLED"},
        }),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_what_was_chosen(config: Json, asked: Json) -> None:
    assert asked_of(config) == asked


def test_it_is_asked_for_when_a_call_is_taken_and_when_one_is_made(graph: Recorded) -> None:
    number = account(graph.url, config=CHOSEN)
    for answer in ({"success": True}, {"success": True}, {"calls": [{"id": "wacid.2"}]}):
        graph.answer(200, answer)

    Adapter().accept_call(number, external_id="wacid.1", sdp="v=0")
    Adapter().start_call(number, to=ADA, sdp="v=0", ref="r")

    ready, taken, made = (asked.json for asked in graph.asked)
    assert "recording" not in ready
    assert (taken["action"], taken["recording"]) == ("accept", ASKED)
    assert (made["action"], made["recording"]) == ("connect", ASKED)
