"""Words and buttons that stop marketing: only as the whole message, in many languages."""

from __future__ import annotations

import pytest

from channels_whatsapp.stop_words import START, STOP, consent_in, consent_of_button
from channels_whatsapp.tests.bodies import message, only, received


@pytest.mark.parametrize(
    ("text", "decided"),
    [
        ("STOP", "opted_out"), (" Stop! ", "opted_out"), ("*stop*", "opted_out"),
        ("Unsubscribe", "opted_out"),
        ("Opt out", "opted_out"), ("STOPP", "opted_out"), ("Parar", "opted_out"), ("¡BAJA!", "opted_out"),
        ("ARRÊT", "opted_out"), ("Arre\u0302t", "opted_out"), ("Стоп.", "opted_out"), ("إيقاف", "opted_out"),
        ("退订", "opted_out"), ("수신거부", "opted_out"), ("ＳＴＯＰ", "opted_out"),
        ("start", "opted_in"), ("Unstop", "opted_in"), ("Alta", "opted_in"), ("S’abonner", "opted_in"),
        ("Please stop my card", ""), ("stop it, somebody uses my card", ""), ("non-stop", ""), ("cancel", ""),
        ("Yes", ""), ("No", ""), ("", ""), ("🛑", ""), ("stop " * 40, ""),
    ],
)  # fmt: skip
def test_a_typed_word_decides_only_alone(text, decided):
    item = only(received(message(text={"body": text})))

    assert (item.consent, item.text) == (decided, text)


@pytest.mark.parametrize(
    ("text", "payload", "decided"),
    [
        ("Stop promotions", "STOP_PROMO", "opted_out"), ("Stop", "Stop", "opted_out"),
        ("No more of this", "OPT_OUT", "opted_out"), ("Parar", "Parar", "opted_out"),
        ("Send me offers", "start_offers", "opted_in"),
        ("Stop my card", "STOP_CARD", ""), ("Show me", "Show me", ""), ("It was me", "FRAUD_OK", ""),
    ],
)  # fmt: skip
def test_a_template_s_button_decides_by_its_payload_or_its_words(text, payload, decided):
    pressed = message(type="button", text=None, button={"text": text, "payload": payload})

    item = only(received(pressed))

    assert (item.kind, item.text, item.consent) == ("button_reply", text, decided)


def test_a_choice_in_a_conversation_answers_its_question_only():
    reply = {"type": "button_reply", "button_reply": {"id": "stop", "title": "Stop"}}

    assert only(received(message(type="interactive", text=None, interactive=reply))).consent == ""


def test_nobody_decides_for_a_group():
    assert only(received(message(text={"body": "stop"}, group_id="g1"))).consent == ""


def test_no_word_both_stops_and_starts():
    assert not {word for word in STOP if consent_in(word) != "opted_out"}
    assert not {word for word in START if consent_in(word) != "opted_in"}
    assert consent_of_button("", "") == ""
