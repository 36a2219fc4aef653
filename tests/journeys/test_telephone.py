"""A text comes in and is answered; a call rings, a key is pressed: all in the thread the customer has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import NORTHWIND, PATIENCE_S, Customer, Office
from tests.journeys.test_main_job import picture

QUESTION = "This is Northwind Bank. [pause 0.5 s] Did you pay 319 euros? Press 1 for yes, 2 for no."


def channel(office: Office, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in office.stack.tenant(NORTHWIND)["channels"] if one["kind"] == kind
    )
    return found


def by_text(office: Office, customer: Customer) -> Customer:
    """The same person at the same phone, who now writes texts."""
    return replace(customer, account=channel(office, "sms")["external_id"])


def rings(office: Office, customer: Customer) -> str:
    """Northwind's program has this customer called; returns our id of the call."""
    body = {
        "to": {"phone": f"+{customer.phone}"},
        "channel_id": channel(office, "voice")["id"],
        "kind": "call",
        "text": QUESTION,
        "content": {
            "language": "en-GB",
            "choices": [{"key": "1", "title": "It was me"}, {"key": "2", "title": "Not me"}],
            "repeat_key": "9",
        },
        "client_ref": str(uuid4()),
    }
    answer = office.stack.api(NORTHWIND, "POST", "messages", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def message(office: Office, message_id: str) -> dict[str, Any]:
    found: dict[str, Any] = office.stack.api(NORTHWIND, "GET", f"messages/{message_id}").json()
    return found


def test_a_text_is_answered_and_a_call_is_decided_in_one_thread(office: Office) -> None:
    grace = office.customer("Grace Texting", "Hello on WhatsApp")
    texting = by_text(office, grace)
    mia = office.desk("mia").open(grace)
    phone = office.phone(texting)

    phone.get_by_test_id("phone-composer").fill("And now by text")
    phone.get_by_test_id("phone-send").click()
    expect(mia.bubble("And now by text")).to_be_visible()
    mia.send("We are here as well.")

    expect(phone.locator("[data-wamid]", has_text="We are here as well.")).to_be_visible()
    expect(mia.bubble("We are here as well.")).to_have_attribute("data-status", "delivered")

    call = rings(office, grace)
    expect(phone.get_by_test_id("call-screen")).to_have_attribute("data-status", "ringing")
    phone.get_by_test_id("call-answer").click()
    expect(phone.get_by_test_id("call-words")).to_contain_text("This is Northwind Bank.")
    phone.get_by_test_id("call-key-2").click()

    expect(mia.bubble("Not me").and_(mia.page.locator(".in"))).to_be_visible()
    expect(mia.bubble("Did you pay 319 euros?").first).to_have_attribute("data-status", "read")
    expect(phone.locator("[data-wamid][data-kind=call]")).to_contain_text("pressed 2")
    found = wait_for(lambda: (one := message(office, call))["content"].get("duration_s") and one, PATIENCE_S)
    assert (found["status"], found["thread_id"], found["content"]["digits"]) == ("read", grace.thread, "2")
    people = office.stack.api(NORTHWIND, "GET", f"customers?address=%2B{grace.phone}").json()["data"]
    assert [one["id"] for one in people] == [grace.id]


def test_pictures_go_both_ways_by_text(office: Office) -> None:
    grace = office.customer("Grace Picturing", "Hello")
    texting = by_text(office, grace)
    mia = office.desk("mia").open(grace)

    office.says(texting, image={"sample": "photo", "caption": "My card"})

    shown = mia.messages.locator("img").first
    expect(shown).to_be_visible()
    mia.page.wait_for_function("img => img.naturalWidth > 0", arg=shown.element_handle())
    expect(mia.bubble("My card")).to_be_visible()

    file = {"file": ("map.jpg", picture(), "image/jpeg")}
    attached = office.stack.api(NORTHWIND, "POST", "attachments", files=file).json()
    said = {"text": "Here we are", "client_ref": str(uuid4()), "attachment_ids": [attached["id"]]}
    answer = office.stack.api(NORTHWIND, "POST", f"threads/{grace.thread}/messages", json=said)
    assert answer.status_code == 201, answer.text
    [arrived] = wait_for(
        lambda: [one for one in office.stack.far_end.outbox(grace.phone) if one.get("media")], PATIENCE_S
    )
    assert (arrived["channel"], arrived["text"]) == (texting.account, "Here we are")


def test_a_declined_call_says_so_and_a_silent_phone_is_no_answer(office: Office) -> None:
    grace = office.customer("Grace Declining", "Hello")
    phone = office.phone(by_text(office, grace))

    call = rings(office, grace)
    phone.get_by_test_id("call-decline").click()

    found = wait_for(lambda: (one := message(office, call))["status"] == "failed" and one, PATIENCE_S)
    assert (found["error"]["code"], found["error"]["title"]) == ("declined", "The call was declined")

    voicemail = rings(office, grace)
    phone.get_by_test_id("call-voicemail").click()

    found = wait_for(lambda: (one := message(office, voicemail))["status"] == "failed" and one, PATIENCE_S)
    assert found["error"]["code"] == "voicemail"


def test_stop_is_obeyed_by_everybody_until_start(office: Office) -> None:
    grace = office.customer("Grace Stopping", "Hello")
    texting = by_text(office, grace)
    sms = channel(office, "sms")["id"]

    def write() -> Any:
        said = {
            "to": {"customer_id": grace.id},
            "channel_id": sms,
            "text": "News",
            "client_ref": str(uuid4()),
        }
        return office.stack.api(NORTHWIND, "POST", "messages", json=said)

    office.says(texting, text="STOP")
    refused = wait_for(lambda: (one := write()).status_code == 409 and one.json(), PATIENCE_S)
    assert refused["code"] == "opted_out"

    office.says(texting, text="Start")
    wait_for(lambda: write().status_code == 201, PATIENCE_S)


def test_a_stranger_sees_nothing_of_it(office: Office) -> None:
    grace = office.customer("Grace Private", "Hello")
    call = rings(office, grace)

    assert office.stack.api("contoso-air", "GET", f"messages/{call}").status_code == 404
