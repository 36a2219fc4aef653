"""What a notification says: values as people write them, and content as messages for each form of channel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from notifications.checking import publish_faults
from notifications.contents import languages_to_try, pick_language, render
from notifications.given import GIVEN, given_values
from notifications.links import choices_link
from notifications.operations.answers import action_of, plain
from notifications.operations.starter import starters
from notifications.variables import data_faults, data_schema, examples_of, filled, written
from tests.notifications.conftest import ACTIONS, CONTENT, DATA, VARIABLES, rung


def one(kind: str, value: Any, language: str) -> str:
    return written([{"name": "x", "type": kind}], {"x": value}, language)["x"]


@pytest.mark.parametrize(
    ("kind", "value", "language", "text"),
    [
        ("money", {"amount": 124000, "currency": "EUR"}, "en", "€ 1,240.00"),
        ("money", {"amount": 124000, "currency": "BRL"}, "pt-BR", "R$ 1.240,00"),
        ("money", {"amount": 500, "currency": "JPY"}, "en", "¥ 500"),
        ("money", {"amount": -1, "currency": "CHF"}, "en", "CHF -0.01"),
        ("number", 1234.5, "en", "1,234.5"),
        ("number", 1234.5, "pt", "1.234,5"),
        ("date", "2026-11-29", "en", "29 Nov 2026"),
        ("date", "2026-11-29T18:40:00Z", "pt", "29/11/2026 18:40"),
        ("date", "2026-11-29T18:40:00Z", "de-AT", "29.11.2026 18:40"),
        ("text", "as it is", "en", "as it is"),
    ],
)
def test_values_are_written_as_people_write_them(kind: str, value: Any, language: str, text: str) -> None:
    assert one(kind, value, language) == text


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("text", ""), ("text", "  "), ("text", 5), ("money", {"amount": 1.5, "currency": "EUR"}),
        ("money", {"amount": 1, "currency": "eur"}), ("phone", "07700 900123"), ("date", "tomorrow"),
        ("number", "5"), ("url", "http://plain.example"), ("url", "javascript:alert(1)"), ("code", "a b"),
    ],
)  # fmt: skip
def test_wrong_values_are_named(kind: str, wrong: Any) -> None:
    [(pointer, sentence)] = data_faults([{"name": "x", "type": kind, "required": True}], {"x": wrong})

    assert pointer == "/x"
    assert sentence.endswith(".")


@pytest.mark.parametrize("key", sorted(starters()))
def test_the_schema_shown_is_a_schema_and_takes_the_examples(key: str) -> None:
    variables = starters()[key]["variables"]

    Draft202012Validator.check_schema(data_schema(variables))
    assert data_faults(variables, examples_of(variables)) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_no_data_whatever_is_more_than_a_list_of_faults(data: Any) -> None:
    assert isinstance(data_faults(VARIABLES, data), list)


def test_languages_fall_back_step_by_step() -> None:
    assert languages_to_try("pt_BR", "en") == ["pt-BR", "pt", "en"]
    assert pick_language({"en": 1, "pt": 2}, "pt-BR", "en") == "pt"
    assert pick_language({"en": 1}, "fr", "en") == "en"
    assert pick_language({"fr": 1}, "pt", "en") is None


def test_a_template_gets_its_values_and_its_buttons_their_actions() -> None:
    values = written(VARIABLES, DATA | {"merchant": "Two\n  lines"}, "en")

    words = render(CONTENT["en"], values=values, data=DATA, language="en", actions=ACTIONS, ref="n1")

    assert words.template is not None
    body, yes, no = words.template["components"]
    assert [p["text"] for p in body["parameters"]] == ["Ada", "€ 1,240.00", "Two lines", "4417"]
    assert [b["parameters"][0]["payload"] for b in (yes, no)] == ["n1:it_was_me", "n1:not_me"]
    assert words.content["choices"][1] == {"key": "not_me", "title": "Not me"}


def test_the_house_gives_variables_that_nobody_declares() -> None:
    ours = given_values(UUID(int=1), UUID(int=2), gathered=3)
    contents = {"sms": {"en": {"text": "{{digest_count}} {{choices_link}} {{else}}"}}}
    version = {
        "variables": [], "contents": contents, "ladder": [rung("sms")], "actions": [], "digest": None,
        "fallback_language": "en", "lane": 2,
    }  # fmt: skip

    assert set(ours) == set(GIVEN)
    assert ours["digest_count"] == "3"
    assert ours["choices_link"] == choices_link(UUID(int=1), UUID(int=2))
    assert [said for _, said in publish_faults(version, {"sms": "sms"})] == [
        "{{else}} is not declared as a variable."
    ]


def test_a_call_has_a_script_keys_and_words_for_the_machine() -> None:
    content = {
        "script": "Hello {{first_name}}. [pause 0.5 s] Press 1.",
        "repeat_key": "9",
        "voicemail": "Call us.",
    }

    words = render(content, values={"first_name": "Ada"}, data={}, language="en", actions=ACTIONS, ref="n1")

    assert (words.kind, words.text) == ("call", "Hello Ada. [pause 0.5 s] Press 1.")
    assert words.content == {
        "language": "en",
        "choices": [{"key": "1", "title": "It was me"}, {"key": "2", "title": "Not me"}],
        "repeat_key": "9",
        "voicemail": "Call us.",
    }


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ({"content": {"payload": "n1:not_me"}, "text": "?"}, "not_me"),
        ({"content": {"digits": "2"}, "text": ""}, "not_me"),
        ({"content": {}, "text": " YES. "}, "it_was_me"),
        ({"content": {}, "text": "1"}, "it_was_me"),
        ({"content": {}, "text": "not ME!"}, "not_me"),
        ({"content": {}, "text": "no idea"}, ""),
        ({"content": {}, "text": ""}, ""),
    ],
)
def test_an_answer_is_known_by_button_key_or_word(message: Any, action: str) -> None:
    assert action_of(ACTIONS, message) == action


def test_words_lose_case_and_punctuation() -> None:
    assert plain("  NÃO!! ") == "não"
    assert filled("{{a}} and {{ b }} and {{c}}", {"a": "1", "b": "2"}) == "1 and 2 and "
