"""What an agent reads when WhatsApp refuses a message: what happened, and what to do."""

from __future__ import annotations

from channels_whatsapp.errors import CODES, FAMILIES, provider_error
from channels_whatsapp.graph import _refusal
from channels_whatsapp.hints import HINTS, advice
from common.http import HttpAnswer

#: Codes of calls, registration, templates and blocking: no message of an agent meets them. The rest of the
#: list says what is wrong in the request itself, which the provider's own words name.
SPECIFIC = {100, 131008, 131009, 132007, 132008, 132012, 132018}


def test_every_refusal_of_a_person_says_what_to_do() -> None:
    of_groups_and_calls = {code for family, _ in FAMILIES for code in family}
    about_people = {
        code
        for code, ruling in CODES.items()
        if ruling.reason in {"recipient", "window_closed", "opted_out"} and code not in of_groups_and_calls
    }

    assert about_people - HINTS.keys() == set()
    assert HINTS.keys() - CODES.keys() == set()
    assert not HINTS.keys() & SPECIFIC
    for code in HINTS:
        said = advice(code, CODES[code].title, CODES[code].fix)
        assert said.endswith(".")
        assert ".." not in said
        assert said[0].isupper()


def test_what_only_an_admin_can_put_right_says_so() -> None:
    held = {code for code, ruling in CODES.items() if ruling.fix and code not in HINTS}

    assert 131042 in held
    for code in held:
        assert ". For an admin: " in advice(code, CODES[code].title, CODES[code].fix)


def test_a_late_refusal_and_one_at_once_read_the_same() -> None:
    late = provider_error([{"code": 131026, "title": "Message undeliverable", "message": "…"}])
    body = {"code": 131026, "message": "(#131026) Message undeliverable"}
    at_once = _refusal(body, HttpAnswer(400, {}, b""), sends=True)

    assert late is not None
    assert late.advice == at_once.advice
    assert late.advice.startswith(
        "This person cannot be reached on WhatsApp. The number may not use WhatsApp"
    )
    assert at_once.detail == "(#131026) Message undeliverable"  # the provider's own words are kept as well
