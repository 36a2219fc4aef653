"""Forty ways to write a type wrongly: each is said with a pointer, and beside its field on the page."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from notifications.checking import publish_faults, shape_faults
from notifications.sheets import blocks_of, field_of
from tests.notifications.conftest import ACTIONS, CONTENT, VARIABLES, rung

GONE = object()
WELL: dict[str, Any] = {
    "variables": VARIABLES,
    "contents": {
        "whatsapp": CONTENT,
        "sms": {"en": {"text": "{{first_name}}, was it you who paid {{amount}}?"}},
        "voice": {"en": {"script": "Hello {{first_name}}. Press 1 for yes.", "repeat_key": "9"}},
    },
    "ladder": [rung("whatsapp"), rung("sms"), rung("voice", reach="answered")],
    "actions": ACTIONS,
    "throttle": {"count": 2, "per_s": 3600},
    "digest": None,
    "ttl_s": 3600,
    "dedupe_window_s": 3600,
    "quiet_hours": "pass",
    "lane": 2,
    "fallback_language": "en",
}
KINDS = {"whatsapp": "whatsapp", "sms": "sms", "voice": "voice"}
NAME, ONCE = "A name has small letters", "A key has small letters"
#: Where, what stands there, the pointer of the fault, part of its sentence, the field of the content page.
CASES: list[tuple[str, Any, str, str, str]] = [
    ("variables/0/name", "First name", "variables/0/name", NAME, "var0__name"),
    ("variables/0/name", "1st", "variables/0/name", NAME, "var0__name"),
    ("variables/0/name", "n" * 41, "variables/0/name", NAME, "var0__name"),
    ("variables/1/name", "first_name", "variables/1/name", "used twice", "var1__name"),
    ("variables/0/name", GONE, "variables/0/name", "missing", "var0__name"),
    ("variables/0/type", "colour", "variables/0/type", "A type is one of", "var0__type"),
    ("variables/2/max", 0, "variables/2/max", "above 0", "var2__max"),
    ("variables/2/max", "many", "variables/2/max", "above 0", "var2__max"),
    ("variables/0/personal", "yes", "variables/0", "true or false", "var0__name"),
    ("variables/0/colour", "red", "variables/0/colour", "no such field", "var0__colour"),
    ("variables/0/example", "", "variables/0/example", "needs an example", "var0__example"),
    ("variables/1/example", "12 euros", "variables/1/example", "takes money", "var1__example"),
    ("variables/2/example", "E" * 61, "variables/2/example", "60 allowed", "var2__example"),
    ("variables/3/example", "44 17", "variables/3/example", "takes a code", "var3__example"),
    ("variables", {}, "variables", "a list of at most", ""),
    ("contents/sms/en/text", "", "contents/sms/en/text", "missing", "sms__text"),
    ("contents/sms/en/text", 7, "contents/sms/en/text", "takes a text", "sms__text"),
    ("contents/sms/en/text", "Hi {{nobody}}", "contents/sms/en", "{{nobody}} is not declared", "sms__text"),
    ("contents/sms/en/text", "a" * 1601, "contents/sms/en", "1601 characters; 1600", "sms__text"),
    ("contents/sms/en/colour", "red", "contents/sms/en/colour", "no such field", "sms__colour"),
    ("contents/sms/en", {"script": "Hello"}, "contents/sms/en", "SMS takes text content", "sms__text"),
    ("contents/sms/en", {}, "contents/sms/en", "Content is", "sms__text"),
    ("contents/sms/english", {"text": "Hi"}, "contents/sms/english", "written like en", ""),
    ("contents/whatsapp/en/name", "", "contents/whatsapp/en/name", "missing", "whatsapp__name"),
    ("contents/whatsapp/en/language", GONE, "contents/whatsapp/en/language", "missing", "whatsapp__language"),
    (
        "contents/whatsapp/en/body",
        ["Ada", " "],
        "contents/whatsapp/en/body",
        "list of texts",
        "whatsapp__body",
    ),
    ("contents/whatsapp/en/header", "Hi", "contents/whatsapp/en/header", "list of texts", "whatsapp__header"),
    ("contents/whatsapp/en/body/0", "{{who}}", "contents/whatsapp/en", "{{who}} is not", "whatsapp__text"),
    (
        "contents/whatsapp/en/buttons",
        [{"press": "me"}],
        "contents/whatsapp/en/buttons",
        "Each button is",
        "whatsapp__button0",
    ),
    (
        "contents/whatsapp/en/buttons/1",
        {"action": "maybe"},
        "contents/whatsapp/en/buttons/1",
        "no action maybe",
        "whatsapp__button1",
    ),
    ("contents/voice/en/script", "", "contents/voice/en/script", "missing", "voice__script"),
    ("contents/voice/en/repeat_key", 9, "contents/voice/en/repeat_key", "takes a text", "voice__repeat_key"),
    ("contents/voice/en/script", "{{x}}", "contents/voice/en", "{{x}} is not declared", "voice__script"),
    ("contents/pigeon", {"en": {"text": "Coo"}}, "contents/pigeon/en", "No kind of channel is called", ""),
    ("ladder", [], "ladder", "at least one channel", ""),
    ("ladder/0/reach", "heard", "ladder/0/reach", "This is one of", ""),
    ("ladder/0/patience_s", 4, "ladder/0/patience_s", "5 to 259200", ""),
    ("ladder/1/channel", "pigeon", "ladder/1/channel", "There is no channel pigeon", ""),
    ("contents/voice", GONE, "ladder/2", "no content for voice in en", ""),
    ("actions/1/key", "it_was_me", "actions/1/key", ONCE, ""),
    ("actions/0/title", " ", "actions/0/title", "1 to 60", ""),
    ("actions/0/digit", "12", "actions/0/digit", "one key of a telephone", ""),
    ("actions/0/digit", 1, "actions/0/digit", "one key of a telephone, as a text", ""),
    ("actions/1/digit", "1", "actions/1/digit", "Another answer has the key 1 already", ""),
    (
        "contents/voice/en/repeat_key",
        "2",
        "contents/voice/en/repeat_key",
        "An answer has the key 2 already",
        "voice__repeat_key",
    ),
    (
        "contents/voice/en/repeat_key",
        "99",
        "contents/voice/en/repeat_key",
        "one key of a telephone",
        "voice__repeat_key",
    ),
    ("actions/0/then", {"jump": True}, "actions/0/then", "This takes", ""),
    ("actions/1/then/thread/priority", "soon", "actions/1/then/thread/priority", "one of none", ""),
    ("throttle", {"count": 2}, "throttle", "count and per_s", ""),
    ("digest", {"window_s": -1}, "digest/window_s", "above 0", ""),
    ("ttl_s", 1, "ttl_s", "10 to 2592000", ""),
    ("lane", 1, "lane", "urgent, utility or marketing", ""),
    ("quiet_hours", "sometimes", "quiet_hours", "obey or pass", ""),
    ("fallback_language", "English", "fallback_language", "written like en", ""),
]


def written(place: str, value: Any) -> dict[str, Any]:
    """The version with one thing changed."""
    version = copy.deepcopy(WELL)
    *way, last = [int(part) if part.isdecimal() else part for part in place.split("/")]
    inside: Any = version
    for part in way:
        inside = inside[part]
    if value is GONE:
        del inside[last]
    else:
        inside[last] = value
    return version


def faults(version: dict[str, Any]) -> list[tuple[str, str]]:
    return shape_faults(version) or publish_faults(version, KINDS)


def test_what_is_written_well_has_no_fault() -> None:
    assert faults(WELL) == []
    assert len(CASES) >= 40


@pytest.mark.parametrize(("place", "value", "pointer", "sentence", "field"), CASES)
def test_what_is_wrong_is_said_where_it_stands(
    place: str, value: Any, pointer: str, sentence: str, field: str
) -> None:
    found = faults(written(place, value))

    assert f"/{pointer}" in [fault[0] for fault in found], found
    said = next(words for where, words in found if where == f"/{pointer}")
    assert sentence in said
    blocks = blocks_of(WELL["contents"], WELL["ladder"], "en")
    assert field_of(f"/{pointer}", "en", blocks, range(len(VARIABLES))) == field
