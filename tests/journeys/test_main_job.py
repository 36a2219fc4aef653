"""The main job: a customer writes from a phone, agents see it at once, one answers, the ticks turn blue."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import expect

from tests.journeys.office import Office


def picture() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def test_a_customer_writes_and_sends_a_photo_and_an_agent_answers_with_a_quote(office: Office) -> None:
    grace = office.customer("Grace Holloway", "Hello, is the branch on Elm Street open on Saturday?")
    mia, ben = office.desk("mia").open(grace), office.desk("ben").open(grace)
    phone = office.phone(grace)

    phone.get_by_test_id("phone-composer").fill("And on Sunday?")
    phone.get_by_test_id("phone-send").click()
    expect(mia.bubble("And on Sunday?")).to_be_visible()
    expect(ben.bubble("And on Sunday?")).to_be_visible()

    phone.get_by_test_id("phone-file").set_input_files(
        {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    phone.get_by_test_id("phone-send-files").click()
    shown = mia.messages.locator("img").first
    expect(shown).to_be_visible()
    mia.page.wait_for_function("img => img.naturalWidth > 0", arg=shown.element_handle())

    question = mia.bubble("And on Sunday?")
    question.hover()
    question.get_by_role("button", name="Quote").click()
    expect(mia.at("quote-bar")).to_be_visible()
    mia.field.fill("Closed on Sunday, I am sorry.")
    mia.at("send").click()

    answer = phone.locator("[data-wamid]", has_text="Closed on Sunday")
    expect(answer).to_be_visible()
    expect(answer).to_contain_text("And on Sunday?")
    for desk in (mia, ben):
        expect(desk.bubble("Closed on Sunday")).to_have_attribute("data-status", "read")
    assert office.got(grace).count("Closed on Sunday, I am sorry.") == 1
