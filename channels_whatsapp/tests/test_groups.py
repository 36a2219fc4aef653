"""Groups, the phone's address book, and chats another app answers, as webhooks tell them."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.tests.bodies import META, PNID, change, message, only, parse, received
from channels_whatsapp.tests.making import TAKEN, a_file, account, outbound
from inbox.ports import (
    Claim,
    CopiedMessage,
    InboundMessage,
    InboundName,
    InboundReaction,
    Json,
    Notice,
    SendError,
    StatusReport,
)

GROUP = (Claim("whatsapp_group", "Y2FwaV9ncm91cDo0ZD"),)
ADA = (Claim("phone", "+447700900123"),)


def told(field: str, **keys: Any) -> list[Any]:
    update = {"timestamp": "1793000329", "group_id": GROUP[0].value, **keys}
    return parse(change({**META, "groups": [update]}, field))


@pytest.mark.parametrize(
    ("update", "sentence"),
    [
        ({"type": "group_delete"}, "The group was deleted."),
        (
            {
                "type": "group_participants_add",
                "reason": "invite_link",
                "added_participants": [{"wa_id": "447700900145"}, {"user_id": "GB.77"}],
            },
            "+447700900145, GB.77 joined by the invite link.",
        ),
        (
            {
                "type": "group_participants_remove",
                "initiated_by": "participant",
                "removed_participants": [{"wa_id": "447700900145"}],
            },
            "+447700900145 left.",
        ),
        (
            {
                "type": "group_participants_remove",
                "initiated_by": "business",
                "removed_participants": [{"input": "447700900145"}],
                "failed_participants": [{"input": "447700900146"}],
            },
            "+447700900145 was taken out. WhatsApp could not take out +447700900146.",
        ),
        ({"type": "group_participants_add", "added_participants": None}, "Somebody joined."),
        ({"type": "group_join_request_created", "wa_id": "447700900145"}, "+447700900145 asks to join."),
        ({"type": "group_join_request_revoked"}, "Somebody no longer asks to join."),
        (
            {
                "type": "group_settings_update",
                "group_description": {"text": "Tours", "update_successful": True},
                "profile_picture": {"mime_type": "image/jpeg", "update_successful": False},
            },
            "The group's description is now “Tours”. The group's picture could not be changed.",
        ),
        ({"type": "group_suspend"}, "WhatsApp suspended the group; nothing can be sent to it."),
        ({"type": "group_suspend_cleared"}, "The group is no longer suspended."),
    ],
)
def test_what_happens_to_a_group_is_a_line_in_its_conversation(update, sentence):
    [item] = told("group_status_update", **update)

    assert isinstance(item, InboundMessage)
    assert (item.kind, item.text, item.opens_window) == ("system", sentence, False)
    assert (item.sender.claims, item.account) == (GROUP, PNID)


@pytest.mark.parametrize(
    "update",
    [
        {"type": "group_create", "subject": "Tour group", "invite_link": "https://chat.whatsapp.com/AbC"},
        {
            "type": "group_settings_update",
            "group_subject": {"text": "Tour group", "update_successful": True},
        },
    ],
)
def test_subject_is_the_groups_name(update):
    line, name = told("group_lifecycle_update", **update)

    assert isinstance(name, InboundName)
    assert (name.person.claims, name.person.name) == (GROUP, "Tour group")
    assert "Tour group" in line.text
    assert update.get("invite_link", "") in line.text


def test_subject_that_could_not_be_changed_names_nobody():
    subject = {"text": "Tour group", "update_successful": False}

    [line] = told("group_settings_update", type="group_settings_update", group_subject=subject)

    assert line.text == "The group's name could not be changed."


def test_same_update_twice_has_one_id_and_another_has_its_own():
    first, again = (told("group_status_update", type="group_suspend")[0] for _ in range(2))
    [later] = told("group_status_update", type="group_suspend", timestamp="1793000400")

    assert first.external_id == again.external_id != later.external_id


def test_what_failed_and_what_is_unknown_is_kept_and_told():
    [failed] = told("group_lifecycle_update", type="group_create", errors=[{"code": 131215, "title": "No."}])
    [unknown] = told("group_status_update", type="group_painted")
    [nameless] = told("group_status_update", type="group_suspend", group_id=None)

    assert (failed.known, failed.topic) == (True, "groups")
    assert "could not do this to a group: group_create" in failed.detail
    assert (unknown.known, unknown.raw["type"]) == (False, "group_painted")
    assert isinstance(nameless, Notice)
    assert not nameless.known


def test_reaction_in_a_group_is_its_members():
    emoji = message(type="reaction", reaction={"message_id": "wamid.X", "emoji": "👍"}, group_id="G1")
    found = only(change({**META, "messages": [emoji]}))

    assert isinstance(found, InboundReaction)
    assert found.sender.claims == (Claim("whatsapp_group", "G1"),)
    assert found.participant
    assert found.participant.claims[0].value == "GB.1"


# ---------------------------------------------------------------- sending


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"kind": "image", "text": "us", "file": a_file()},
        {"kind": "template", "text": "", "content": {"name": "tour", "language": "en"}},
    ],
)
def test_group_is_written_to_by_its_id(graph, keys):
    if "file" in keys:
        graph.answer(200, {"id": "88"})
    graph.answer(200, {**TAKEN, "messages": [{"id": "wamid.OUT", "group_id": GROUP[0].value}]})

    result = Adapter().send(account(graph.url), outbound(to=GROUP, **keys))

    body = graph.asked[-1].json
    assert (body["recipient_type"], body["to"]) == ("group", GROUP[0].value)
    assert (result.external_id, result.learned) == ("wamid.OUT", ())


@pytest.mark.parametrize("kind", ["interactive", "reaction", "location", "contacts"])
def test_what_groups_do_not_take_is_refused_without_a_call(graph, kind):
    with pytest.raises(SendError) as caught:
        Adapter().send(account(graph.url), outbound(to=GROUP, kind=kind))

    assert (caught.value.reason, caught.value.permanent) == ("invalid", True)
    assert "texts, files and templates" in caught.value.detail
    assert graph.asked == []


# ---------------------------------------------------------------- the phone's address book


def entry(action: str = "add", type_: str = "contact", **contact: Any) -> Json:
    who = {"phone_number": "447700900123", **contact}
    return {"type": type_, "action": action, "contact": who, "metadata": {"timestamp": "1793000315"}}


def synced(*entries: Json) -> list[Any]:
    return parse(change({**META, "state_sync": list(entries)}, "smb_app_state_sync"))


def test_entry_of_the_phone_names_a_person_until_it_goes():
    added, first_only, removed = synced(
        entry(full_name="Ada T.", first_name="Ada", user_id="GB.1"),
        entry(first_name="Ada"),
        entry("remove"),
    )

    assert (added.person.name, added.person.claims) == ("Ada T.", (Claim("whatsapp_id", "GB.1"), *ADA))
    assert (first_only.person.name, first_only.is_gone) == ("Ada", False)
    assert (removed.person.name, removed.is_gone, removed.person.claims) == ("", True, ADA)


def test_entry_that_tells_nothing_is_kept_and_told():
    nameless, painted, label, nobody = synced(
        entry(), entry("paint"), entry(type_="label"), entry(phone_number="")
    )

    assert [one.known for one in (nameless, painted, label, nobody)] == [True, False, False, False]
    assert all(one.raw for one in (nameless, painted, label, nobody))


# ---------------------------------------------------------------- chats another app answers


def stood_by(**lists: Any) -> list[Any]:
    return parse(change({**META, "standby": lists}, "standby"))


def test_what_another_app_answers_is_copied_on_both_sides():
    answer = {"to": "+447700900123", "type": "text", "text": {"body": "It is open."}}
    heard, said = stood_by(
        messages=[message()],
        message_echoes=[{"id": "wamid.E", "timestamp": "1793000010", "message": answer}],
    )

    assert isinstance(heard, CopiedMessage)
    assert (heard.direction, heard.text, heard.is_new) == ("inbound", "hello", True)
    assert (said.direction, said.text, said.author) == ("outbound", "It is open.", "Another app")
    assert said.person.claims == ADA
    assert heard.content == said.content == {"elsewhere": True}


@pytest.mark.parametrize(
    ("sent", "kind", "text", "content"),
    [
        ({"text": {"body": "no type"}}, "text", "no type", {}),
        (
            {"type": "template", "template": {"name": "tour", "language": {"code": "en"}}},
            "template",
            "",
            {"name": "tour", "language": "en"},
        ),
        ({"type": "interactive", "interactive": {"body": {"text": "Which?"}}}, "text", "Which?", {}),
        ({"type": "image", "image": {"id": "88", "caption": "Map"}}, "unknown", "Map", {"type": "image"}),
        ({"type": "hologram", "hologram": {}}, "unknown", "", {"type": "hologram"}),
    ],
)
def test_answer_of_another_app_is_read_as_it_was_sent(sent, kind, text, content):
    echo = {"id": "wamid.E", "timestamp": "1793000010", "message": {"recipient": "GB.1", **sent}}

    [item] = stood_by(message_echoes=[echo])

    assert (item.kind, item.text) == (kind, text)
    assert item.content == {**content, "elsewhere": True}
    assert item.person.claims == (Claim("whatsapp_id", "GB.1"),)


def test_what_cannot_be_copied_is_told():
    pin = {"id": "wamid.P", "timestamp": "1793000010", "message": {"to": "447700900123", "type": "pin"}}
    lost = {"id": "wamid.L", "timestamp": "1793000010", "message": {"type": "text", "text": {"body": "x"}}}
    report = {"id": "wamid.E", "status": "read", "timestamp": "1793000010"}
    changed = message(type="revoke", revoke={"original_message_id": "wamid.O"}, id="wamid.R")

    revoked, pinned, nobody, status = stood_by(
        messages=[changed], message_echoes=[pin, lost], statuses=[report]
    )

    assert revoked.change == "revoke"
    assert (pinned.known, nobody.known) == (True, False)
    assert isinstance(status, StatusReport)


def handed(type_: str, **change_: Any) -> Any:
    value = {
        "messaging_product": "whatsapp",
        "sender": {"phone_number": "447700900123"},
        "recipient": {"phone_number_id": PNID, "display_phone_number": "447700900201"},
        "type": type_,
        "timestamp": "1793000400",
        type_: change_,
    }
    return only(change(value, "messaging_handovers"))


def test_handover_is_a_line_in_the_conversation():
    passed = handed(
        "control_passed", previous_owner_role="ai_agent", new_owner_role="escalation", metadata="ticket 7"
    )
    taken = handed("control_taken", new_owner_role="night_desk")

    assert (passed.account, passed.kind, passed.sender.claims) == (PNID, "system", ADA)
    assert passed.text == "The chat went from the AI agent to the team."
    assert passed.content["handover"]["metadata"] == "ticket 7"
    assert passed.path == "entry[0].changes[0].value"
    assert taken.text == "The chat was taken over by night desk."
    assert not taken.opens_window


def test_a_summary_rides_along_with_a_handover_and_stands_above_a_message():
    said = {"type": "summary", "summary": {"text": "Ada asks for a refund."}}
    passed = handed("control_passed", new_owner_role="escalation", conversation_context=said)
    summary, hello = parse(received(message(), conversation_context=said))

    assert passed.text == "The chat went from another app to the team. Summary: Ada asks for a refund."
    assert (summary.kind, summary.text) == ("system", "Summary: Ada asks for a refund.")
    assert (summary.sender, summary.occurred_at) == (hello.sender, hello.occurred_at)
    assert (summary.external_id, summary.opens_window) == ("summary:wamid.A", False)
    assert [item.kind for item in parse(received(message(), conversation_context={"type": "x"}))] == ["text"]


def test_handover_of_a_kind_we_do_not_know_is_kept_whole():
    item = handed("control_shared", with_role="x")

    assert isinstance(item, Notice)
    assert (item.topic, item.account, "control_shared" in str(item.raw)) == (
        "messaging_handovers",
        PNID,
        True,
    )
