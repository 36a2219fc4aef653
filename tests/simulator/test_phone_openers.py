"""A new chat on the phone page: texts to tap, commands, and a short link that brings its text."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.simulator.conftest import Business, Opener, messages
from tests.simulator.receiver import eventually


def test_a_link_fills_the_composer_and_an_empty_chat_offers_what_the_business_set(
    business: Business, opened: Opener
) -> None:
    commands = [{"command_name": "track", "command_description": "Track an order"}]
    said = {"prompts": ["Where is my order?", "Book a tour"], "commands": commands}
    assert business.graph("POST", f"{business.id}/conversational_automation", json=said).ok
    link = business.graph(
        "POST", f"{business.id}/message_qrdls", json={"prefilled_message": "I saw your poster"}
    ).json()
    business.sim.call("POST", "/phone/customers", {"number": business.phone, "name": "Ada Tester"})
    page = opened(business, forgives=("phone/links",))
    openers, composer = page.get_by_test_id("openers"), page.get_by_test_id("phone-composer")
    expect(openers.get_by_role("button")).to_have_text(["Where is my order?", "Book a tour"])

    page.get_by_role("button", name="Open a link").click()
    field = page.get_by_test_id("link")
    expect(field).to_be_focused()
    field.fill("https://wa.me/message/NOTHING1")
    page.get_by_test_id("link-open").click()
    expect(page.get_by_role("alert")).to_contain_text("leads nowhere")
    field.fill(link["deep_link_url"])
    page.get_by_test_id("link-open").click()

    expect(composer).to_have_value("I saw your poster")
    expect(openers).to_have_count(0)
    composer.fill("/tr")
    page.get_by_test_id("commands").get_by_role("button", name="/track").click()
    expect(composer).to_have_value("/track")
    composer.fill("")
    openers.get_by_role("button", name="Book a tour").click()
    expect(messages(page)).to_have_count(1)
    expect(openers).to_have_count(0)
    heard = eventually(business.hook.messages)
    assert heard[0]["text"]["body"] == "Book a tour"
