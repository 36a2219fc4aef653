"""Reading webhook bodies: what the recorded samples do not show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels_whatsapp.errors import CODES
from channels_whatsapp.tests.bodies import (
    META,
    PNID,
    change,
    message,
    only,
    parse,
    received,
    reported,
    status,
)
from inbox.ports import (
    AddressChange,
    Claim,
    InboundChange,
    InboundIdentity,
    InboundMessage,
    InboundReaction,
    Notice,
    StatusReport,
)

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


def test_group_speaks_for_itself_and_its_member_is_named():
    item = only(received(message(group_id="G1")))

    assert item.sender.claims == (Claim("whatsapp_group", "G1"),)
    assert [claim.kind for claim in item.participant.claims] == ["whatsapp_id", "phone"]
    assert item.opens_window  # the group's own


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


def test_a_changed_key_comes_with_a_message_or_as_a_line_of_the_system():
    body = received(message(), contacts=[{"wa_id": "447700900123", "identity_key_hash": "k="}])
    system = {"type": "customer_identity_changed", "identity": {"hash": "new="}}

    line = only(received(message(type="system", system=system)))

    assert isinstance(line, InboundIdentity)
    assert (only(body).sender.identity_key, line.sender.identity_key) == ("k=", "new=")
    report = only(reported(status(recipient_id="447700900123", recipient_identity_key_hash="k=")))
    assert report.recipient.identity_key == "k="


def test_other_lines_of_the_system_are_told_and_open_nothing():
    item = only(
        received(message(type="system", system={"type": "customer_identity_changed", "body": "New phone"}))
    )

    assert (item.topic, item.known, item.detail) == ("system", True, "New phone")


# ---------------------------------------------------------------- statuses


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
