"""What a bubble shows beside plain words: what customers answer and share, and what cannot be shown."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Customer, Office
from tests.journeys.test_cards import _names, approve, png

FORM = {
    "flow_token": "t-1", "size": "L", "toppings": ["Ham", "Olives"], "news": True,
    "photos": [{"file_name": "door.jpg", "encryption_metadata": {"iv": "secret-iv"}}],
}  # fmt: skip
CARD = {
    "name": {"formatted_name": "Bo Test"}, "phones": None, "emails": [{"email": "bo@example.com"}],
    "org": {"company": "Acme", "title": "Plumber"}, "urls": [{"url": "https://bo.example.com"}],
    "addresses": [{"street": "4 Dock Road", "city": "London"}], "birthday": "1999-01-23",
}  # fmt: skip


def flow_reply(answer: str) -> dict[str, Any]:
    reply = {"name": "flow", "body": "Sent", "response_json": answer}
    return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}


def test_what_a_customer_sends_is_shown_whole(office: Office) -> None:
    """A25: several choices of a form, a card of a contact, and what the channel does not hand over."""
    gil = office.customer("Gil Forms", "Hello")
    mia = office.desk("mia").open(gil)

    office.says(gil, raw=flow_reply(json.dumps(FORM)))
    answers = mia.timeline.locator(".answers")
    expect(answers.locator("dd")).to_have_count(4)
    assert sorted(answers.locator("dd").all_inner_texts()) == ["Ham, Olives", "L", "Yes", "door.jpg"]
    office.says(gil, raw=flow_reply("not an object"))
    expect(mia.messages.last).to_contain_text("not an object")
    office.says(gil, raw={"type": "contacts", "contacts": [CARD, None]})
    card = mia.timeline.locator(".vcard")
    for words in ("Bo Test", "Plumber, Acme", "bo@example.com", "4 Dock Road, London", "1999-01-23"):
        expect(card).to_contain_text(words)
    expect(card.get_by_role("link", name="https://bo.example.com")).to_be_visible()
    poll = {"type": "unsupported", "unsupported": {"type": "poll_creation"}}
    office.says(gil, raw={**poll, "errors": [{"code": 131051, "title": "Message type unknown"}]})
    expect(mia.messages.last).to_contain_text("A poll came, which this channel cannot show.")


def send_template(office: Office, customer: Customer, name: str, components: list[dict[str, Any]]) -> None:
    """By a program, so that the bubble knows only what the server kept."""
    body = {"template": {"name": name, "language": "en", "components": components}}
    made = office.stack.api(customer.slug, "POST", f"threads/{customer.thread}/messages", json=body)
    assert made.status_code == 201, made.text


def test_an_offer_shows_what_the_phone_shows(office: Office) -> None:
    """A25, A41: the offer beside its picture, when it ends, and buttons whose words the phone writes."""
    name = f"offer_{next(_names)}"
    offer = {"text": "A tenth off", "has_expiration": True}
    approve(
        office, name, "MARKETING",
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer},
        {"type": "BODY", "text": "For everybody who came by."},
        {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "TENTH"}]},
    )  # fmt: skip
    oda = office.customer("Oda Offers", "What is new?")
    mia, phone = office.desk("mia").open(oda), office.phone(oda)
    ends = {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 4_070_908_800_000}}
    code = {"type": "coupon_code", "coupon_code": "TENTH"}
    send_template(office, oda, name, [
        {"type": "limited_time_offer", "parameters": [ends]},
        {"type": "button", "sub_type": "copy_code", "index": "0", "parameters": [code]},
    ])  # fmt: skip

    there, here = phone.locator("li.m.them").last, mia.bubble("For everybody who came by.")
    for side in (there, here):
        expect(side).to_contain_text("A tenth off · ends")
        expect(side).to_contain_text("Copy offer code")


def test_a_refused_message_says_what_happened_and_what_to_do(office: Office) -> None:
    """A19: in our words, not in those made for programmers."""
    una = office.customer("Una Reachable", "Hello")
    office.stack.far_end.faults(to=una.phone, fail_next=131026)
    mia = office.desk("mia").open(una)

    mia.send("Are you there?")

    trouble = mia.bubble("Are you there?").locator(".trouble")
    expect(trouble).to_contain_text(
        "This person cannot be reached on WhatsApp. The number may not use WhatsApp"
    )
    expect(trouble).not_to_contain_text("Undeliverable")


def test_the_pressed_card_is_known_though_all_say_the_same(office: Office) -> None:
    """A25, A41: two pictures from the agent's disk; the button that was pressed is marked on its card."""
    name = f"twins_{next(_names)}"
    approve(
        office, name, "MARKETING",
        {"type": "BODY", "text": "These arrived today."},
        {"type": "CAROUSEL", "cards": [sample(office, "red"), sample(office, "blue")]},
    )  # fmt: skip
    ida = office.customer("Ida Cards", "What is new?")
    mia, phone = office.desk("mia").open(ida), office.phone(ida)
    mia.page.get_by_role("button", name="Send a template").click()
    mia.at(f"template-{name}").click()
    for colour in ("red", "blue"):
        with mia.page.expect_file_chooser() as chooser:
            mia.at("pick-file").first.click()
        chooser.value.set_files(png(colour))
        expect(mia.page.locator(".template-preview").get_by_role("img")).to_have_count(
            1 if colour == "red" else 2
        )
    mia.at("send").click()

    cards = phone.get_by_test_id("cards").locator("li")
    expect(cards.locator("img")).to_have_count(2)
    cards.nth(1).get_by_role("button", name="Tell me more").click()
    bubble = mia.bubble("These arrived today.").first
    expect(bubble.locator(".hit")).to_have_count(1)
    expect(bubble.locator(".buttons").nth(1).locator(".hit")).to_contain_text("pressed")
    expect(bubble.locator(".photo")).to_have_count(2)
    wait_for(lambda: office.thread(ida)["inbound_count"] == 2, PATIENCE_S)


def sample(office: Office, colour: str) -> dict[str, Any]:
    """A card as it is submitted, with a sample of its picture."""
    handle = {"header_handle": ["4::aW1hZ2U="]}
    return {"components": [
        {"type": "HEADER", "format": "IMAGE", "example": handle},
        {"type": "BODY", "text": f"The {colour} one."},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Tell me more"}]},
    ]}  # fmt: skip
