"""Bodies that would break something: wrong types in every place, poison, and noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_whatsapp.tests.bodies import META, change, message, only, parse, received
from common.untrusted import TOO_DEEP
from inbox.ports import Inbound, InboundChange, InboundMessage, InboundReaction, Notice, Unparsable

FIXTURES = Path(__file__).parent / "fixtures"


WRONG: list[Any] = [None, True, 5, -1.5, "text", "", [], [None], {}, {"x": []}, [[[]]], "\ud800", "\0"]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize(
    "key", ["entry", "changes", "value", "metadata", "messages", "item", "id", "timestamp", "text", "body"]
)
def test_wrong_type_becomes_a_notice_and_harms_no_neighbour(key, wrong):
    good = change({**META, "messages": [message(id="wamid.GOOD")]})["entry"][0]
    bad = {
        "entry": wrong,
        "changes": {"id": "1", "changes": wrong},
        "value": {"id": "1", "changes": [{"field": "messages", "value": wrong}]},
        "metadata": change({"metadata": wrong, "messages": [message()]})["entry"][0],
        "messages": change({**META, "messages": wrong})["entry"][0],
        "item": change({**META, "messages": [wrong]})["entry"][0],
        "id": received(message(id=wrong))["entry"][0],
        "timestamp": received(message(timestamp=wrong))["entry"][0],
        "text": received(message(text=wrong))["entry"][0],
        "body": received(message(text={"body": wrong}))["entry"][0],
    }[key]

    items = parse({"entry": [good, bad, good]})

    read = [item for item in items if isinstance(item, InboundMessage) and item.external_id == "wamid.GOOD"]
    assert len(read) == 2
    for item in items:
        assert isinstance(item.account, str)
        assert isinstance(item, InboundMessage) or (not item.known and item.detail)


def test_list_of_the_entries_itself_may_be_wrong():
    item = only({"object": "whatsapp_business_account", "entry": "x"})

    assert isinstance(item, Notice)
    assert (item.path, item.raw["entry"]) == ("entry", "x")


def test_one_bad_message_among_a_thousand():
    bad = message(timestamp="yesterday")
    body = received(
        *[message(id=f"wamid.{i}") for i in range(500)], bad, *[message(id=f"wamid.{i}") for i in range(500)]
    )

    items = parse(body)

    assert len(items) == 1001
    (notice,) = [item for item in items if isinstance(item, Notice)]
    assert (notice.path, notice.raw) == ("entry[0].changes[0].value.messages[500]", bad)
    assert "timestamp" in notice.detail


# ---------------------------------------------------------------- poison


NO_OBJECTS = [
    b"", b" ", b"null", b"[]", b'"text"', b"5", b"{", b"{]", b"not json", b"\xff\xfe", b"\0", b"[" * 100_000,
    b'{"a":' * 100_000, b'"' + b'\\"' * 100_000, b'"' + b"\\" * 100_001,
]  # fmt: skip


@pytest.mark.parametrize("body", NO_OBJECTS, ids=lambda body: repr(body[:12]))
def test_what_is_no_object_is_unparsable_with_a_sentence(body):
    with pytest.raises(Unparsable, match=r"The body is .*\."):
        parse(body)


def raw_received(text: bytes) -> bytes:
    return orjson.dumps(received(message(id="wamid.BAD", text={"body": "@"}), message())).replace(
        b'"@"', text
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'"a\u0000b"', "a\ufffdb"),
        (b'"a\0b"', "a\ufffdb"),
        (rb'"a\ud83db"', "a\ufffdb"),
        (rb'"a\ude00\ud83d"', "a\ufffd\ufffd"),
        (rb'"\ud83d\ude00"', "😀"),
        (b'"\xff\xc3"', "\ufffd\ufffd"),
        (b'"tab\there"', "tab\there"),
    ],
)
def test_text_that_breaks_databases_is_repaired(written, read):
    bad, good = parse(raw_received(written))

    assert (bad.text, bad.raw["text"]["body"], good.text) == (read, read, "hello")
    orjson.dumps(bad.raw)


def test_keys_are_repaired_too():
    body = orjson.dumps(received(message(extra={"KEY": 1, "k" * 9_000: 2}))).replace(
        b"KEY", rb"k\u0000\ud800"
    )

    extra = only(body).raw["extra"]

    assert list(extra) == ["k\ufffd\ufffd", "k" * 1_000]


@pytest.mark.parametrize(
    "number", [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"9" * 5_000, b"0." + b"1" * 5_000]
)
def test_numbers_no_database_takes_are_kept_as_text_or_as_a_number(number):
    body = orjson.dumps(received(message(id="wamid.BAD", extra="@"), message(timestamp="@@"), message()))

    items = parse(body.replace(b'"@"', number).replace(b'"@@"', number))

    assert [type(item).__name__ for item in items] == ["InboundMessage", "Notice", "InboundMessage"]
    assert isinstance(items[0].raw["extra"], str | float)
    json.dumps(items[0].raw, allow_nan=False)


@pytest.mark.parametrize("depth", [60, 64, 65, 1_000, 1_025, 100_000])
@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_is_cut_and_neighbours_live(depth, opens, closes):
    middle = b"1" if opens != b"[" else b""
    body = orjson.dumps(received(message(id="wamid.DEEP", extra="@"), message())).replace(
        b'"@"', opens * depth + middle + closes * depth
    )

    deep, good = parse(body)

    assert (deep.external_id, good.text) == ("wamid.DEEP", "hello")
    assert (TOO_DEEP in repr(deep.raw)) == (depth >= 57)
    assert json.dumps(deep.raw).count("[") + json.dumps(deep.raw).count("{") < 70


def test_brackets_inside_texts_are_no_depth():
    text = '["{' * 500 + '\\"'

    assert only(received(message(text={"body": text + "\ud800"}))).text == text + "\ufffd"


@pytest.mark.parametrize(
    "timestamp",
    ["253402300800", "99999999999999999999", "1793000007000", "0", "-1", "1.5", 1.5, "", "١٢٣", None],
)
def test_times_outside_the_calendar_are_told(timestamp):
    bad, good = parse(received(message(timestamp=timestamp), message()))

    assert isinstance(bad, Notice)
    assert isinstance(good, InboundMessage)


def test_ids_longer_than_any_are_told():
    assert isinstance(only(received(message(id="w" * 513))), Notice)
    assert only(received(message(context={"id": "w" * 513}))).reply_to == ""


def test_byte_order_mark_is_no_obstacle():
    assert only(b"\xef\xbb\xbf" + orjson.dumps(received(message()))).text == "hello"


# ---------------------------------------------------------------- noise

NAMES = st.sampled_from([
    "entry", "changes", "field", "value", "metadata", "phone_number_id", "messages", "statuses",
    "errors", "contacts",
    "type", "id", "from", "from_user_id", "timestamp", "text", "body", "image", "interactive",
    "system", "reaction",
    "edit", "context", "status", "user_id", "wa_id", "profile", "error_data", "code", "pricing",
    "standby", "calls",
])  # fmt: skip
WORDS = st.sampled_from([
    "messages", "user_id_update", "text", "image", "audio", "system", "reaction", "interactive",
    "nfm_reply", "edit",
    "order", "contacts", "location", "sent", "failed", "447700900123", "GB.1", "1793000007",
    "calls", "standby",
])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=6)
    ),
)


def _bytes(tree: Any) -> bytes:
    return json.dumps(tree).encode()


def check_items(items: list[Inbound]) -> None:
    """What the house relies on, whatever came: the account is a text, everything can be written as JSON."""
    for item in items:
        assert isinstance(item.account, str)
        assert isinstance(item.path, str)
        assert item.path
        written = json.dumps(
            [item.raw, getattr(item, "content", None), getattr(item, "pricing", None)], allow_nan=False
        )
        assert "\\u0000" not in written
        written.encode()
        if isinstance(item, InboundMessage | InboundReaction | InboundChange):
            assert item.sender.claims
            assert item.external_id
        if isinstance(item, Notice) and not item.known:
            assert item.detail


FUZZ = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZ
@given(TREES)
def test_any_json_is_read_or_unparsable(tree):
    if isinstance(tree, dict):
        check_items(parse(_bytes(tree)))
    else:
        with pytest.raises(Unparsable):
            parse(_bytes(tree))


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_unparsable(body):
    try:
        items = parse(body)
    except Unparsable:
        return
    check_items(items)


@FUZZ
@given(st.sampled_from(sorted(FIXTURES.glob("*.json"))), st.data())
def test_sample_with_anything_in_any_place_is_read(path, data):
    """Walk to a random place in a real payload, put noise there, and add a good message behind it."""
    tree = orjson.loads(path.read_bytes())
    node: Any = tree
    for _ in range(data.draw(st.integers(1, 14))):
        keys = (
            list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        )
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and data.draw(st.booleans()):
            node = node[key]
        else:
            node[key] = data.draw(TREES)
            break
    if isinstance(tree.get("entry"), list):
        tree["entry"].append(received(message(id="wamid.GOOD"))["entry"][0])

    items = parse(_bytes(tree))

    check_items(items)
    if isinstance(tree.get("entry"), list):
        assert isinstance(items[-1], InboundMessage)
        assert items[-1].external_id == "wamid.GOOD"
