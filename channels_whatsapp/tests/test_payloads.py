"""Reading webhook bodies: what the samples do not show, wrong types in every place, poison, and noise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.errors import CODES
from common.untrusted import TOO_DEEP
from inbox.ports import (
    AddressChange,
    Claim,
    Inbound,
    InboundChange,
    InboundMessage,
    InboundReaction,
    Json,
    Notice,
    StatusReport,
    Unparsable,
)

PNID = "318840571926604"
META = {"metadata": {"phone_number_id": PNID, "display_phone_number": "447700900201"}}
FIXTURES = Path(__file__).parent / "fixtures"


def parse(body: Any) -> list[Any]:
    """Parse bytes as they are, anything else as the JSON the provider would send."""
    return Adapter().parse(body if isinstance(body, bytes) else json.dumps(body).encode())


def change(value: Any, field: Any = "messages") -> Json:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}],
    }


def message(**keys: Any) -> Json:
    plain = {"from": "447700900123", "from_user_id": "GB.1", "id": "wamid.A", "timestamp": "1793000007"}
    return {**plain, "type": "text", "text": {"body": "hello"}, **keys}


def received(*messages: Any, **value: Any) -> Json:
    return change({**META, "messages": list(messages), **value})


def only(body: Any) -> Any:
    (item,) = parse(body)
    return item


# ---------------------------------------------------------------- what is in a message


def test_message_names_account_place_sender_and_keeps_its_raw_part():
    contact = {"wa_id": "447700900123", "user_id": "GB.1", "profile": {"name": "Ada", "username": "ada.t"}}

    item = only(received(message(), contacts=[{"wa_id": "447700900145"}, contact]))

    assert (item.account, item.path) == (PNID, "entry[0].changes[0].value.messages[0]")
    assert item.raw == message()
    assert item.sender.claims == (Claim("whatsapp_id", "GB.1"), Claim("phone", "+447700900123"))
    assert (item.sender.name, item.sender.profile) == ("Ada", {"username": "ada.t"})
    assert item.occurred_at == datetime(2026, 10, 26, 7, 33, 27, tzinfo=UTC)
    assert item.opens_window


def test_contact_is_found_by_user_id_before_number():
    contacts = [
        {"wa_id": "447700900123", "profile": {"name": "the number's former owner"}},
        {"user_id": "GB.1", "profile": {"name": "Ada"}},
    ]

    assert only(received(message(), contacts=contacts)).sender.name == "Ada"


def test_ids_a_contact_adds_are_claimed_too():
    hidden = message(**{"from": None, "from_user_id": "GB.1"})
    contact = {"user_id": "GB.1", "parent_user_id": "GB.ENT.7", "wa_id": "447700900123"}

    claims = only(received(hidden, contacts=[contact])).sender.claims

    assert claims == (
        Claim("whatsapp_id", "GB.1"), Claim("whatsapp_id", "GB.ENT.7"), Claim("phone", "+447700900123")
    )  # fmt: skip


@pytest.mark.parametrize(
    "contacts", [None, [], "x", [None], [{"profile": "x"}], [{"wa_id": 1, "profile": {"name": 5}}]]
)
def test_missing_or_broken_contacts_leave_the_message_whole(contacts):
    item = only(received(message(), contacts=contacts))

    assert (item.text, item.sender.name) == ("hello", "")


def test_user_id_in_the_place_of_a_number_never_becomes_a_number():
    item = only(received(message(**{"from": "GB.4829174460218835", "from_user_id": None})))

    assert item.sender.claims == (Claim("whatsapp_id", "GB.4829174460218835"),)


def test_message_of_nobody_is_told_not_stored():
    item = only(received(message(**{"from": None, "from_user_id": None})))

    assert isinstance(item, Notice)
    assert (item.known, item.topic, item.account) == (False, "messages", PNID)
    assert "who" in item.detail


def test_account_id_as_a_number_is_the_same_account():
    body = received(message())
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = int(PNID)

    assert only(body).account == PNID


def test_answer_to_the_share_button_teaches_the_number():
    card = {"origin": "contact_request", "phones": [{"wa_id": "447700900177"}]}
    hidden = message(type="contacts", contacts=[card], **{"from": None})

    item = only(received(hidden))

    assert item.content["learned_phone"] == "+447700900177"
    assert item.sender.claims == (Claim("whatsapp_id", "GB.1"), Claim("phone", "+447700900177"))


def test_shared_card_of_somebody_else_teaches_nothing():
    card = {"origin": "other", "phones": [{"wa_id": "447700900177"}]}

    item = only(received(message(type="contacts", contacts=[card])))

    assert "learned_phone" not in item.content
    assert len(item.sender.claims) == 2


def test_filename_cannot_climb_or_turn_around():
    document = {"id": "1", "mime_type": "application/pdf", "filename": "../../etc/\u202egpj.exe\n"}

    item = only(received(message(type="document", document=document)))

    assert item.files[0].filename == ".._.._etc__gpj.exe_"


def test_type_younger_than_this_code_is_a_message_kept_and_shown():
    item = only(received(message(type="hologram", hologram={"id": "9"})))

    assert isinstance(item, InboundMessage)
    assert (item.kind, item.content, item.opens_window) == ("unknown", {"type": "hologram"}, True)
    assert item.raw["hologram"] == {"id": "9"}


def test_interactive_answer_we_do_not_know_is_kept():
    item = only(received(message(type="interactive", interactive={"type": "wheel_reply", "wheel_reply": {}})))

    assert (item.kind, item.content) == ("unknown", {"type": "interactive/wheel_reply"})


def test_flow_answer_that_is_no_json_stays_text():
    answer = {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": "{broken"}}

    item = only(received(message(type="interactive", interactive=answer)))

    assert (item.kind, item.text, item.content["form"]) == ("flow_reply", "Sent", "{broken")


def test_group_message_opens_no_window_of_the_person():
    assert not only(received(message(group_id="G1"))).opens_window


def test_edit_and_revocation_name_their_target():
    edit = {"original_message_id": "wamid.O", "message": {"type": "image", "image": {"caption": "new"}}}

    changed, gone = parse(
        received(
            message(type="edit", edit=edit), message(type="revoke", revoke={"original_message_id": "wamid.O"})
        )
    )

    assert isinstance(changed, InboundChange)
    assert (changed.change, changed.target, changed.text) == ("edit", "wamid.O", "new")
    assert (gone.change, gone.target) == ("revoke", "wamid.O")


@pytest.mark.parametrize("emoji", [{}, {"emoji": ""}, {"emoji": None}])
def test_reaction_taken_away(emoji):
    item = only(received(message(type="reaction", reaction={"message_id": "wamid.O", **emoji})))

    assert isinstance(item, InboundReaction)
    assert (item.emoji, item.target) == ("", "wamid.O")


# ---------------------------------------------------------------- changes of address


@pytest.mark.parametrize(
    "spelling", [("user_changed_number", "wa_id"), ("customer_changed_number", "new_wa_id")]
)
def test_new_number_replaces_the_old_one(spelling):
    type_, key = spelling
    system = {"type": type_, key: "447700900199", "user_id": "GB.2", "body": "…"}

    item = only(received(message(type="system", system=system, from_user_id=None)))

    assert isinstance(item, AddressChange)
    assert (item.old, item.new) == (Claim("phone", "+447700900123"), Claim("phone", "+447700900199"))
    assert item.also == (Claim("whatsapp_id", "GB.2"),)
    assert item.external_id == "wamid.A"


def test_user_id_update_names_its_own_event():
    update = {
        "user_id": {"previous": "GB.1", "current": "GB.2"},
        "parent_user_id": {"previous": "GB.ENT.1", "current": "GB.ENT.2"},
        "wa_id": "447700900123",
        "timestamp": "1793000280",
    }

    first, again = parse(change({**META, "user_id_update": [update, update]}, "user_id_update"))

    assert (first.old.value, first.new.value) == ("GB.1", "GB.2")
    assert first.also == (Claim("whatsapp_id", "GB.ENT.2"), Claim("phone", "+447700900123"))
    assert first.external_id == again.external_id == "user_id_update:GB.1:GB.2:1793000280"


def test_change_without_old_or_new_address_is_told():
    system = {"type": "user_changed_number", "body": "…"}

    assert isinstance(only(received(message(type="system", system=system))), Notice)


def test_other_lines_of_the_system_are_told_and_open_nothing():
    item = only(
        received(message(type="system", system={"type": "customer_identity_changed", "body": "New phone"}))
    )

    assert (item.topic, item.known, item.detail) == ("system", True, "New phone")


# ---------------------------------------------------------------- statuses


def status(**keys: Any) -> Json:
    return {"id": "wamid.OUT", "status": "delivered", "timestamp": "1793000254", **keys}


def reported(*statuses: Any, **value: Any) -> Json:
    return change({**META, "statuses": list(statuses), **value})


def test_status_with_nothing_but_id_word_and_time():
    item = only(reported(status()))

    assert isinstance(item, StatusReport)
    assert (item.status, item.word, item.client_ref, item.error) == ("delivered", "delivered", "", None)
    assert (item.recipient.claims, item.pricing) == ((), {})


def test_played_is_a_kind_of_reading():
    item = only(reported(status(status="played")))

    assert (item.status, item.word) == ("read", "played")


@pytest.mark.parametrize("details", [{"details": "why"}, '{"details": "why"}', "why"])
def test_failure_tells_code_reason_and_detail(details):
    error = {"code": 131047, "title": "Re-engagement message", "error_data": details}

    item = only(reported(status(status="failed", errors=[error])))

    assert item.error.code == "131047"
    assert (item.error.title, item.error.detail) == ("Re-engagement message", "why")
    assert item.error.reason == "window_closed"


@pytest.mark.parametrize("errors", [None, [], "x", [None], [{"code": "unheard", "title": 5}]])
def test_failure_without_readable_error_is_still_a_failure(errors):
    item = only(reported(status(status="failed", errors=errors)))

    assert item.status == "failed"
    assert item.error is None or (item.error.code, item.error.reason) == ("unheard", "")


def test_every_failure_code_gives_the_reason_of_the_table():
    for code, ruling in CODES.items():
        item = only(reported(status(status="failed", errors=[{"code": code, "title": "t"}])))
        assert item.error.reason == ruling.reason


def test_free_window_stands_beside_the_price():
    item = only(
        reported(status(conversation={"id": "c", "expiration_timestamp": "1"}, pricing={"type": "regular"}))
    )

    assert item.pricing == {"type": "regular", "conversation": {"id": "c", "expiration_timestamp": "1"}}


@pytest.mark.parametrize("key", ["recipient_participant_id", "participant_recipient_id"])
def test_group_status_names_the_participant_under_either_key(key):
    contact = {"wa_id": "447700900123", "profile": {"name": "Ada"}}
    item = only(
        reported(
            status(recipient_type="group", recipient_id="G", **{key: "447700900123"}), contacts=[contact]
        )
    )

    assert (item.participant, item.recipient.name) == ("447700900123", "Ada")


@pytest.mark.parametrize(
    ("word", "known"), [("deleted", True), ("warning", True), ("pondered", False), ("", False)]
)
def test_status_words_that_change_nothing_are_told(word, known):
    item = only(reported(status(status=word)))

    assert isinstance(item, Notice)
    assert (item.topic, item.known) == ("status", known)


# ---------------------------------------------------------------- fields


FIELDS_OF_THE_PAGE = [
    "message_template_status_update", "message_template_quality_update",
    "message_template_components_update",
    "template_category_update", "phone_number_quality_update", "phone_number_name_update",
    "business_capability_update", "account_update", "account_review_update", "account_alerts",
    "account_settings_update", "security", "user_preferences", "business_username_updates", "calls",
    "flows",
    "group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update",
    "history", "smb_app_state_sync", "smb_message_echoes", "standby", "messaging_handovers",
    "automatic_events",
    "tracking_events", "payment_configuration_update", "partner_solutions", "message_echoes",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS_OF_THE_PAGE)
def test_fields_of_no_use_yet_are_known(field):
    item = only(change({"event": "HAPPENED", "reason": "because"}, field))

    assert isinstance(item, Notice)
    assert (item.topic, item.known, item.account) == (field, True, "")
    assert item.detail == "event: HAPPENED, reason: because"
    assert item.raw["entry_id"] == "1"
    assert item.raw["value"] == {"event": "HAPPENED", "reason": "because"}


@pytest.mark.parametrize("field", ["brand_new_field", "", None, 5, ["messages"]])
def test_fields_younger_than_this_code_are_kept(field):
    item = only(change({**META, "anything": 1}, field))

    assert isinstance(item, Notice)
    assert (item.known, item.account) == (False, PNID)
    assert item.raw["value"]["anything"] == 1


def test_quality_under_the_name_of_another_field_is_recognised():
    item = only(change({"new_quality_score": "RED"}, "message_template_status_update"))

    assert item.topic == "message_template_quality_update"


def test_messages_statuses_and_errors_of_one_change_are_all_read():
    body = received(message(), statuses=[status()], errors=[{"code": 130429, "title": "Rate limit hit"}])

    assert [type(item).__name__ for item in parse(body)] == ["InboundMessage", "StatusReport", "Notice"]


# ---------------------------------------------------------------- wrong types anywhere

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
