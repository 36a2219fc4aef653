"""Recorded bodies and what is read in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from channels_sms.payloads import parse
from channels_sms.words import consent_in
from inbox.ports import UNTOLD, InboundMessage, Notice, StatusReport, Unparsable

FIXTURES = Path(__file__).parent / "fixtures"


def read(name: str) -> Any:
    [item] = parse((FIXTURES / f"{name}.form").read_bytes())
    return item


def test_a_text_names_its_writer_and_the_line() -> None:
    item = read("01_text")

    assert isinstance(item, InboundMessage)
    assert (item.text, item.kind, item.account) == ("Where is my order?", "text", "+442079460123")
    assert (item.sender.claims[0].kind, item.sender.claims[0].value) == ("phone", "+447700900127")
    assert item.external_id == "SM6a1f0c2be0d94d7f8b31c5a7e9024d18"
    assert item.occurred_at == UNTOLD


def test_a_picture_message_has_its_files_without_words() -> None:
    item = read("03_mms")

    assert (item.kind, item.text) == ("image", "")
    assert [(file.kind, file.mime, file.media_id) for file in item.files] == [
        ("image", "image/jpeg", "ME01"),
        ("document", "text/vcard", "ME02"),
    ]


def test_stop_is_a_decision_and_still_a_message() -> None:
    item = read("04_stop")

    assert (item.text, item.consent, item.content["keyword"]) == ("Stop", "opted_out", "stop")


@pytest.mark.parametrize(
    ("body", "consent"),
    [
        ("stop", "opted_out"), (" STOP. ", "opted_out"), ("Unsubscribe!", "opted_out"), ("QUIT", "opted_out"),
        ("Start", "opted_in"), ("unstop", "opted_in"), ("HELP", ""),
        ("Please stop the payment", ""), ("don’t stop", ""), ("stop it", ""), ("", ""),
    ],
)  # fmt: skip
def test_only_the_whole_word_decides(body: str, consent: str) -> None:
    assert consent_in(body) == consent


def test_a_short_code_is_no_phone_number() -> None:
    assert read("05_short_code").sender.claims[0].kind == "sender"


def test_a_withheld_number_is_kept_for_admins() -> None:
    item = read("09_anonymous")

    assert isinstance(item, Notice)
    assert item.raw["Body"] == "hi"


def test_reports_are_told_in_our_words() -> None:
    assert [(read(name).status, read(name).external_id) for name in ("06_delivered", "07_undelivered")] == [
        ("delivered", "SM77"),
        ("failed", "SM78"),
    ]
    error = read("07_undelivered").error
    assert (error.code, error.reason, error.title) == (
        "30003", "recipient", "The phone is switched off or out of reach",
    )  # fmt: skip


def test_a_report_brings_back_our_own_reference() -> None:
    item = read("08_with_our_ref")

    assert isinstance(item, StatusReport)
    assert (item.status, item.client_ref) == ("sent", "019300aa-0000-7000-8000-000000000001")


def test_an_unknown_word_is_kept() -> None:
    item = read("10_unknown_status")

    assert isinstance(item, Notice)
    assert not item.known


def test_a_form_about_nothing_is_unparsable() -> None:
    with pytest.raises(Unparsable):
        parse(b"Hello=World")


def test_texts_cannot_break_the_database() -> None:
    [item] = parse(b"MessageSid=SM1&From=%2B447700900127&To=%2B442079460123&Body=a%00b&NumMedia=99999999")

    assert isinstance(item, InboundMessage)
    assert item.text == "a\ufffdb"
