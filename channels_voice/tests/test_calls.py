"""Calls: what is asked, what is said, and what reports mean."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_voice.adapter import Adapter
from channels_voice.payloads import parse
from channels_voice.script import answer_call
from channels_voice.tests.contract import ACCOUNT, account
from inbox.ports import Claim, Hook, InboundMessage, Outbound, SendError, StatusReport, StoredCall
from tests.servers import recorded_server

FIXTURES = Path(__file__).parent / "fixtures"
ADA = (Claim("phone", "+447700900123"),)
CALL = StoredCall(
    "This is <Northwind> & co. [pause 1 s] Press 1.",
    {"language": "en-GB", "choices": [{"key": "1", "title": "It was me"}], "repeat_key": "9"},
)


@pytest.fixture
def this_machine_may_be_called(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]


def read(name: str) -> list[Any]:
    return list(parse((FIXTURES / f"{name}.form").read_bytes()))


def asked(step: str, n: int = 1, **fields: str) -> Hook:
    url = "https://parley.example/hooks/voice/0190/?" + urlencode({"ref": "r", "step": step, "n": n})
    form = {"CallSid": "CA1", "CallStatus": "in-progress", "Direction": "outbound-api", **fields}
    return Hook("POST", url, {}, dict(parse_qsl(url.partition("?")[2])), urlencode(form).encode())


def said(hook: Hook, call: StoredCall | None = CALL) -> ElementTree.Element:
    answer = answer_call(hook, call)
    assert (answer.status, answer.content_type) == (200, "text/xml")
    return ElementTree.fromstring(answer.body)


# ---------------------------------------------------------------- placing


def test_a_call_is_placed_without_its_words(this_machine_may_be_called):
    message = Outbound(ref="0190", to=ADA, kind="call", text="A secret payment")
    with recorded_server() as provider:
        provider.answer(201, {"sid": "CA77", "status": "queued"})

        found = Adapter().send(account(provider.url), message)

    fields = parse_qs(provider.asked[0].body.decode())
    assert found.external_id == "CA77"
    assert fields["Url"] == ["https://parley.example/hooks/voice/0190/?ref=0190&step=answer"]
    assert fields["StatusCallback"] == ["https://parley.example/hooks/voice/0190/?ref=0190&step=status"]
    assert fields["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert fields["MachineDetection"] == ["Enable"]
    assert b"secret" not in provider.asked[0].body


@pytest.mark.parametrize("kind", ["image", "template", "reaction"])
def test_what_cannot_be_spoken_is_refused(kind: Any) -> None:
    with pytest.raises(SendError):
        Adapter().send(account("http://127.0.0.1:9"), Outbound(ref="1", to=ADA, kind=kind))


# ---------------------------------------------------------------- stopping


def halted(*answers: tuple[int, Any], **content: Any) -> list[dict[str, list[str]]]:
    """What is asked of the provider when a call is to stop, after these answers of its."""
    with recorded_server() as provider:
        for answer in answers:
            provider.answer(*answer)
        Adapter().halt(account(provider.url), external_id="CA77", content=content)
    assert {one.path for one in provider.asked} <= {f"/2010-04-01/Accounts/{ACCOUNT}/Calls/CA77.json"}
    return [parse_qs(one.body.decode()) for one in provider.asked]


CANCEL, HANG_UP = {"Status": ["canceled"]}, {"Status": ["completed"]}
WRONG_STATE = (400, {"code": 21220, "message": "Call is not in the right state", "status": 400})


def test_a_call_that_rings_is_cancelled(this_machine_may_be_called):
    assert halted((200, {"sid": "CA77", "status": "canceled"})) == [CANCEL]


@pytest.mark.parametrize("first", [(200, {"sid": "CA77", "status": "in-progress"}), WRONG_STATE])
def test_a_call_that_speaks_is_hung_up(this_machine_may_be_called, first: tuple[int, Any]) -> None:
    assert halted(first, (200, {"sid": "CA77", "status": "completed"})) == [CANCEL, HANG_UP]


def test_a_call_that_ended_meanwhile_is_no_error(this_machine_may_be_called):
    unknown = (404, {"code": 20404, "message": "Not found", "status": 404})

    assert halted(WRONG_STATE, WRONG_STATE) == [CANCEL, HANG_UP]
    assert halted(unknown, unknown) == [CANCEL, HANG_UP]


def test_nobody_is_asked_about_a_call_whose_end_was_told(this_machine_may_be_called):
    assert halted(outcome="completed", duration_s=21) == []


def test_a_provider_that_is_away_is_asked_again(this_machine_may_be_called):
    with pytest.raises(SendError) as raised:
        halted((503, {"code": 20503, "message": "Down", "status": 503}))

    assert not raised.value.permanent


def test_a_call_that_was_stopped_is_cancelled_and_has_not_failed() -> None:
    form = {"CallSid": "CA1", "CallStatus": "canceled", "Direction": "outbound-api", "From": "+442079460123"}

    [report] = parse(urlencode(form | {"To": "+447700900123", "CallDuration": "0"}).encode())

    assert isinstance(report, StatusReport)
    assert (report.status, report.error and report.error.reason) == ("cancelled", "cancelled")


# ---------------------------------------------------------------- speaking


def test_a_person_hears_the_script_and_may_press() -> None:
    root = said(asked("answer", AnsweredBy="human"))

    gather, hangup = root
    assert hangup.tag == "Hangup"
    assert (gather.get("numDigits"), gather.get("action")) == ("1", "/hooks/voice/0190/?ref=r&step=key&n=1")
    assert [(part.tag, part.text) for part in gather] == [
        ("Say", "This is <Northwind> & co."), ("Pause", None), ("Say", "Press 1."),
    ]  # fmt: skip
    assert gather[0].get("language") == "en-GB"


@pytest.mark.parametrize(
    ("pause", "content", "spoken"),
    [
        ("0.5", {"language": "en-GB"}, [("Say", "Polly.Amy", "500ms")]),
        ("1.25", {"voice": "Google.en-US-Wavenet-C"}, [("Say", "Google.en-US-Wavenet-C", "1250ms")]),
        ("2", {"language": "en-GB"}, [("Say", None, None), ("Pause", None, None), ("Say", None, None)]),
        ("0.5", {"voice": "woman"}, [("Say", "woman", None), ("Pause", None, None), ("Say", "woman", None)]),
        ("0.5", {"language": "xx"}, [("Say", None, None), ("Pause", None, None), ("Say", None, None)]),
    ],
)
def test_a_pause_is_as_long_as_it_was_asked_for(pause: str, content: Any, spoken: Any) -> None:
    root = said(asked("answer"), StoredCall(f"Hello <you>. [pause {pause} s] Bye.", content))

    marks = [part.find("break") for part in root]
    times = [None if mark is None else mark.get("time") for mark in marks]
    found = [(part.tag, part.get("voice"), time) for part, time in zip(root, times, strict=True)]
    assert found[:-1] == spoken
    assert "".join(root.itertext()) == "Hello <you>.Bye."


def test_a_voicemail_hears_nothing_unless_asked_to() -> None:
    assert [part.tag for part in said(asked("answer", AnsweredBy="machine_start"))] == ["Hangup"]
    speaking = StoredCall(CALL.text, {**CALL.content, "voicemail": "speak"})

    tags = [part.tag for part in said(asked("answer", AnsweredBy="machine_end_beep"), speaking)]

    assert tags == ["Pause", "Say", "Pause", "Say", "Hangup"]


def test_keys_are_thanked_for_repeated_or_asked_for_again() -> None:
    thanked = said(asked("key", Digits="1"))
    again = said(asked("key", Digits="9"))
    wrong = said(asked("key", Digits="5"))
    enough = said(asked("key", n=3, Digits="5"))

    assert [part.tag for part in thanked] == ["Say", "Hangup"]
    assert (again[0].get("action") or "").endswith("n=2")
    assert (wrong[0].get("action") or "").endswith("n=2")
    assert [part.tag for part in enough] == ["Hangup"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("pl-PL", "Dziękujemy"), ("ar", "شكرًا"), ("nb-NO", "Takk"), ("zh-Hans-CN", "谢谢"), ("EN-us", "Thank")],
)
def test_a_key_is_thanked_for_in_the_language_of_the_call(language: str, words: str) -> None:
    call = StoredCall("…", {"language": language, "choices": [{"key": "1"}]})

    thanked, _hangup = said(asked("key", Digits="1"), call)

    assert (thanked.text or "").startswith(words)
    assert thanked.get("language") == language


def test_a_call_nobody_knows_ends_and_reports_hear_nothing() -> None:
    assert [part.tag for part in said(asked("answer"), None)] == ["Hangup"]
    assert list(said(asked("status", CallStatus="completed"), None)) == []


def test_a_call_without_choices_only_speaks() -> None:
    assert [part.tag for part in said(asked("answer"), StoredCall("Hi.", {}))] == ["Say", "Hangup"]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200))
def test_no_text_breaks_the_script(text: str) -> None:
    said(asked("answer"), StoredCall(text, {"language": 'x"<', "choices": [{"key": "1"}]}))


# ---------------------------------------------------------------- reports


def test_ringing_is_sent_and_ordered_by_sequence() -> None:
    [ringing], [completed] = read("01_ringing"), read("04_completed_human")

    assert (ringing.status, ringing.word, ringing.occurred_at.microsecond) == ("sent", "ringing", 1)
    assert (completed.status, completed.occurred_at.microsecond) == ("delivered", 3)
    assert completed.learned == {"duration_s": 21, "answered_by": "human", "outcome": "completed"}


def test_a_pressed_key_is_an_answer_and_proves_a_person() -> None:
    key, heard, read_ = read("03_key")

    assert isinstance(key, InboundMessage)
    assert (key.kind, key.text, key.reply_to, key.external_id) == ("button_reply", "1", "CA93", "CA93:1:1")
    assert key.content == {"digits": "1"}
    assert key.sender.claims == (Claim("phone", "+447700900127"),)
    assert [report.status for report in (heard, read_)] == ["delivered", "read"]


@pytest.mark.parametrize(
    ("name", "reason", "title"),
    [
        ("05_failed", "recipient", "Not a valid phone number"),
        ("06_voicemail", "voicemail", "A voicemail answered"),
        ("08_busy", "busy", "The line was busy"),
    ],
)
def test_calls_that_reach_nobody_say_why(name: str, reason: str, title: str) -> None:
    [report] = read(name)

    assert isinstance(report, StatusReport)
    assert report.status == "failed"
    assert report.error is not None
    assert (report.error.reason, report.error.title) == (reason, title)


def test_completed_alone_proves_nothing() -> None:
    [report] = parse(b"CallSid=CA1&CallStatus=completed&Direction=outbound-api&From=%2B44&To=%2B447700900127")

    assert isinstance(report, StatusReport)
    assert report.status == "sent"


def test_somebody_who_calls_us_left_a_missed_call() -> None:
    [call] = read("07_incoming")

    assert isinstance(call, InboundMessage)
    assert (call.kind, call.content, call.account) == ("call", {"outcome": "missed"}, "+442079460123")
