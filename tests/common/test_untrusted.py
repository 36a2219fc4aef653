"""Reading JSON nobody vouches for; the poison itself is tried through a channel's payloads."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.untrusted import MAX_DEPTH, TOO_DEEP, BadJson, clean_text, read_json

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)
)


@given(VALUES)
def test_good_json_is_read_as_it_is(value):
    assert read_json(orjson.dumps(value)) == value


@given(VALUES)
def test_lenient_reading_agrees_with_the_strict_one(value):
    """A lone surrogate beside it sends the whole body the slow way."""
    body = json.dumps([value, "\ud800"]).encode()

    assert read_json(body) == [orjson.loads(orjson.dumps(value)), "\ufffd"]


@pytest.mark.parametrize("body", [b"", b"{", b"[1,]", b"{'a': 1}", b"[" * 50_000, b'"' + b'\\"' * 50_000])
def test_anything_else_is_bad_with_a_sentence(body):
    with pytest.raises(BadJson, match=r"^The body is not JSON: .*\.$"):
        read_json(body)


def test_both_ways_cut_at_the_same_depth():
    for depth in range(MAX_DEPTH - 2, MAX_DEPTH + 3):
        nested = b"[" * depth + b"]" * depth
        quick = read_json(b'{"a":' + nested + b"}")
        slow = read_json(b'{"a":' + nested + b',"b":"\\ud800"}')
        assert quick["a"] == slow["a"]
        assert (TOO_DEEP in repr(quick)) == (depth >= MAX_DEPTH)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_500_000 + b"]" * 1_500_000,
        b'"' + b'\\"' * 1_500_000,
        b'{"a":' * 500_000,
        b'["\\ud800"' + b',"x"' * 700_000 + b"]",
        b"[" + b"9" * 3_000_000 + b"]",
    ],
    ids=["deep", "quotes", "open", "long", "digits"],
)
def test_largest_body_is_settled_in_seconds(body):
    started = time.process_time()

    with suppress(BadJson):
        read_json(body)

    assert time.process_time() - started < 5


def test_text_is_made_fit_for_a_database():
    assert clean_text("a\0b\ud83dc😀") == "a\ufffdb\ufffdc😀"
