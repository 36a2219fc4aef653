"""The sound and the words of calls come into the conversation, whichever comes first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
import requests

from common.tenancy import tenant_context
from inbox.media import fetch_all
from inbox.models import CallRecord, Channel, ReceiptOutcome, Thread
from tests.api.caller import Caller
from tests.api.conftest import customer_writes, program_of
from tests.api.test_our_calls import allows, dial
from tests.api.test_our_calls import provider as provider
from tests.api.test_our_calls import thread as thread
from tests.calls import connect, event, terminate, told
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph

CALL = "wacid.kept"
WORDS = "Acme: How can I help?\nAda: My card is gone."
SOUND = {"id": "880012300045601", "mime_type": "audio/ogg; codecs=opus"}


def recording(call_id: str = CALL, sound: dict[str, Any] = SOUND, **more: Any) -> dict[str, Any]:
    said = {"type": "audio", "audio": sound}
    return event(call_id, "call_recording_available", call_recording=said, **more)


def transcript(call_id: str = CALL, said: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    said = said or {"type": "text", "text": {"body": WORDS}}
    return event(call_id, "call_transcription_available", call_transcription=said, **more)


def line_of(program: Caller, call_id: str = CALL) -> Any:
    """The call's line in the conversation."""
    [found] = program.get("messages", provider_id=call_id).data["data"]
    return found


def kept(line: Any) -> Any:
    """The kinds and states of its files, and its words."""
    files = [(one["kind"], one["state"]) for one in line["attachments"]]
    return files, line["content"].get("transcript")


TOLD: dict[str, Callable[[], dict[str, Any]]] = {
    "begins": lambda: connect(CALL), "ends": lambda: terminate(CALL, 40),
    "sound": recording, "words": transcript,
}  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(TOLD)), ids="-".join)
def test_in_whatever_order_it_is_told_the_line_has_both_once(
    cast: Cast, program: Caller, order: tuple[str, ...]
) -> None:
    for name in order:
        for _ in range(2):
            told(cast.acme_number, TOLD[name]())

    line = line_of(program)
    assert kept(line) == ([("audio", "pending")], WORDS)
    assert (line["content"]["outcome"], line["content"]["duration_s"]) == ("answered", 40)
    told_of = [one["type"] for one in program.get("events", limit="200").data["data"]]
    came_late = {"sound", "words"} & set(order[order.index("ends") :])
    assert told_of.count("message.attached") == len(came_late)
    assert program_of(cast.globex).get("messages", provider_id=CALL).data["data"] == []


def test_all_of_it_in_one_webhook_is_one_line_with_both(cast: Cast, program: Caller) -> None:
    told(cast.acme_number, transcript(), recording(), terminate(CALL, 40), connect(CALL), recording())

    assert kept(line_of(program)) == ([("audio", "pending")], WORDS)


def test_what_is_told_of_a_call_nobody_knows_is_kept_with_the_reason(cast: Cast, program: Caller) -> None:
    receipt = told(cast.acme_number, recording(), transcript("wacid.other"))

    with tenant_context(cast.acme.id):
        outcome = ReceiptOutcome.objects.get(receipt_id=receipt.id)
        assert (outcome.ignored, outcome.stored) == (2, 0)
        assert "No call with this id is known here" in outcome.items[0]["reason"]
        assert outcome.items[0]["kind"] == "call_record"
        assert CallRecord.objects.filter(is_attached=False).count() == 2
    assert program.get("messages", provider_id=CALL).data["data"] == []


def test_a_call_of_ours_has_them_too_also_what_came_while_it_ran(
    thread: Thread, cast: Cast, provider: FarEnd, alice_calls: Caller, charlie_calls: Caller
) -> None:
    options = {"call_recording": True, "call_transcription": True, "call_purpose": "for quality"}
    path = f"whatsapp/numbers/{cast.acme_number.id}/options"
    assert alice_calls.patch(path, options).status == 200
    allows(provider)
    call = dial(alice_calls, thread).data
    key = call["provider_id"]
    told(cast.acme_number, recording(key, ours=True))
    told(cast.acme_number, terminate(key, 12, ours=True))
    told(cast.acme_number, transcript(key, ours=True))

    line = line_of(alice_calls, key)

    assert kept(line) == ([("audio", "pending")], WORDS)
    assert (line["direction"], line["content"]["duration_s"]) == ("outbound", 12)
    [file] = line["attachments"]
    assert charlie_calls.get(f"attachments/{file['id']}").status == 404


def test_a_transcription_without_words_is_shown_to_admins(cast: Cast) -> None:
    receipt = told(cast.acme_number, transcript(said={"type": "text", "text": {}}))

    with tenant_context(cast.acme.id):
        [item] = ReceiptOutcome.objects.get(receipt_id=receipt.id).items
    assert (item["outcome"], item["reason"]) == (
        "quarantined", "The transcription has neither words nor a file.",
    )  # fmt: skip


def test_both_are_fetched_from_the_provider_and_a_file_of_words_can_be_read(
    committed_cast: Cast, far_end: FarEnd
) -> None:
    number, program = committed_cast.acme_number, program_of(committed_cast.acme)
    far_end.register(ACME_ACCOUNT)
    with tenant_context(committed_cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    customer_writes(number, "I will call you")
    sound = requests.get(f"{far_end.url}/samples/voice", timeout=10).content
    voice, words = upload(far_end, sound, "audio/ogg"), upload(far_end, WORDS.encode(), "text/plain")

    told(number, connect(CALL))
    told(number, terminate(CALL, 40))
    told(number, recording(sound={**SOUND, "id": voice}))
    told(number, transcript(said={"type": "document", "document": {"id": words, "mime_type": "text/plain"}}))
    told(number, recording(sound={**SOUND, "id": "880099999999999"}))
    fetch_all()

    line = line_of(program)
    files = {one["kind"]: one for one in line["attachments"] if one["state"] == "ready"}
    assert line["content"]["transcript"] == WORDS
    assert (files["audio"]["duration_s"] > 1, len(files["audio"]["waveform"]) > 10) == (True, True)
    assert files["document"]["filename"] == "transcript.txt"
    assert [one["state"] for one in line["attachments"]].count("failed") == 1
    link = program.client.get(files["audio"]["url"], headers=program.headers)
    fetched = program.client.get(link.headers["Location"])
    assert b"".join(fetched.streaming_content) == sound  # type: ignore[attr-defined]


def upload(provider: FarEnd, content: bytes, mime: str) -> str:
    """A file at the provider; its id there."""
    files = {"file": ("kept", content, mime)}
    said = {"messaging_product": "whatsapp"}
    return str(graph(provider, "POST", f"{ACME_ACCOUNT}/media", data=said, files=files).json()["id"])


def test_what_calls_leave_behind_needs_a_purpose(cast: Cast, program: Caller) -> None:
    path = f"whatsapp/numbers/{cast.acme_number.id}/options"

    refused = program.patch(path, {"call_recording": True})
    taken = program.patch(path, {"call_recording": True, "call_purpose": "for quality"})
    emptied = program.patch(path, {"call_purpose": " "})

    assert (refused.status, refused.data["errors"][0]["pointer"]) == (400, "/call_purpose")
    assert (taken.status, taken.data["call_recording"]) == (200, True)
    assert (emptied.status, program.get(path).data["call_purpose"]) == (400, "for quality")
